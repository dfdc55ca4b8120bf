/**
 * Brings results home: each as an ordinary run folder, whole or not at all, and what was found of the copies merged into
 * what is known. Collected twice, or cut short and collected again, it is the same.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ErrorCode } from "../errors.ts";
import { isFolder, makeFolder } from "../host/make-folder.ts";
import { type KnownCopy, keepKnown } from "../verify/known.ts";
import { unpackRun } from "./packed.ts";
import type { Queue } from "./queue.ts";
import { type FleetTask, filesOf, noteCollected } from "./tasks.ts";
import { type VoidKit, type VoidRun, writeVoidRun } from "./void-run.ts";

export interface Collected {
  readonly task: string;
  readonly database: string;
  /** `there`: its folder was there already. `unreadable`: what the queue keeps of it isn't a record. */
  readonly became: "written" | "there" | "unreadable" | "void";
  readonly folder: string | null;
}

const JOURNAL = "journal.jsonl";

/** Writes a run's files beside their place and moves the folder there in one step. */
async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<"written" | "there" | "differs"> {
  if ((await isFolder(folder)) === true) {
    const there = await readFile(join(folder, JOURNAL), "utf8").catch(() => null);
    return there === files[JOURNAL] ? "there" : "differs";
  }
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await makeFolder(part);
  for (const [name, text] of Object.entries(files)) await writeFile(join(part, name), text);
  await rename(part, folder);
  return "written";
}

async function collectResult(queue: Queue, { task, job }: FleetTask, outFolder: string): Promise<Collected> {
  const bytes = await filesOf(queue, task);
  const read = bytes === null ? null : unpackRun(bytes);
  if (read === null) return { task, database: job.database, became: "unreadable", folder: null };
  const folder = join(outFolder, read.runId);
  const became = await writeFolder(folder, read.files);
  if (became === "differs") return { task, database: job.database, became: "unreadable", folder };
  await keepKnown(outFolder, `${job.engine} ${job.database}`, read.known as KnownCopy[]);
  await noteCollected(queue, task);
  return { task, database: job.database, became, folder };
}

/** Why a task has no result, as its record says it. */
function whyVoid({ state, refused, job }: FleetTask): VoidRun {
  const say = (code: ErrorCode, message: string, next: readonly string[]): VoidRun => ({
    code,
    message,
    next,
    makes: "void",
  });
  if (state === "refused")
    return say("FB_FLEET_REFUSED", `refused by the fleet: ${refused}`, ["fogbell fleet plan", "fogbell fleet status"]);
  if (state === "cancelled") return say("FB_FLEET_CANCELLED", "cancelled by a person", ["fogbell fleet run"]);
  return say(
    "FB_FLEET_NO_RESULT",
    `no worker brought a result by ${job.deadlineAt.slice(0, 16).replace("T", " ")} UTC`,
    ["fogbell fleet status", "fogbell fleet run"],
  );
}

/** Writes run folders of every task that has come to its end; of those without a result, too. */
export async function collect(queue: Queue, tasks: readonly FleetTask[], kit: VoidKit): Promise<Collected[]> {
  await makeFolder(kit.outFolder);
  const all: Collected[] = [];
  for (const one of tasks) {
    if (one.state === "waits" || one.state === "runs") continue;
    if (one.state === "done") {
      all.push(await collectResult(queue, one, kit.outFolder));
      continue;
    }
    all.push(await collectVoid(one, kit));
  }
  return all;
}

async function collectVoid(one: FleetTask, kit: VoidKit): Promise<Collected> {
  const why = whyVoid(one);
  const base = { task: one.task, database: one.job.database };
  // Made beside its place, so that a collect that is cut short leaves no half of it.
  const staging = join(kit.outFolder, `.collecting-${one.task}`);
  await rm(staging, { recursive: true, force: true });
  const { folder: made, result } = await writeVoidRun(one.job, why, { ...kit, outFolder: staging });
  const folder = join(kit.outFolder, result.runId);
  try {
    if ((await isFolder(folder)) === true) return { ...base, became: "there", folder };
    await rename(made, folder);
    return { ...base, became: "void", folder };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
