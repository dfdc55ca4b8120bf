/** What a person sees while a drill runs: one live line on a terminal, plain lines in a log, a summary at the end. */
import { etaMs, formatBytes, formatDuration, formatRate } from "../host/units.ts";
import type { DrillEvent, Progress, Verdict } from "../record.ts";

export interface TerminalOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number | undefined };
  readonly isTty: boolean;
  readonly color: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Terminal {
  onEvent(event: DrillEvent | Progress): void;
  /** Takes the live line away and gives the cursor back. */
  close(): void;
}

const REDRAW_EVERY_MS = 200;
const PLAIN_PROGRESS_EVERY_MS = 5000;
const CODES = { dim: "2", bold: "1", red: "31", green: "32", yellow: "33" } as const;
type Ink = keyof typeof CODES;

const VERDICT_INK: Readonly<Record<Verdict, Ink>> = {
  recovered: "green",
  late: "yellow",
  lost: "red",
  void: "yellow",
  refused: "red",
};

export function paint(color: boolean): (text: string, ink: Ink) => string {
  return (text, ink) => (color ? `\u001b[${CODES[ink]}m${text}\u001b[0m` : text);
}

/** `restore 41.2 MiB of 120.0 MiB, 12.0 MiB/s, 6.5 s left`. */
export function progressText({ doneBytes, totalBytes, elapsedMs }: Progress): string {
  const of = totalBytes > 0 ? ` of ${formatBytes(totalBytes)}` : "";
  const left = etaMs(Math.min(doneBytes, totalBytes || doneBytes), totalBytes, elapsedMs);
  return `${formatBytes(doneBytes)}${of}, ${formatRate(doneBytes, elapsedMs)}${left === null ? "" : `, ${formatDuration(left)} left`}`;
}

function clip(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}

/** Lines worth a place in a log, for each event; most events have none. */
function lineOf(event: DrillEvent, ink: (text: string, ink: Ink) => string): string | null {
  switch (event.kind) {
    case "drill-began":
      return `${ink(event.scenario.id, "bold")}  ${event.scenario.title}  ${ink(`run ${event.runId}`, "dim")}`;
    case "sandbox-opened":
      return `  sandbox    ${event.sandbox}: ${event.why}`;
    case "dataset-built":
      return `  dataset    ${event.dataset}: ${event.rows.toLocaleString("en-US")} rows in ${event.tables} tables, ${formatBytes(event.databaseBytes)}`;
    case "backup-taken":
      return `  backup     ${event.name}: ${event.method}, ${formatBytes(event.sizeBytes)}, ${formatDuration(event.ageMs)} old at the damage${event.decoy ? " (decoy)" : ""}`;
    case "phase-ended":
      return `  ${ink("✓", "dim")} ${event.phase.padEnd(10)}${formatDuration(event.durationMs)}`;
    case "source-chosen":
      return `  source     ${event.sourceId}: ${event.because}`;
    case "source-rejected":
      return `  ${ink("rejected", "yellow")}   ${event.sourceId}: ${event.because}`;
    case "finding":
      return findingLine(event, ink);
    case "problem":
      return `  ${ink(event.makes, "red")}: ${event.message}`;
    case "cleaned-up":
      return event.failed.length > 0 ? `  ${ink("left behind", "red")}: ${event.failed.join("; ")}` : null;
    default:
      return null;
  }
}

function findingLine(event: Extract<DrillEvent, { kind: "finding" }>, ink: (text: string, ink: Ink) => string): string {
  const sign = { yes: ink("yes", "green"), no: ink("NO ", "red"), unknown: ink("?  ", "yellow") }[event.held];
  return `    ${sign} ${event.probe} (${event.subject}): ${event.because}`;
}

export function createTerminal({ stream, isTty, color, now }: TerminalOptions): Terminal {
  const ink = paint(color);
  let phase = "";
  let doing = "";
  let began = now();
  let damaged: number | null = null;
  let rtoMs = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let live = false;
  const erase = () => {
    if (live) stream.write("\r\u001b[2K");
    live = false;
  };
  const draw = (text: string) => {
    if (!isTty || now() - drawnAt < REDRAW_EVERY_MS) return;
    drawnAt = now();
    const clock =
      damaged === null
        ? formatDuration(now() - began)
        : `${formatDuration(now() - damaged)} since the damage, RTO ${formatDuration(rtoMs)}`;
    erase();
    stream.write(ink(clip(`  … ${phase}: ${text}  [${clock}]`, stream.columns ?? 80), "dim"));
    live = true;
  };
  const line = (text: string) => {
    erase();
    stream.write(`${text}\n`);
  };
  const heard = (event: DrillEvent) => {
    if (event.kind === "drill-began") {
      began = now();
      damaged = null;
      rtoMs = event.objectives.rtoMs;
    }
    if (event.kind === "mark" && event.mark === "T0") damaged = now();
    if (event.kind === "mark" && event.mark === "T8") damaged = null;
    if (event.kind === "phase-began") phase = event.phase;
    if (event.kind === "command-began") doing = event.command.say;
  };
  return {
    onEvent(event) {
      if (event.kind === "progress") {
        if (isTty) return draw(`${event.label}  ${progressText(event)}`);
        if (now() - drawnAt < PLAIN_PROGRESS_EVERY_MS) return;
        drawnAt = now();
        return line(`    ${event.label}  ${progressText(event)}`);
      }
      heard(event);
      const text = lineOf(event, ink);
      if (text !== null) line(text);
      else draw(doing);
    },
    close: erase,
  };
}

/** The last lines: verdict, what was measured against what was wanted, where to read on. */
export function summary(
  run: { readonly result: import("../record.ts").DrillResult; readonly folder: string },
  color: boolean,
): string {
  const { result, folder } = run;
  const ink = paint(color);
  const { rtaMs, rpaMs, machineMs } = result.measured;
  const against = (measured: number | null, objective: number) =>
    `${measured === null ? "not measured" : formatDuration(measured)} (objective ${formatDuration(objective)})`;
  return [
    "",
    `${ink(result.verdict.toUpperCase(), VERDICT_INK[result.verdict])}  ${result.scenario.id} on ${result.scenario.engine} ${result.scenario.version}`,
    ...result.reasons.map((reason) => `  ${reason}`),
    `  RTA ${against(rtaMs, result.objectives.rtoMs)}${machineMs === null ? "" : `; machine only ${formatDuration(machineMs)}`}`,
    `  RPA ${against(rpaMs, result.objectives.rpoMs)}`,
    `  read ${folder}/report.md, ${folder}/runbook.md`,
    ...result.next.map((next) => `  next: ${next}`),
    "",
  ].join("\n");
}
