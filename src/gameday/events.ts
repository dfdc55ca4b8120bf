/** What a game day writes down: one log, chained like a drill's journal. Everything said of the day comes from here. Pure. */
import type { EventStamp, Milestone, Objectives, Verdict } from "../record.ts";
import type { Watched } from "./watcher.ts";

/** How much the team knows beforehand. */
export type Level = "known" | "family" | "blind";

export const STAGES = ["building", "on-call", "alarm", "paused", "judging", "over"] as const;
export type DayStage = (typeof STAGES)[number];

/** What people say for the record. `tell` is for those outside: customers, support, the board. */
export const SAYINGS = ["note", "decide", "see", "tell", "todo"] as const;
export type Saying = (typeof SAYINGS)[number];

export type DayBody =
  | {
      readonly kind: "day-began";
      readonly schemaVersion: 1;
      readonly dayId: string;
      readonly fogbellVersion: string;
      readonly level: Level;
      readonly solo: boolean;
      /** SHA-256 of the salt and the scenario's hash; what it stands for is told at the end. */
      readonly seal: string;
      readonly engine: string;
      readonly objectives: Objectives;
      /** What the team left itself to do the last time. */
      readonly carried: readonly FollowUp[];
    }
  | { readonly kind: "stage"; readonly stage: DayStage; readonly because: string }
  | { readonly kind: "told"; readonly from: string; readonly to: string; readonly say: string }
  | { readonly kind: "joined" | "left"; readonly role: string; readonly name?: string }
  | {
      readonly kind: "command";
      readonly role: string;
      /** Masked: no secret and no value of a row. */
      readonly text: string;
      readonly beganAt: string;
      readonly exitCode: number;
      readonly durationMs: number;
      /** What the page says that it does, when it was typed as printed. */
      readonly printed?: string;
      /** Typed into the engine's client; its own exit is all that is known. */
      readonly inside: boolean;
    }
  | {
      readonly kind: "said";
      readonly role: string;
      readonly how: Saying;
      readonly text: string;
      readonly owner?: string;
      readonly due?: string;
    }
  | {
      readonly kind: "milestone";
      readonly milestone: Milestone;
      /** Playing time since the damage, without pauses; null: it was not reached after all. */
      readonly playedMs: number | null;
      /** `state`: the world itself showed it; typing then only tells when, and by which role. */
      readonly from: "command" | "word" | "scribe" | "end" | "state";
      readonly because: string;
      readonly role: string;
    }
  | {
      readonly kind: "inject";
      readonly number: number;
      readonly what: "fired" | "held" | "skipped";
      readonly to: string;
      readonly say: string;
      readonly by: string;
    }
  | { readonly kind: "hint"; readonly step: number; readonly cost: number; readonly say: string; readonly by: string }
  | { readonly kind: "source"; readonly point: string; readonly name: string; readonly ageMs: number }
  | { readonly kind: "trap"; readonly when: string; readonly cost: number; readonly say: string }
  | {
      readonly kind: "revealed";
      readonly scenario: string;
      readonly title: string;
      readonly sha256: string;
      readonly salt: string;
    }
  | {
      readonly kind: "judged";
      readonly verdict: Verdict;
      readonly reasons: readonly string[];
      readonly rtaMs: number | null;
      readonly rpaMs: number | null;
      /** Longest RTA of the machine on this drill, for the column beside; null when it was never drilled. */
      readonly machineRtaMs: number | null;
      readonly rows: string;
      readonly findings: readonly { readonly subject: string; readonly held: string; readonly because: string }[];
      readonly hardFails: readonly string[];
      readonly runbook: readonly RunbookFault[];
      /** What the drilled recovery does; absent in logs of before: then all of it. */
      readonly drilled?: Drilled;
      /** How the world was looked at while people worked; absent in logs of before: then only typing told. */
      readonly watched?: Watched;
      /** What there is to learn from this very disaster; absent in logs of before. */
      readonly lesson?: Lesson;
      /** Something was run whose inside nobody saw: a script, a function, another program. */
      readonly opaque?: boolean;
      /** Pieces of evidence that were there, and changed or went. */
      readonly evidence?: readonly string[];
    }
  | { readonly kind: "answer"; readonly question: string; readonly answer: string; readonly role: string }
  | { readonly kind: "day-ended"; readonly abandoned: boolean };

export type DayEvent = EventStamp & DayBody;
export type DayOf<K extends DayBody["kind"]> = Extract<DayEvent, { kind: K }>;

/** Which of the usual deeds a drilled recovery has. */
export interface Drilled {
  /** Something is left that writes, and has to be stopped. */
  readonly contains: boolean;
  /** Something is left that can be copied as evidence. */
  readonly preserves: boolean;
  /** A copy is restored. */
  readonly restores: boolean;
  /** It can be recovered from at all. */
  readonly isRecoverable: boolean;
}

/** What the drilled recovery does, and what this night tempts people to do. */
export interface Lesson {
  readonly path: readonly { readonly phase: string; readonly what: string }[];
  readonly traps: readonly { readonly say: string; readonly cost: number }[];
}

/** Something the team left itself to do. */
export interface FollowUp {
  readonly text: string;
  readonly owner: string;
  /** ISO date; empty when nobody named one. */
  readonly due: string;
}

/** A printed line that did not work, or that somebody wants to read differently. */
export interface RunbookFault {
  readonly page: string;
  readonly before: string;
  readonly after: string;
  readonly because: string;
}

/** The events of one kind, in their order. */
export function all<K extends DayBody["kind"]>(events: readonly DayEvent[], kind: K): DayOf<K>[] {
  return events.filter((event): event is DayOf<K> => event.kind === kind);
}

/** The actions of a day, in the order in which they were named. */
export function actionsOf(events: readonly DayEvent[]): FollowUp[] {
  return all(events, "said")
    .filter(({ how }) => how === "todo")
    .map(({ text, owner = "", due = "" }) => ({ text, owner, due }));
}
