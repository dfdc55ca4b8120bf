/** What people see while drills run, on a terminal or in a log, and the summary at the end. For `pretty` and `line`. */
import { z } from "zod";
import { type Width, wrap } from "../host/columns.ts";
import { etaMs, formatBytes, formatDuration, formatLink, formatObjective, formatRate } from "../host/units.ts";
import { drillName, scorecardText } from "../paper/scorecard.ts";
import { unnoticed, verdictTitle, verdictWord } from "../paper/words.ts";
import type { Artifact, DrillName, Follower, Screen } from "../parts.ts";
import type { DrillEvent, DrillResult, Opening, Progress, ScenarioFacts, Verdict } from "../record.ts";

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

function paint(color: boolean): (text: string, ink: Ink) => string {
  return (text, ink) => (color ? `\u001b[${CODES[ink]}m${text}\u001b[0m` : text);
}

/** `restore 41.2 MiB of 120.0 MiB, 12.0 MiB/s, 6.5 s left`. */
function progressText({ doneBytes, totalBytes, elapsedMs }: Progress): string {
  const of = totalBytes > 0 ? ` of ${formatBytes(totalBytes)}` : "";
  const left = etaMs(Math.min(doneBytes, totalBytes || doneBytes), totalBytes, elapsedMs);
  return `${formatBytes(doneBytes)}${of}, ${formatRate(doneBytes, elapsedMs)}${left === null ? "" : `, ${formatDuration(left)} left`}`;
}

function clip(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
}

/**
 * Text of others (titles, names, messages of tools) with its control characters made visible, further lines marked: a
 * name must neither move the cursor nor begin a line, because CI systems take lines that begin with `::`, after any
 * white space, for commands.
 */
function tame(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
        return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
      })
      .replaceAll("\n", "\n      | ")
  );
}

/** The same value with every string in it tamed. */
function tamed<T>(value: T): T {
  if (typeof value === "string") return tame(value) as T;
  if (Array.isArray(value)) return value.map(tamed) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tamed(inner)])) as T;
}

/** Files are seen wherever there is no container; the rest is left open only where it cannot be shut. */
function notIsolated(leavesOpen: readonly Opening[] = []): string {
  const open = leavesOpen.filter((one) => one !== "files");
  return open.length === 0 ? "" : `; not isolated: can reach this machine's ${open.join(" and ")}`;
}

/** Lines worth a place in a log, for each event; most events have none. */
function lineOf(
  event: DrillEvent,
  { kind }: Pick<ScenarioFacts, "kind">,
  ink: (text: string, ink: Ink) => string,
): string | null {
  switch (event.kind) {
    case "drill-began":
      return `${ink(event.scenario.id, "bold")}  ${event.scenario.title}  ${ink(`run ${event.runId}`, "dim")}`;
    case "sandbox-opened":
      return `  sandbox    ${event.sandbox}: ${event.why}${notIsolated(event.leavesOpen)}`;
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
    case "mutation-tried":
      return mutationLine(event, ink);
    case "problem":
      return `  ${ink(verdictWord({ verdict: event.makes, scenario: { kind } }), "red")}: ${event.message}`;
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

type Tried = Extract<DrillEvent, { kind: "mutation-tried" }>;

function mutationLine(
  { mutation, subject, noticedBy, because }: Tried,
  ink: (text: string, ink: Ink) => string,
): string {
  if (because !== "") return `    ${ink("not tried", "dim")}  ${mutation}: ${because}`;
  return noticedBy.length > 0
    ? `    ${ink("noticed", "green")}    ${mutation} (${subject}): by ${noticedBy.join(", ")}`
    : `    ${ink("UNNOTICED", "red")}  ${mutation} (${subject}): no check noticed it`;
}

/** How far one drill is. */
interface Standing {
  /** What the drill began as; before that, any drill. */
  scenario: Pick<ScenarioFacts, "kind">;
  phase: string;
  doing: string;
  beganMs: number;
  /** Null before the damage and after reopening. */
  damagedMs: number | null;
  rtoMs: number;
}

function heard(event: DrillEvent, standing: Standing, nowMs: number): void {
  if (event.kind === "drill-began") standing.rtoMs = event.objectives.rtoMs;
  if (event.kind === "drill-began") standing.scenario = event.scenario;
  if (event.kind === "mark" && event.mark === "T0") standing.damagedMs = nowMs;
  if (event.kind === "mark" && event.mark === "T8") standing.damagedMs = null;
  if (event.kind === "phase-began") standing.phase = event.phase;
  if (event.kind === "command-began") standing.doing = event.command.say;
}

function clockText({ beganMs, damagedMs, rtoMs }: Standing, nowMs: number): string {
  if (damagedMs === null) return formatDuration(nowMs - beganMs);
  return `${formatDuration(nowMs - damagedMs)} since the damage, RTO ${formatObjective(rtoMs)}`;
}

export interface ScreenStyle {
  /** Draws one line over and over with what is being done; else only whole lines are written. */
  readonly isLive: boolean;
}

/** Follows drills onto a screen. Lines of drills that run at the same time carry their drill's name. */
export function followOnScreen(screen: Screen, { isLive }: ScreenStyle): Follower {
  const ink = paint(screen.color);
  const standings = new Map<string, Standing>();
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let isDrawn = false;
  const standingOf = ({ runId }: DrillName): Standing => {
    const fresh = { scenario: {}, phase: "", doing: "", beganMs: screen.now(), damagedMs: null, rtoMs: 0 };
    const standing = standings.get(runId) ?? fresh;
    standings.set(runId, standing);
    return standing;
  };
  const erase = () => {
    if (isDrawn) screen.write("\r\u001b[2K");
    isDrawn = false;
  };
  const prefix = ({ name, contended }: DrillName) => (contended ? `[${name}] ` : "");
  const draw = (text: string, drill: DrillName) => {
    if (!isLive || screen.now() - drawnAtMs < REDRAW_EVERY_MS) return;
    drawnAtMs = screen.now();
    const standing = standingOf(drill);
    erase();
    const whole = `  … ${prefix(drill)}${standing.phase}: ${text}  [${clockText(standing, drawnAtMs)}]`;
    screen.write(ink(clip(whole.replaceAll("\n", " "), screen.columns ?? 80), "dim"));
    isDrawn = true;
  };
  const line = (text: string, drill: DrillName) => {
    erase();
    screen.write(`${wrap(`${tame(prefix(drill))}${text}`, screen.isTty ? screen.columns : undefined, 4)}\n`);
  };
  const progressed = (progress: Progress, drill: DrillName) => {
    const text = `${tame(progress.label)}  ${progressText(progress)}`;
    if (isLive) return draw(text, drill);
    if (screen.now() - drawnAtMs < PLAIN_PROGRESS_EVERY_MS) return;
    drawnAtMs = screen.now();
    line(`    ${text}`, drill);
  };
  return {
    onEvent(event, drill) {
      if (event.kind === "progress") return progressed(event, drill);
      const standing = standingOf(drill);
      heard(event, standing, screen.now());
      const text = lineOf(event.kind === "command-began" ? event : tamed(event), standing.scenario, ink);
      if (text !== null) line(text, drill);
      else draw(tame(standing.doing), drill);
    },
    close: erase,
  };
}

/** A copy that held, and of which neither a ledger nor a check of somebody's own says what it should hold. */
const isComparedWithNothing = ({ verdict, scenario, findings }: DrillResult) =>
  verdict === "recovered" &&
  scenario.kind === "verify" &&
  !findings.some(({ probe, own }) => probe === "ledger" || own === true);

/** A good backup's reason is how it was found good: it stands on the first line, behind what was looked at. */
const isSaidInSubject = ({ scenario, verdict }: DrillResult) => scenario.kind === "verify" && verdict === "recovered";

/** What the verdict is of: a drill by its name, a verify by the database and the copy that was looked at. */
function subject(result: DrillResult): string {
  const { scenario, sources, reasons } = result;
  if (scenario.kind !== "verify") return drillName(scenario);
  // Considered first is the one that was asked for; it is no longer the chosen one when it is bad.
  const looked = sources[0]?.id;
  const name = looked === undefined ? scenario.title : `${scenario.title}: ${looked}`;
  return isSaidInSubject(result) ? `${name} ${reasons.join("; ")}` : name;
}

/** The last lines on one drill: verdict, what was measured against what was wanted, where to read on. */
export function summary(
  raw: DrillResult,
  { folder, color, columns }: { folder: string; color: boolean; columns?: Width },
): string {
  const result = tamed({ ...raw, commands: [] });
  const { verdict, scenario, reasons, objectives, measured, next, runId, findings, notes } = result;
  const ink = paint(color);
  const against = (measuredMs: number | null, objectiveMs: number) =>
    `${measuredMs === null ? "not measured" : formatDuration(measuredMs)} (objective ${formatObjective(objectiveMs)})`;
  // A verify counts from the fetch and leaves out the making of its sandbox: its RTA is the machine's own time.
  const isMachine = measured.machineMs === null || scenario.kind === "verify";
  const machine = isMachine ? "" : `; machine only ${formatDuration(measured.machineMs ?? 0)}`;
  const limit = raw.fetched?.limitBytesPerSecond;
  const link = limit === undefined ? "" : `; the link was limited to ${formatLink(limit)}`;
  const lines = [
    "",
    `${ink(verdictTitle(result), VERDICT_INK[verdict])}  ${subject(result)}`,
    ...(isSaidInSubject(result) ? [] : reasons.map((reason) => `  ${reason}`)),
    ...findings.flatMap(({ held, remarks = [] }) => (held === "yes" ? remarks.map((one) => `  finding: ${one}`) : [])),
    // What a drill noted is its world's; of a copy it is what the backup lacks, or what was left out of it.
    ...(scenario.kind === "verify" ? notes.map((note) => `  note: ${note}`) : []),
    `  RTA ${against(measured.rtaMs, objectives.rtoMs)}${machine}${link}`,
    `  RPA ${against(measured.rpaMs, objectives.rpoMs)}`,
    ...(isComparedWithNothing(raw)
      ? [`  without a ledger or your own checks (docs/verify.md), these go unnoticed: ${unnoticed(raw)}`]
      : []),
  ].map((line) => wrap(line, columns));
  // What is copied from a screen stays on one line.
  return [
    ...lines,
    `  read ${folder}/${runId}/report.md${scenario.kind === "verify" ? "" : `, ${folder}/${runId}/runbook.md`}`,
    ...next.map((command) => `  next: ${command}`),
    "",
  ].join("\n");
}

/** What a screen reporter must know to write the summary. */
export const screenOptions = z.strictObject({
  folder: z.string().default("drill-results"),
  color: z.boolean().default(false),
  columns: z.number().int().positive().optional(),
});
export type ScreenOptions = z.infer<typeof screenOptions>;

/** The end of a call: the drill's summary, or one card when there were several. */
export function closing(results: readonly DrillResult[], options: ScreenOptions): Artifact {
  const [only] = results;
  const card = () =>
    scorecardText(
      results.map((result) => tamed({ ...result, commands: [] })),
      options.columns,
    );
  const text =
    results.length === 1 && only !== undefined ? summary(only, options) : `\n${card()}\nread ${options.folder}\n`;
  return { file: "summary.txt", text, to: "stdout" };
}
