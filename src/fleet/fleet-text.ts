/** A fleet in words: its plan, its workers, its jobs, what was collected. For terminals. Pure. */

import type { ExitCode } from "../errors.ts";
import { tableLines } from "../host/columns.ts";
import { tame } from "../host/tame.ts";
import { count, formatBytes, formatDuration } from "../host/units.ts";
import { verdictTitle } from "../paper/words.ts";
import { worstCode } from "../result/verdict.ts";
import type { Collected } from "./collect.ts";
import type { FleetPlan } from "./plan.ts";
import type { FleetTask, FleetWorker } from "./tasks.ts";

const STATES = {
  waits: "waits",
  runs: "runs",
  done: "done",
  refused: "NOT SENT",
  cancelled: "CANCELLED",
  gone: "NO RESULT",
} as const;

const table = (rows: readonly (readonly string[])[]) => tableLines(rows, { width: undefined });

export const shortId = ({ task }: Pick<FleetTask, "task">): string => task.slice(0, 8);

const wordOf = ({ state, verdict }: FleetTask) =>
  verdict === null ? STATES[state] : verdictTitle({ verdict, scenario: { kind: "verify" } });

function whyOf({ state, because, refused, progress, worker }: FleetTask): string {
  if (state === "runs") return `${progress ?? "begins"} on ${worker ?? "?"}`;
  return because ?? refused ?? (state === "gone" ? "no worker brought a result in time" : "");
}

/** Each job of a send in a line. */
export function tasksText(tasks: readonly FleetTask[]): string {
  if (tasks.length === 0) return "Nothing was sent.";
  const rows = tasks.map((one) => [
    shortId(one),
    wordOf(one),
    `${one.job.database}${one.job.copy === null ? "" : ` ${one.job.copy}`}`,
    one.worker ?? "-",
    whyOf(one),
  ]);
  return tame([...table([["job", "is", "database", "worker", ""], ...rows]), "", tallyText(tasks)].join("\n"));
}

/** `3 of 8 done: 2 GOOD, 1 BAD`. */
export function tallyText(tasks: readonly FleetTask[]): string {
  const open = tasks.filter(({ state }) => state === "waits" || state === "runs").length;
  const words = tasks.filter(({ state }) => state !== "waits" && state !== "runs").map(wordOf);
  const said = [...new Set(words)].map((word) => `${words.filter((one) => one === word).length} ${word}`);
  return `${tasks.length - open} of ${tasks.length} done${said.length === 0 ? "" : `: ${said.join(", ")}`}`;
}

export function workersText(workers: readonly FleetWorker[]): string {
  if (workers.length === 0) return "No worker is there: fogbell worker";
  const rows = workers.map(({ name, slots, diskBytes, labels, isThere, seenAt }) => [
    name,
    isThere ? "there" : `LOST since ${seenAt.slice(0, 16).replace("T", " ")}`,
    String(slots),
    formatBytes(diskBytes),
    labels.join(", ") || "-",
  ]);
  return tame(table([["worker", "is", "slots", "disk", "labels"], ...rows]).join("\n"));
}

const MOST_ROWS = 40;

/** Who would do what, and when it would end. */
export function planText({ placed, misfits, endsAt, tooLate }: FleetPlan, windowSeconds: number | null): string {
  const seconds = (value: number) => formatDuration(value * 1000);
  const rows = placed
    .slice(0, MOST_ROWS)
    .map(({ job, worker, beginsAt, endsAt: end }) => [
      worker,
      job.copy === null ? job.database : `${job.database} ${job.copy}`,
      formatBytes(job.fetchBytes),
      seconds(job.seconds),
      formatBytes(job.diskBytes),
      `+${seconds(beginsAt)}`,
      `+${seconds(end)}`,
    ]);
  const more = placed.length - rows.length;
  const window =
    windowSeconds === null
      ? ""
      : tooLate === 0
        ? `, inside the window of ${seconds(windowSeconds)}`
        : `; ${tooLate} WOULD END AFTER the window of ${seconds(windowSeconds)}`;
  return tame(
    [
      ...table([["worker", "database", "fetched", "takes", "disk", "begins", "ends"], ...rows]),
      ...(more > 0 ? [`… and ${more} more: --json lists them all`] : []),
      ...misfits.map(({ job, because }) => `FITS NOWHERE  ${job.database}: ${because}`),
      `${count(placed.length, "job")} done after ${seconds(endsAt)}${window}${misfits.length === 0 ? "" : `; ${misfits.length} fit nowhere`}. Nothing was sent.`,
    ].join("\n"),
  );
}

export function collectedText(all: readonly Collected[], outFolder: string): string {
  const of = (became: Collected["became"]) => all.filter((one) => one.became === became);
  return tame(
    [
      ...of("unreadable").map(
        ({ database, folder, task }) =>
          `NOT READ  ${database}: ${folder === null ? `what the queue keeps of ${task} isn't a record` : `${folder} is there already, and differs`}`,
      ),
      `${of("written").length} collected into ${outFolder}, ${of("there").length} were there, ${of("void").length} without a result`,
    ].join("\n"),
  );
}

/** The worst of a send, as of several drills. A job that wasn't sent, was cancelled or has no result is one that nobody could tell. */
export const worstOf = (tasks: readonly FleetTask[]): ExitCode =>
  worstCode(tasks.map(({ exitCode }) => (exitCode ?? 4) as ExitCode)) ?? 4;
