/**
 * A drill on somebody's own database: what lies between the restored stand-in and the damage (the ledger, above all),
 * against its restore; and the whole drill against the same two copies fetched and restored by hand.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { catalog } from "../src/catalog.ts";
import { makeLabel } from "../src/host/label.ts";
import type { Line, Places } from "../src/parts.ts";
import type { DrillEvent, DrillResult } from "../src/record.ts";
import { createRunner } from "../src/run/runner.ts";
import { stamp } from "../src/world/timeline.ts";
import { mustRun } from "./child.ts";
import { type Figure, median, round } from "./figures.ts";

const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000;
const step = { phase: "world", name: "bench" } as const;
const own = (script: string): Line => ({ say: "Benchmark.", script, uses: [], destroys: false });

/** A night's worth of change between the two copies. */
const DAY = `psql -Xq -d shop -c "UPDATE orders SET note = 'changed' WHERE id % 50 = 0"`;

interface Made {
  readonly store: string;
  readonly dumpBytes: number;
  /** Fetching and restoring both by hand, one after the other: the median of so many times. */
  readonly byHandMs: number;
}

/** Two nights of a shop in a folder, and what it takes to restore both by hand. */
async function makeStore(rows: number, { times, folder }: { times: number; folder: string }): Promise<Made> {
  const [engine] = catalog.engines;
  const driver = catalog.sandboxes.find(({ name }) => name === "docker");
  const method = engine?.methods.find(({ name }) => name === "logical");
  if (engine === undefined || driver === undefined || method === undefined) throw new Error("no engine or no docker");
  const signal = new AbortController().signal;
  const label = makeLabel(`bench-own-${process.pid}`, new Date(Date.now() + HOUR_MS));
  await using sandbox = await driver.open(label, driver.options.parse({}), signal);
  await using server = await sandbox.start(engine.server(engine.versions[0] ?? "", engine.options.parse({})));
  const places: Places = { PGDATABASE: "shop", BACKUP_DIR: `${server.folders.scratch}/backup`, JOBS: "2" };
  const kit = { server, places: () => places, signal, readErrors: engine.readErrors };
  const runner = createRunner({ ...kit, write: () => {}, onProgress: () => {} });
  for (const line of engine.phrases.preset({ name: "shop", rows, seed: 1, untilMs: Date.now() }))
    await runner.must(line, step);
  await runner.must(own('mkdir -p "$BACKUP_DIR"'), step);
  const store = join(folder, `own-${rows}`);
  await mkdir(store, { recursive: true });
  const files: string[] = [];
  let dumpBytes = 0;
  for (const ageMs of [26 * HOUR_MS, 2 * HOUR_MS]) {
    const name = `shop-${stamp(Math.floor((Date.now() - ageMs) / 1000) * 1000)}`;
    for (const line of method.backup(name, method.options.parse({ format: "custom" }))) await runner.must(line, step);
    const file = join(store, `${name}.dump`);
    await pipeline(server.get(`${server.folders.scratch}/backup/${name}.dump`), createWriteStream(file));
    files.push(file);
    dumpBytes = (await readFile(file)).length;
    await runner.must(own(DAY), step);
  }
  const took: number[] = [];
  const copy = `${server.folders.scratch}/by-hand.dump`;
  for (let time = 0; time < times; time++) {
    const beganMs = performance.now();
    for (const file of files) {
      await server.put(copy, createReadStream(file), (await stat(file)).size);
      const restore = `createdb by_hand && pg_restore -j2 -d by_hand "${copy}"`;
      await runner.must(own(restore), step);
      await runner.must(own("dropdb by_hand"), step);
    }
    took.push(performance.now() - beganMs);
  }
  return { store, dumpBytes, byHandMs: median(took) };
}

interface Drilled {
  readonly wallMs: number;
  readonly peakBytes: number;
  readonly restoreMs: number;
  readonly untilDamageMs: number;
}

async function drillOn(store: string, out: string): Promise<Drilled> {
  const command = ["run", "drop-table", "--on", "shop", "--store", store, "--set", "table=orders"];
  const args = ["bin/run.js", ...command, "--sandbox", "docker", "--json", "--out", out];
  const ended = await mustRun(process.execPath, args);
  const { runId } = JSON.parse(ended.stdout) as DrillResult;
  const text = await readFile(join(out, runId, "journal.jsonl"), "utf8");
  const events = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as DrillEvent);
  const restores = events.filter(
    (one) => one.kind === "command-ended" && one.commandId.startsWith("world.own.restore.restore"),
  );
  const began = events.find(
    (one) => one.kind === "command-began" && one.command.id.startsWith("world.own.restore.restore"),
  );
  const damage = events.find((one) => one.kind === "phase-began" && one.phase === "damage");
  const last = restores.at(-1);
  if (last === undefined || began === undefined || damage === undefined) throw new Error("a drill without its restore");
  return {
    wallMs: ended.wallMs,
    peakBytes: ended.peakBytes,
    restoreMs: last.monotonicMs - began.monotonicMs,
    untilDamageMs: damage.monotonicMs - last.monotonicMs,
  };
}

export async function benchOwn(request: {
  small: number;
  large: number;
  times: number;
  folder: string;
}): Promise<Figure[]> {
  const { small, large, times, folder } = request;
  const drilled = async (rows: number) => {
    const made = await makeStore(rows, { times, folder });
    const all: Drilled[] = [];
    for (let time = 0; time < times; time++) all.push(await drillOn(made.store, join(folder, `out-${rows}`)));
    const of = (pick: (one: Drilled) => number) => median(all.map(pick));
    return { made, of };
  };
  const few = await drilled(small);
  const many = await drilled(large);
  const { made, of } = many;
  const dumpMB = round(made.dumpBytes / MEGABYTE, 0);
  const restoreMs = round(of((one) => one.restoreMs));
  const untilDamageMs = round(of((one) => one.untilDamageMs));
  const drillMs = round(of((one) => one.wallMs));
  const peakMB = round(of((one) => one.peakBytes) / MEGABYTE, 0);
  const common = { rows: large, dumpMB, times };
  return [
    {
      name: "own database, until the damage",
      what: "from the restored stand-in to the damage, ledger and healthy questions included, against its restore",
      value: round(untilDamageMs / restoreMs, 3),
      unit: "×",
      target: 0.25,
      from: { ...common, restoreMs, untilDamageMs },
    },
    {
      name: "own database, the whole drill",
      what: "`fogbell run drop-table --on` against both copies fetched and restored by hand",
      value: round(drillMs / made.byHandMs, 3),
      unit: "×",
      target: 1.15,
      from: { ...common, drillMs, byHandMs: round(made.byHandMs, 0) },
    },
    {
      name: "own database, memory",
      what: `peak memory of the fogbell process, on copies of ${dumpMB} MB`,
      value: peakMB,
      unit: "MB",
      target: 200,
      from: { ...common, smallMB: round(few.of((one) => one.peakBytes) / MEGABYTE, 0), smallRows: small },
    },
  ];
}
