/** What a worker's machine must have before it takes a job: room, as much as it says, and a sandbox that can be used. */
import { tmpdir } from "node:os";
import type { LoadedConfig } from "../config/config.ts";
import { UnavailableError, UsageError } from "../errors.ts";
import { diskOf } from "../host/disk-free.ts";
import { formatBytes } from "../host/units.ts";
import type { Catalog } from "../parts.ts";

/** Of what is free, when nobody says: others need some, too. */
const SHARE = 0.9;

/** The disk that jobs may use. Throws UsageError when this machine has less than was said. */
export async function diskGiven(told: number | undefined, folder: string = tmpdir()): Promise<number> {
  const { free } = await diskOf(folder);
  if (told === undefined) return Math.min(Number.MAX_SAFE_INTEGER, Math.floor(free * SHARE));
  if (told <= free) return told;
  throw new UsageError(`--disk says ${formatBytes(told)}, and ${formatBytes(free)} are free in ${folder}`, {
    code: "FB_WORKER_DISK",
    next: [
      `df -h ${folder}`,
      "export TMPDIR=… (a folder on a larger disk)",
      `--disk ${Math.floor((free * SHARE) / 1e9)}GB`,
    ],
  });
}

/** Throws UnavailableError when no engine of fogbell.yaml has a sandbox here: every job would come to nothing. */
export async function assertMachine({
  catalog,
  config,
  sandbox,
  signal,
}: {
  readonly catalog: Catalog;
  readonly config: LoadedConfig;
  readonly sandbox: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  const drivers = catalog.sandboxes.filter(({ name }) => sandbox === "auto" || name === sandbox);
  const reasons: string[] = [];
  const next: string[] = [];
  for (const name of new Set(config.config.databases.map(({ engine }) => engine))) {
    const engine = catalog.engines.find((one) => one.name === name);
    for (const version of engine?.versions ?? []) {
      const spec = engine?.server(version, engine.options.parse({}), {});
      for (const driver of spec === undefined ? [] : drivers) {
        const found = await driver.available(spec as NonNullable<typeof spec>, signal);
        if (found.usable) return;
        reasons.push(`${name} ${version} in ${driver.name}: ${found.because}`);
        next.push(...found.next);
      }
    }
  }
  throw new UnavailableError(`this machine can't verify anything: ${[...new Set(reasons)].slice(0, 4).join("; ")}`, {
    code: "FB_WORKER_SANDBOX",
    next: [...new Set(next)].slice(0, 3),
  });
}
