/** What a month is made of: one thing that was due on one database, and what came of it. Nothing but types. */
import type { GateReport } from "../gated.ts";
import type { DrillResult } from "../record.ts";

/** `newest`, `older`: verifies. `drill`: a disaster of the programme, on that database. */
export type ItemKind = "newest" | "older" | "drill";

/** Something that was due could not be done, or there was nothing to do: a missing answer is never a good one. */
export interface NotDone {
  readonly because: string;
  readonly next: readonly string[];
  /** There was nothing to do: a database with one copy has no older one. Else it could not be done. */
  readonly isIdle: boolean;
}

export interface MonthItem {
  readonly kind: ItemKind;
  /** The database; null: something in the programme that is of no database. */
  readonly database: string | null;
  /** The scenario, of a drill. */
  readonly scenario: string | null;
  readonly outcome: DrillResult | NotDone;
}

export const isDone = (outcome: MonthItem["outcome"]): outcome is DrillResult => "verdict" in outcome;

/** The results among them, for reporters and for the exit code. */
export const resultsOf = (items: readonly MonthItem[]): DrillResult[] =>
  items.flatMap(({ outcome }) => (isDone(outcome) ? [outcome] : []));

/** Something that somebody has to do, until it is done. */
export interface OpenAction {
  /** `2026-11.3`: the month that it came up in, and which of that month's it is. */
  readonly id: string;
  readonly text: string;
  readonly owner: string;
  /** ISO date; empty when nobody named one. */
  readonly due: string;
  readonly done: boolean;
}

/** What is known of the months before this one. */
export interface Carried {
  /** `2026-10`; null: there is no month before. */
  readonly month: string | null;
  /** Those that were open then. */
  readonly open: readonly OpenAction[];
  /** Why actions may be missing here; empty when nothing is. */
  readonly faults: readonly string[];
}

/** The next day that people play. The scenario is for the facilitator, and stands on no page. */
export interface NextDay {
  readonly atMs: number;
  readonly summary: string;
  readonly start: string;
  readonly roles: readonly { readonly role: string; readonly held: string }[];
}

/** Everything that the page tells. */
export interface Month {
  readonly month: string;
  readonly madeAt: string;
  readonly items: readonly MonthItem[];
  readonly gate: GateReport;
  readonly carried: Carried;
  readonly closed: readonly OpenAction[];
  readonly actions: readonly OpenAction[];
  readonly day: NextDay | null;
}
