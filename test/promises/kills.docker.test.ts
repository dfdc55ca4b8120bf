/**
 * 200 kills, 0 leftovers: drills and verifies by the built program, ended at any moment by a signal or by kill -9. A signal
 * leaves nothing; what kill -9 leaves goes with one sweep, as `fogbell gc` does. Looked for from outside: files below a
 * TMPDIR of their own, processes that name it, containers and volumes by label.
 */
import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { isOver } from "../../src/host/label.ts";
import { sweepScratch } from "../../src/host/scratch.ts";
import type { RunLabel } from "../../src/parts.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";
import { LONG } from "../support/long.ts";
import { seeded } from "./seeded.ts";
import { dumped, engineOf, fill, STAMP } from "./shops.ts";

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
  await using bench = await openBench(engineOf("postgres"));
  await fill(bench, "postgres");
  await mkdir(join(folder.path, "store"));
  await writeFile(join(folder.path, "store", `shop-${STAMP}.sql.gz`), await dumped(bench, "postgres", "", "gzip"));
}, 60_000);
afterAll(() => folder[Symbol.asyncDispose]());

const small = ["run", "drop-table", "--rows", "2000", "--engine", "postgres@15"];
const verify = (store: string) => ["verify", "--store", `directory:${store}`, "--trust-backups"];

/** Processes whose command or environment names a folder, told by the system and not by us. */
async function processesIn(place: string): Promise<string[]> {
  const entries = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const all = await Promise.all(
    entries.map(async (pid) => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "");
      const [command, environment] = [await read("cmdline"), await read("environ")];
      return `${command}${environment}`.includes(place) ? [`${pid} ${command.replaceAll("\0", " ").slice(0, 80)}`] : [];
    }),
  );
  return all.flat();
}

function labelled(what: "ps" | "volume", runs: readonly string[]): string[] {
  const list = what === "ps" ? ["ps", "-a"] : ["volume", "ls"];
  return runs.flatMap((run) =>
    execFileSync("docker", [...list, "-q", "--filter", `label=fogbell.run=${run}`], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== ""),
  );
}

/** Empty, of no run: the library that starts containers keeps one for all its users on a machine. */
const LIBRARY_LOCK = `testcontainers-node-${userInfo().uid}.lock`;

interface Killed {
  readonly what: string;
  readonly left: readonly string[];
  readonly inTime: boolean;
}

async function kill(
  number: number,
  given: { args: readonly string[]; signal: NodeJS.Signals; afterMs: number },
): Promise<Killed> {
  const { args, signal, afterMs } = given;
  const place = join(folder.path, `k${number}`);
  const out = join(place, "out");
  const scratch = join(place, "tmp");
  await mkdir(scratch, { recursive: true });
  const started = startFogbell([...args, "--out", out], {
    TMPDIR: scratch,
    NODE_COMPILE_CACHE: join(folder.path, "cache"),
  });
  const { pid } = started.child;
  await Promise.race([pause(afterMs), started.ended]);
  const inTime = started.child.exitCode === null;
  started.child.kill(signal);
  await started.ended;
  const runs = await readdir(out).catch(() => []);
  if (signal === "SIGKILL") {
    const isOurs = (label: RunLabel) => label.pid === pid && isOver(label);
    for (const sandbox of catalog.sandboxes) await sandbox.sweep(isOurs);
    await sweepScratch(isOurs, [scratch]);
  }
  const left = [
    ...(await readdir(scratch)).filter((name) => name !== LIBRARY_LOCK).map((name) => `file ${name}`),
    ...(await processesIn(scratch)).map((line) => `process ${line}`),
    ...labelled("ps", runs).map((id) => `container ${id}`),
    ...labelled("volume", runs).map((id) => `volume ${id}`),
  ];
  await rm(place, { recursive: true, force: true });
  return { what: `${args.slice(0, 2).join(" ")} ${args.at(-1)}, ${signal} after ${afterMs} ms`, left, inTime };
}

const COUNT = LONG ? 200 : 6;

test(`${COUNT} kills, 0 leftovers`, { timeout: 1_800_000 }, async () => {
  const chance = seeded(200);
  const todo = Array.from({ length: COUNT }, (_, number) => {
    // A container takes longer, and shows no more: one of five.
    const isDocker = number % 5 === 4;
    const way = number % 2 === 0 ? small : verify(join(folder.path, "store"));
    return {
      number,
      args: [...way, "--sandbox", isDocker ? "docker" : "local"],
      signal: chance.pick(["SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const),
      afterMs: 150 + chance.below(isDocker ? 6000 : 4500),
    };
  });
  const killed: Killed[] = [];
  const work = async () => {
    for (let next = todo.shift(); next !== undefined; next = todo.shift()) killed.push(await kill(next.number, next));
  };
  await Promise.all(Array.from({ length: 3 }, work));
  const late = killed.filter(({ inTime }) => !inTime).length;
  const leftovers = killed.filter(({ left }) => left.length > 0);
  process.stdout.write(
    `\n${killed.length} kills (${late} came when all was over), ${leftovers.length} with leftovers\n`,
  );
  expect(leftovers.map(({ what, left }) => `${what}: ${left.join("; ")}`)).toEqual([]);
  expect(late).toBeLessThan(COUNT / 2);
});
