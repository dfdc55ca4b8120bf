/** Follows a detached run from another terminal: its journals as they grow, and at the end its results and exit code. */
import { open, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UnavailableError, UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { quote } from "../host/sh.ts";
import { pause } from "../host/stream.ts";
import { drillName } from "../paper/scorecard.ts";
import type { DrillName } from "../parts.ts";
import type { DrillEvent, Progress } from "../record.ts";
import { type DetachedRun, listDetached, OUTPUT, readDetached, readProgress, runFolder } from "./detached-run.ts";
import { type KeptRun, readRun } from "./history.ts";

const LOOK_EVERY_MS = 200;
const SAID_LINES = 20;

/** The detached run that is meant: by its id, by a drill of it or its folder; the newest when nothing is named. */
export async function findDetached(named: string | undefined, results: string): Promise<DetachedRun> {
  const all = await listDetached(results);
  const newest = all.at(-1);
  if (named === undefined && newest !== undefined) return newest;
  const name = named === undefined ? "" : basename(named);
  const found = all.find(({ id, runIds }) => id === name || runIds.includes(name));
  const byFolder = named === undefined ? null : (found ?? (await elsewhere(named)));
  if (byFolder !== null) return byFolder;
  const near = nearest(
    name,
    all.flatMap(({ id, runIds }) => [id, ...runIds]),
  );
  throw new UsageError(
    named === undefined
      ? `no run was detached in ${results}`
      : `no detached run ${named} in ${results}${near === undefined ? "" : `; did you mean ${near}?`}`,
    {
      code: "FB_NOT_DETACHED",
      next: [
        "fogbell verify --detach",
        "fogbell attach --results FOLDER, when results lie elsewhere",
        "fogbell history",
      ],
    },
  );
}

/** A path to a run folder, or to the folder of a detached run, whatever `--results` says. */
async function elsewhere(path: string): Promise<DetachedRun | null> {
  const own = await readDetached(path);
  if (own !== null) return own;
  const all = await listDetached(dirname(path));
  return all.find(({ runIds }) => runIds.includes(basename(path))) ?? null;
}

export interface Following {
  /** Null when the event is no drill's first and nobody knows what it belongs to. */
  readonly onEvent: (event: DrillEvent | Progress, drill: DrillName) => void;
  readonly signal: AbortSignal;
}

/** A journal as far as it was read. */
interface Tail {
  readonly file: string;
  offset: number;
  rest: Buffer;
  drill: DrillName | null;
  /** Of its last event. */
  at: string;
}

/** The whole lines that were added since the last look. */
async function grown(tail: Tail): Promise<string[]> {
  const handle = await open(tail.file, "r").catch(() => null);
  if (handle === null) return [];
  try {
    const { size } = await handle.stat();
    const added = Buffer.alloc(Math.max(0, size - tail.offset));
    const { bytesRead } = await handle.read(added, 0, added.length, tail.offset);
    tail.offset += bytesRead;
    const all = Buffer.concat([tail.rest, added.subarray(0, bytesRead)]);
    const end = all.lastIndexOf(10) + 1;
    tail.rest = all.subarray(end);
    return all
      .subarray(0, end)
      .toString()
      .split("\n")
      .filter((line) => line !== "");
  } finally {
    await handle.close();
  }
}

async function pass(tail: Tail, runId: string, onEvent: Following["onEvent"]): Promise<void> {
  for (const line of await grown(tail)) {
    const event = JSON.parse(line) as DrillEvent;
    if (event.kind === "drill-began") {
      tail.drill = { runId, name: drillName(event.scenario), contended: event.scenario.contended };
    }
    tail.at = event.at;
    if (tail.drill !== null) onEvent(event, tail.drill);
  }
}

/** Passes everything on until the run ends or its process is gone; how it stands then. Throws the signal's reason. */
export async function follow(run: DetachedRun, { onEvent, signal }: Following): Promise<DetachedRun> {
  const tails = new Map<string, Tail>();
  let said = "";
  for (;;) {
    const now = (await readDetached(run.folder)) ?? run;
    for (const runId of now.runIds) {
      const file = join(runFolder(run, runId), "journal.jsonl");
      const tail = tails.get(runId) ?? { file, offset: 0, rest: Buffer.alloc(0), drill: null, at: "" };
      tails.set(runId, tail);
      await pass(tail, runId, onEvent);
    }
    if (now.state.is === "ended" || now.state.is === "gone") return now;
    const latest = await readProgress(run.folder);
    const tail = latest === null ? undefined : tails.get(latest.runId);
    // What it said before its last event is over.
    if (latest !== null && tail?.drill != null && latest.at !== said && latest.at >= tail.at) {
      onEvent(latest.progress, tail.drill);
      said = latest.at;
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** What its drills came to, by their journals; one whose journal does not begin is left out. */
export async function resultsOf(run: DetachedRun): Promise<KeptRun[]> {
  const all = await Promise.all(run.runIds.map((runId) => readRun(runFolder(run, runId))));
  return all.filter((one) => one !== null && "result" in one);
}

/** The last lines that it wrote for its own terminal: all there is when it ended before a drill began. */
export async function lastWords({ folder }: DetachedRun): Promise<string> {
  const text = await readFile(join(folder, OUTPUT), "utf8").catch(() => "");
  return text.trim().split("\n").slice(-SAID_LINES).join("\n");
}

/** The error for a run whose process is gone without an exit code. */
export function goneError({ id, pid, command, folder }: DetachedRun): UnavailableError {
  return new UnavailableError(
    `the process ${pid} of the detached run ${id} is gone and left no exit code: it was killed hard, or the machine went down`,
    {
      code: "FB_DETACHED_GONE",
      next: ["fogbell gc", `fogbell ${command} --detach …, again`, `cat ${quote(join(folder, OUTPUT))}`],
    },
  );
}
