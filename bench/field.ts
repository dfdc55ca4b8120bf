/**
 * `npm run bench:field -- --against OTHER/bin/run.js [--quick] [ID…]`: how long `verify` takes over the field corpus, against another
 * build of Fogbell, each case with both in turns. For the question whether a change that makes verdicts truer makes nights
 * longer. `--quick`
 * takes one case of each kind. Writes `bench/results/field.json`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { makeInputs, oneOfEachKind, play, readCases } from "../test/field/play.ts";
import { mustRun } from "./child.ts";
import { median, round } from "./figures.ts";
import { machine } from "./page.ts";

interface Took {
  readonly ms: number;
  readonly exitCode: number;
}

interface Pair {
  readonly id: string;
  readonly other: Took;
  readonly here: Took;
}

/** Exit codes of a verify that restored the copy and looked at it: good, lost or late. */
const JUDGED = new Set([0, 1, 3]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: "string" }, quick: { type: "boolean", default: false } },
});
if (values.against === undefined) throw new Error("Say what to compare with: --against OTHER/bin/run.js");
const programs = { other: resolve(values.against), here: resolve("bin/run.js") };

const folder = await mkdtemp(join(tmpdir(), "bench-field-"));

/** The last `verify` of a case, typed with one of the builds; null when it has none. */
async function timed(one: Parameters<typeof play>[0], which: keyof typeof programs): Promise<Took | null> {
  let took: Took | null = null;
  const ended = (step: string, exitCode: number, ms: number) => {
    if (step === "verify") took = { ms, exitCode };
  };
  const program = programs[which];
  await play(one, { folder, workFolder: join(folder, which), sandbox: "docker", limitMs: 180_000, program, ended });
  return took;
}

function summary(pairs: readonly Pair[]): Record<string, number> {
  if (pairs.length === 0) return { cases: 0 };
  return {
    cases: pairs.length,
    medianOtherMs: round(median(pairs.map(({ other }) => other.ms)), 0),
    medianHereMs: round(median(pairs.map(({ here }) => here.ms)), 0),
    medianOfRatios: round(median(pairs.map(({ other, here }) => here.ms / other.ms)), 3),
  };
}

try {
  makeInputs(folder);
  const pairs: Pair[] = [];
  const all = await readCases(folder);
  const chosen = positionals.length === 0 ? all : all.filter(({ id }) => positionals.includes(id));
  const cases = values.quick ? oneOfEachKind(chosen) : chosen;
  for (const [at, one] of cases.entries()) {
    // Each first as often as second: what one leaves in the caches, the other finds.
    const order = at % 2 === 0 ? (["other", "here"] as const) : (["here", "other"] as const);
    const took = { other: null as Took | null, here: null as Took | null };
    for (const which of order) took[which] = await timed(one, which);
    if (took.other !== null && took.here !== null) pairs.push({ id: one.id, other: took.other, here: took.here });
  }
  const docker = await mustRun("docker", ["version", "--format", "{{.Server.Version}}"]);
  const results = {
    measuredAt: new Date().toISOString(),
    machine: machine(docker.stdout.trim()),
    all: summary(pairs),
    judgedByBoth: summary(pairs.filter(({ other, here }) => JUDGED.has(other.exitCode) && JUDGED.has(here.exitCode))),
    pairs,
  };
  await mkdir("bench/results", { recursive: true });
  await writeFile("bench/results/field.json", `${JSON.stringify(results, null, 2)}\n`);
  console.log(JSON.stringify({ all: results.all, judgedByBoth: results.judgedByBoth }, null, 2));
} finally {
  await rm(folder, { recursive: true, force: true });
}
