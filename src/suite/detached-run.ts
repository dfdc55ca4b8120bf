/** A run that was started apart from its terminal: what it leaves in its folder, so that any terminal can follow it. */

import { appendFileSync, renameSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { UnavailableError } from "../errors.ts";
import { isRunning, ownStart } from "../host/process-alive.ts";
import { startDetached } from "../host/process-detached.ts";
import { pause } from "../host/stream.ts";
import type { DrillName } from "../parts.ts";
import type { DrillEvent, Progress } from "../record.ts";
import { makeOutFolder } from "../run/out-folder.ts";
import { newRunId } from "../run/run-folder.ts";

/** Below the folder of results. */
const FOLDER = ".detached";
const FACTS = "process.json";
const RUNS = "runs";
const PROGRESS = "progress.json";
const EXIT = "exit";
/** What it would have shown on its terminal. */
export const OUTPUT = "output.log";

const LOOK_EVERY_MS = 50;
/** A machine that is busy takes its time to start a program. */
const START_WITHIN_MS = 60_000;
const PROGRESS_EVERY_MS = 500;
/** So many runs that are over are kept to be asked about; their run folders stay in any case. */
const KEPT = 50;

const facts = z.object({
  version: z.literal(1),
  /** `verify`, `run`. */
  command: z.string(),
  pid: z.number(),
  /** Tells the process from a later one of its number; null where the system does not say. */
  startedAt: z.string().nullable(),
  host: z.string(),
});

/** How a detached run stands: it goes on, it ended with an exit code, or its process is gone without a word. */
export type State =
  | { readonly is: "running" | "gone" | "elsewhere" }
  | { readonly is: "ended"; readonly exitCode: number };

export interface DetachedRun {
  readonly id: string;
  readonly folder: string;
  readonly command: string;
  readonly pid: number;
  readonly state: State;
  /** Ids of the drills or verifies that it has begun. */
  readonly runIds: readonly string[];
}

/** Where a drill of a detached run lies. */
export const runFolder = ({ folder }: Pick<DetachedRun, "folder">, runId: string) =>
  join(dirname(dirname(folder)), runId);

async function stateOf({ pid, startedAt, host }: z.infer<typeof facts>, folder: string): Promise<State> {
  const exit = () => readFile(join(folder, EXIT), "utf8").catch(() => null);
  const here = host === hostname();
  const runs = here && isRunning(pid, startedAt);
  // Asked in this order: a process that ends in between has left its exit code.
  const text = await exit();
  if (text !== null && text.trim() !== "") return { is: "ended", exitCode: Number(text) };
  return { is: runs ? "running" : here ? "gone" : "elsewhere" };
}

/** What a folder tells; null when it is none of a detached run. */
export async function readDetached(folder: string): Promise<DetachedRun | null> {
  const text = await readFile(join(folder, FACTS), "utf8").catch(() => "");
  if (text === "") return null;
  const read = facts.safeParse(JSON.parse(text));
  if (!read.success) return null;
  const state = await stateOf(read.data, folder);
  const runs = await readFile(join(folder, RUNS), "utf8").catch(() => "");
  const { command, pid } = read.data;
  return { id: basename(folder), folder, command, pid, state, runIds: runs.split("\n").filter((line) => line !== "") };
}

/** Every detached run below a folder of results, oldest first. */
export async function listDetached(results: string): Promise<DetachedRun[]> {
  const above = join(resolve(results), FOLDER);
  const names = (await readdir(above).catch(() => [])).sort();
  const all = await Promise.all(names.map((name) => readDetached(join(above, name))));
  return all.filter((one) => one !== null);
}

async function prune(results: string): Promise<void> {
  const over = (await listDetached(results)).filter(({ state }) => state.is === "ended" || state.is === "gone");
  for (const { folder } of over.slice(0, -KEPT)) await rm(folder, { recursive: true, force: true });
}

/** The words of a call without `--detach`, for the process that does the work. */
export function wordsOf(words: readonly string[], folder: string): string[] {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const own = words.slice(0, end).filter((word) => word !== "--detach");
  return [...own, "--detached-as", folder, ...words.slice(end)];
}

/**
 * Starts the same call apart from this terminal, and returns once it has taken over. Throws UnavailableError when it
 * ends before that, with what it said.
 */
export async function detach(words: readonly string[], results: string): Promise<DetachedRun> {
  await prune(results);
  const folder = join(resolve(results), FOLDER, newRunId(new Date()));
  await makeOutFolder(folder);
  const output = join(folder, OUTPUT);
  const { exited } = startDetached(wordsOf(words, folder), { complaints: output, output });
  let code: number | null = null;
  void exited.then((ended) => {
    code = ended;
  });
  for (const untilMs = performance.now() + START_WITHIN_MS; ; await pause(LOOK_EVERY_MS)) {
    const found = await readDetached(folder);
    if (found !== null) return found;
    if (code === null && performance.now() < untilMs) continue;
    const said = (await readFile(output, "utf8").catch(() => "")).trim();
    await rm(folder, { recursive: true, force: true });
    throw new UnavailableError(
      `the detached run ${code === null ? "did not start" : `ended at once with exit code ${code}`}${said === "" ? "" : `:\n${said}`}`,
      { code: "FB_DETACHED_START", next: ["run it without --detach to see why"] },
    );
  }
}

/** Hears what the detached process does. A folder that cannot be written any more does not end the run. */
export interface Recorder {
  onEvent(event: DrillEvent | Progress, drill: DrillName): void;
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** Says in the folder who does the work, what was begun, how far it is, and in the end how it ended. */
export function takeOver(folder: string, command: string): Recorder {
  const told = { version: 1, command, pid: process.pid, startedAt: ownStart(), host: hostname() } as const;
  replace(join(folder, FACTS), `${JSON.stringify(told)}\n`);
  // Also after an error of ours and a second signal; only a process that is killed hard leaves no code.
  process.on("exit", (code) => attempt(() => replace(join(folder, EXIT), `${code}\n`)));
  let saidMs = Number.NEGATIVE_INFINITY;
  return {
    onEvent: (event, drill) =>
      attempt(() => {
        if (event.kind === "drill-began") appendFileSync(join(folder, RUNS), `${drill.runId}\n`);
        if (event.kind !== "progress" || performance.now() - saidMs < PROGRESS_EVERY_MS) return;
        saidMs = performance.now();
        replace(
          join(folder, PROGRESS),
          JSON.stringify({ runId: drill.runId, at: new Date().toISOString(), progress: event }),
        );
      }),
  };
}

function attempt(deed: () => void): void {
  try {
    deed();
  } catch {
    // The journal holds all of it; this folder is for those who look on.
  }
}

/** How far one drill was, and when it said so. */
interface Far {
  readonly runId: string;
  readonly at: string;
  readonly progress: Progress;
}

/** How far it was when it last said so; null when it has said nothing yet. */
export async function readProgress(folder: string): Promise<Far | null> {
  const text = await readFile(join(folder, PROGRESS), "utf8").catch(() => "");
  return text === "" ? null : (JSON.parse(text) as Far);
}
