/** Looks at everything a drill needs, and says for each what is missing and what to type. Starts nothing. */
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { asFogbellError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { Catalog } from "../parts.ts";
import { openStock } from "./stock.ts";

const ROOM_BYTES = 2 * 1024 ** 3;

export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly because: string;
  readonly next: readonly string[];
}

async function checkDisk(): Promise<Check> {
  const folder = tmpdir();
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return {
    name: "disk",
    ok: free >= ROOM_BYTES,
    because: `${formatBytes(free)} free in ${folder}`,
    next: ["set TMPDIR to a larger disk", "fogbell gc"],
  };
}

async function checkSandboxes(catalog: Catalog): Promise<Check[]> {
  const signal = new AbortController().signal;
  const checks: Check[] = [];
  for (const engine of catalog.engines) {
    for (const version of engine.versions) {
      const spec = engine.server(version, engine.options.parse({}));
      for (const sandbox of catalog.sandboxes) {
        const { usable, because, next } = await sandbox.available(spec, signal);
        checks.push({ name: `sandbox ${sandbox.name}, ${engine.name} ${version}`, ok: usable, because, next });
      }
    }
  }
  return checks;
}

async function checkStore(catalog: Catalog, url: string): Promise<Check> {
  try {
    await using stock = await openStock(catalog, url, "");
    return {
      name: `store ${stock.store.place}`,
      ok: true,
      because: `${stock.inventory.points.length} recovery points`,
      next: [],
    };
  } catch (error) {
    const { message, next } = asFogbellError(error);
    return { name: `store ${url}`, ok: false, because: message, next };
  }
}

export async function examine(catalog: Catalog, storeUrl: string | null): Promise<Check[]> {
  const node: Check = { name: "node", ok: true, because: process.version, next: [] };
  const store = storeUrl === null ? [] : [await checkStore(catalog, storeUrl)];
  return [node, await checkDisk(), ...(await checkSandboxes(catalog)), ...store];
}
