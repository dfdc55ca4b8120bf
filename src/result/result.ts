/** From a journal to a result. Total: a journal that breaks off yields a void result, never an error. Pure. */
import { Defect } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { tameAll } from "../host/tame.ts";
import { formatDuration } from "../host/units.ts";
import type {
  CommandRecord,
  DrillEvent,
  DrillResult,
  EventBody,
  EventStamp,
  PhaseTiming,
  RejectionKind,
  SourceRecord,
} from "../record.ts";
import { marksOf, measure } from "./measure.ts";
import { judge } from "./verdict.ts";

type Of<K extends EventBody["kind"]> = Extract<DrillEvent, { kind: K }>;

function all<K extends EventBody["kind"]>(events: readonly DrillEvent[], kind: K): Of<K>[] {
  return events.filter((event): event is Of<K> => event.kind === kind);
}

/** The event's own facts, without where it stands in the journal. */
function bare<K extends EventBody["kind"]>(event: Of<K>): Omit<Of<K>, keyof EventStamp | "kind"> {
  const { seq, at, monotonicMs, prev, kind, ...facts } = event;
  return facts;
}

function commandsOf(events: readonly DrillEvent[]): CommandRecord[] {
  const ends = new Map(all(events, "command-ended").map((event) => [event.commandId, event]));
  return all(events, "command-began").map(({ command, hash }) => {
    const end = ends.get(command.id);
    return {
      command,
      hash,
      exitCode: end?.exitCode ?? null,
      durationMs: end?.durationMs ?? null,
      stdoutTail: end?.stdoutTail ?? "",
      stderrTail: end?.stderrTail ?? "",
    };
  });
}

function phasesOf(events: readonly DrillEvent[]): PhaseTiming[] {
  const ends = new Map(all(events, "phase-ended").map((event) => [event.phase, event.durationMs]));
  const last = events.at(-1)?.monotonicMs ?? 0;
  return all(events, "phase-began").map(({ phase, monotonicMs }) => ({
    phase,
    beganMs: monotonicMs,
    durationMs: ends.get(phase) ?? Math.round((last - monotonicMs) * 10) / 10,
  }));
}

const rejectedAs = (kind: RejectionKind | undefined) => (kind === undefined ? {} : { rejectedAs: kind });

function sourcesOf(events: readonly DrillEvent[]): SourceRecord[] {
  const rejected = new Map(all(events, "source-rejected").map((event) => [event.sourceId, event.because]));
  const chosen = all(events, "source-chosen").at(-1)?.sourceId;
  return all(events, "source-considered").map((event) => ({
    ...event.source,
    rejected: rejected.get(event.source.id) ?? event.rejected,
    ...rejectedAs(rejected.has(event.source.id) ? "does-not-hold" : event.rejectedAs),
    chosen: event.source.id === chosen && !rejected.has(event.source.id),
  }));
}

/** What was fetched of the recovery point that was taken in the end, else what was fetched last. */
function fetchedOf(events: readonly DrillEvent[]): DrillResult["fetched"] {
  const fetched = all(events, "source-fetched");
  const chosen = all(events, "source-chosen").at(-1)?.sourceId;
  const last = fetched.findLast(({ sourceId }) => sourceId === chosen) ?? fetched.at(-1);
  return last === undefined ? null : bare(last);
}

/** The event on a line, or null when it was cut off in mid-write or is none. */
function eventOf<E extends EventStamp>(line: string): E | null {
  try {
    const event = JSON.parse(line) as (E & { kind?: unknown }) | null;
    return typeof event?.kind === "string" ? event : null;
  } catch {
    return null;
  }
}

/**
 * A journal's lines, as text, to events. Reading ends at the first line that was cut off in mid-write, or that does not
 * carry the hash of the line before it: what stands after a missing or changed line proves nothing.
 */
export function readJournal<E extends EventStamp = DrillEvent>(text: string): E[] {
  const events: E[] = [];
  let before = "";
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const event = eventOf<E>(line);
    if (event === null || event.prev !== before) break;
    events.push(event);
    before = sha256(line);
  }
  return events;
}

/** Where a journal without an end breaks off: when, and in the middle of what. Null when it has an end. */
function breakOf(events: readonly DrillEvent[]): string | null {
  const last = events.at(-1);
  if (last === undefined || last.kind === "drill-ended") return null;
  const began = all(events, "phase-began").at(-1)?.phase;
  const ended = all(events, "phase-ended").at(-1)?.phase;
  const where =
    began === undefined ? "before the first phase" : `${began === ended ? "after" : "in"} the phase ${began}`;
  const when = `${formatDuration(last.monotonicMs)} after it began (${last.at}), ${where}`;
  return `the journal breaks off ${when}: the process died, or what followed is missing or was changed`;
}

/** The result of a journal, complete or not. Names that others gave only show in it: no paper has to think of them. */
export const deriveResult = (events: readonly DrillEvent[]): DrillResult => tameAll(derive(events));

/** Derives the result. Throws Defect only when the events hold no beginning, because then nothing says what ran. */
function derive(events: readonly DrillEvent[]): DrillResult {
  const [began] = all(events, "drill-began");
  if (began === undefined) throw new Defect("a journal without a beginning");
  const findings = all(events, "finding").map(bare) as DrillResult["findings"];
  const problems = all(events, "problem").map(bare) as DrillResult["problems"];
  const marks = marksOf(events);
  const isVerify = began.scenario.kind === "verify";
  const measured = measure(marks, findings, isVerify);
  const interrupted = problems.some((problem) => problem.interrupted);
  const first = <T>(items: readonly T[]): T | null => items[0] ?? null;
  const last = events.at(-1) as DrillEvent;
  return {
    schemaVersion: 1,
    runId: began.runId,
    fogbellVersion: began.fogbellVersion,
    scenario: began.scenario,
    beganAt: began.at,
    endedAt: last.at,
    ...judge({
      isVerify,
      findings,
      problems,
      objectives: began.objectives,
      measured,
      interrupted,
      brokeOff: breakOf(events),
    }),
    next: [...new Set(problems.flatMap(({ next }) => next))],
    interrupted,
    objectives: began.objectives,
    marks,
    measured,
    damagedAtSimulated: all(events, "damage-timed").at(-1)?.simulatedAt ?? null,
    phases: phasesOf(events),
    dataset: first(all(events, "dataset-built").map(bare)),
    backups: all(events, "backup-taken").map(bare),
    sources: sourcesOf(events),
    fetched: fetchedOf(events),
    findings,
    commands: commandsOf(events),
    places: all(events, "places").at(-1)?.places ?? {},
    sandbox: first(all(events, "sandbox-opened").map(bare)),
    servers: all(events, "server-started").map(bare),
    host: began.host,
    notes: all(events, "note").map(({ text }) => text),
    ...(isVerify ? { verified: first(all(events, "copy-verified").map(bare)) } : {}),
    ...(events.some(({ kind }) => kind === "mutation-tried")
      ? { mutations: all(events, "mutation-tried").map(bare) }
      : {}),
    problems,
    cleanup: first(all(events, "cleaned-up").map(bare)),
    journalHash: sha256(JSON.stringify(last)),
  };
}
