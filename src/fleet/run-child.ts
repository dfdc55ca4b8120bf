/** One job in a process of its own: the ordinary command, so that nothing it does can keep a heartbeat waiting. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { makeFolder } from "../host/make-folder.ts";
import { runProcess } from "../host/process.ts";
import { type KnownCopy, keepKnown, readKnown } from "../verify/known.ts";
import type { FleetJob } from "./job.ts";

export interface ChildRequest {
  /** How Fogbell is started here: node and the program. */
  readonly program: readonly string[];
  readonly configFile: string;
  /** Words that every verify of this worker takes: its sandbox, its link. */
  readonly words: readonly string[];
  /** A folder of its own, which isn't there yet. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** What a child left: a run, or why there is none. */
export type ChildEnd =
  | { readonly is: "run"; readonly runId: string; readonly folder: string; readonly known: readonly KnownCopy[] }
  | {
      readonly is: "none";
      readonly exitCode: number;
      readonly code: string;
      readonly message: string;
      readonly next: readonly string[];
    };

const errorAnswer = z.object({
  error: z.object({ code: z.string(), message: z.string(), next: z.array(z.string()) }),
});

const OUTPUT_BYTES = 4_000_000;
/** A sandbox that is taken down takes its time; then it is gone by label. */
const PATIENCE_MS = 60_000;

const knownName = ({ engine, database }: FleetJob) => `${engine} ${database}`;

function wordsOf(job: FleetJob, { program, words, configFile, folder }: ChildRequest): string[] {
  const copy = job.copy === null ? [] : ["--copy", job.copy];
  const own = ["--at", job.at, ...copy, "--config", configFile, "--out", folder, "--reporter", "line", "--json"];
  return [...program.slice(1), "verify", ...own, ...words, "--", job.database];
}

/** Runs the job to its end; ends it, with what it started, when the signal says so. Throws the signal's reason then. */
export async function runChild(job: FleetJob, request: ChildRequest): Promise<ChildEnd> {
  const { folder, program, signal } = request;
  await makeFolder(folder);
  await keepKnown(folder, knownName(job), job.known as KnownCopy[]);
  const beganMs = performance.now();
  const ended = await runProcess({
    file: program[0] ?? process.execPath,
    args: wordsOf(job, request),
    env: { ...stringsOf(process.env), FOGBELL_WITH_PARENT: String(process.pid) },
    signal,
    limitBytes: OUTPUT_BYTES,
    patienceMs: PATIENCE_MS,
  });
  const runId = await runIn(folder);
  if (runId === null) return { is: "none", exitCode: ended.exitCode, ...whyNone(ended) };
  const tookMs = performance.now() - beganMs;
  const known = (await readKnown(folder, knownName(job)))
    .filter((one) => one.runId === runId)
    .map((one) => withAround(one, tookMs));
  return { is: "run", runId, folder: join(folder, runId), known };
}

/** With what isn't a phase: starting, listing the store, taking down. The next plan counts it. */
function withAround(copy: KnownCopy, tookMs: number): KnownCopy {
  if (copy.tookMs === undefined) return copy;
  const phases = Object.values(copy.tookMs).reduce((sum, ms) => sum + ms, 0);
  return { ...copy, tookMs: { ...copy.tookMs, around: Math.max(0, Math.round(tookMs - phases)) } };
}

const stringsOf = (environment: NodeJS.ProcessEnv) =>
  Object.fromEntries(Object.entries(environment).filter((one): one is [string, string] => one[1] !== undefined));

/** The run that a child wrote to its end; null when there is none. */
async function runIn(folder: string): Promise<string | null> {
  for (const name of (await readdir(folder)).sort().reverse()) {
    const result = await readFile(join(folder, name, "result.json"), "utf8").catch(() => null);
    if (result !== null) return name;
  }
  return null;
}

function whyNone({ stdout, exitCode }: { stdout: string; exitCode: number }) {
  try {
    return errorAnswer.parse(JSON.parse(stdout)).error;
  } catch {
    return {
      code: "FB_DEFECT",
      message: `the verify ended with exit code ${exitCode} and left no record`,
      next: ["fogbell verify (on that worker)"],
    };
  }
}

/** What a child is doing, from the last lines of its journal. */
export async function progressOf(folder: string): Promise<string> {
  for (const name of (await readdir(folder).catch(() => [])).sort().reverse()) {
    const journal = await readFile(join(folder, name, "journal.jsonl"), "utf8").catch(() => null);
    const phase = journal
      ?.split("\n")
      .flatMap((line) => /"kind":"phase-began","phase":"(\w+)"/.exec(line)?.[1] ?? [])
      .at(-1);
    if (phase !== undefined) return phase;
  }
  return "begins";
}
