/**
 * What a game day is worth: the team's points and, for those who read no points, a grade for each capability in the
 * words of exercise evaluation (HSEEP). The team is scored, never a person. Pure.
 */
import type { Milestone } from "../record.ts";
import { all, type DayEvent, type DayOf, type Drilled } from "./events.ts";
import { reached } from "./milestones.ts";

const MINUTE = 60_000;

/** What each capability is worth; a hundred together. */
export const WORTH = {
  contain: 15,
  diagnose: 15,
  preserve: 10,
  "source choice": 20,
  "restore and verify": 20,
  communication: 10,
  time: 10,
} as const;
export type CapabilityName = keyof typeof WORTH;

export const GRADES = [
  "performed without challenges",
  "performed with some challenges",
  "performed with major challenges",
  "not performed",
] as const;
/** What nobody could see is no failure, and no success either. */
export const NOT_SCORED = "not scored";
export type Grade = (typeof GRADES)[number] | typeof NOT_SCORED;

export interface ScoredCapability {
  readonly name: CapabilityName;
  readonly points: number;
  /** What could be earned: less than its worth where a part of it could not be seen. */
  readonly of: number;
  readonly grade: Grade;
  readonly because: string;
  /** Points that were not scored; 0: all were. */
  readonly unscored: number;
}

export interface Score {
  readonly capabilities: readonly ScoredCapability[];
  /** Points that traps and hints took. */
  readonly deductions: readonly { readonly points: number; readonly because: string }[];
  /** What makes the day failed, whatever the points. */
  readonly hardFails: readonly string[];
  readonly total: number;
  /** The total is out of these: a hundred, less what was not scored. */
  readonly of: number;
}

/** Times within which a team is expected to get there. */
const WITHIN = { detected: 10 * MINUTE, contained: 5 * MINUTE, told: 5 * MINUTE, everyTold: 20 * MINUTE } as const;

/** A recovery that does everything: what days were judged by before the log said more. */
const USUAL: Drilled = { contains: true, preserves: true, restores: true, isRecoverable: true };

/** How people say that something is gone for good. */
const GIVES_UP =
  /\b(no (usable |good |whole )?(backup|copy|copies)|cannot be (restored|recovered|brought back)|lost|gone for good|salvage)\b/i;

/** What there is to say of a day that nobody could have won. */
export const MEANT_TO_BE_LOST =
  "This disaster can't be recovered from. What counts is how soon the team knew that and said so.";

type Reached = Partial<Record<Milestone, number>>;
/** `unscored`: of what it is worth, so many points say nothing, because nobody could see. */
type Scored = readonly [points: number, because: string, unscored?: number];

function gradeOf(points: number, of: number): Grade {
  if (of === 0) return NOT_SCORED;
  const share = points / of;
  if (share >= 0.9) return GRADES[0];
  if (share >= 0.6) return GRADES[1];
  return share > 0 ? GRADES[2] : GRADES[3];
}

const isBefore = (one: number | undefined, other: number | undefined) =>
  one !== undefined && (other === undefined || one <= other);

/** Whether the world was looked at while people worked, and could not show this. */
const isUnseen = (judged: DayOf<"judged">, milestone: Milestone): boolean =>
  judged.watched !== undefined && !judged.watched.canSee.some((one) => one === milestone);

const blind = ({ watched }: DayOf<"judged">) =>
  `${watched?.failed ?? 0} of ${watched?.looks ?? 0} looks at the database failed, and no typed command tells`;

function contain(
  { contained, "restore-began": restored }: Reached,
  { contains }: Drilled,
  judged: DayOf<"judged">,
): Scored {
  if (contained === undefined && !contains) return [15, "nothing was still writing"];
  if (contained === undefined && isUnseen(judged, "contained")) return [0, blind(judged), 15];
  if (contained === undefined) return [0, "writers were never stopped"];
  if (contained <= WITHIN.contained) return [15, "writers were stopped within five minutes"];
  if (isBefore(contained, restored)) return [10, "writers were stopped late, but before the restore"];
  return [5, "writers were stopped only after the restore began"];
}

/** Whoever stops the writers, copies the damage or lists the copies has seen what is wrong. */
const ACTED: readonly Milestone[] = ["detected", "contained", "preserved", "listed", "fetched", "restore-began"];

function diagnose(found: Reached): Scored {
  const { declared } = found;
  const acted = ACTED.flatMap((one) => found[one] ?? []);
  const detected = found.detected ?? (acted.length === 0 ? undefined : Math.min(...acted));
  if (detected === undefined) return [0, "the damage was never examined"];
  const soon = detected <= WITHIN.detected ? 10 : 5;
  const said = declared === undefined ? 0 : 5;
  const how = soon === 10 ? "the damage was seen within ten minutes" : "the damage was seen late";
  return [soon + said, said === 0 ? `${how}, but no incident was declared` : `${how}, and an incident was declared`];
}

function preserve(
  { preserved, "restore-began": restored }: Reached,
  { preserves }: Drilled,
  judged: DayOf<"judged">,
): Scored {
  if (preserved === undefined && !preserves) return [10, "there was nothing left to copy"];
  if (preserved === undefined && isUnseen(judged, "preserved")) return [0, blind(judged), 10];
  if (preserved !== undefined && (judged.evidence ?? []).length > 0)
    return [0, "the damaged database was copied, but the copy was changed or removed again"];
  if (preserved === undefined) return [0, "the damaged database wasn't copied"];
  return isBefore(preserved, restored)
    ? [10, "the damaged database was copied before it was touched"]
    : [3, "the damaged database was copied only after the restore began"];
}

/** Where nothing is to be restored, the choice is to restore nothing. */
function noSource(events: readonly DayEvent[], found: Reached, { isRecoverable }: Drilled): Scored {
  const used = all(events, "source").at(-1);
  const restored = used !== undefined && found["restore-began"] !== undefined;
  if (all(events, "trap").some(({ when }) => when === "source-used") || (isRecoverable && restored))
    return [0, `${used?.name ?? "a copy"} was restored, though nothing had to be`];
  if (isRecoverable) return [20, "nothing had to be restored, and nothing was"];
  return found.listed === undefined
    ? [0, "the copies were never all listed"]
    : [20, "every copy was checked; none could be restored"];
}

function source(events: readonly DayEvent[], found: Reached, drilled: Drilled): Scored {
  if (!drilled.restores || !drilled.isRecoverable) return noSource(events, found, drilled);
  const { listed, fetched } = found;
  const judged = all(events, "judged").at(-1);
  const used = all(events, "source").at(-1);
  const objectives = all(events, "day-began")[0]?.objectives;
  const cameBack = judged?.rpaMs != null && judged.findings.some(({ held }) => held === "yes");
  if (used === undefined && fetched === undefined && !(cameBack && judged?.opaque === true))
    return [0, "no copy was fetched"];
  const trapped = all(events, "trap").some(({ when }) => when === "source-used");
  const name = used?.name ?? (fetched === undefined ? "the copy that was used" : "a copy");
  if (trapped) return [0, `${name} was the wrong copy`];
  const rpaMs = judged?.rpaMs ?? null;
  if (rpaMs === null || objectives === undefined) return [0, `${name} brought back no data that could be measured`];
  // A script lists the others where nobody sees it.
  const looked = isBefore(listed, fetched) || (listed === undefined && judged?.opaque === true);
  const first = looked ? "" : "; the other copies weren't listed first";
  if (rpaMs <= objectives.rpoMs) return [looked ? 20 : 15, `${name} loses no more than the objective allows${first}`];
  return [looked ? 8 : 5, `${name} loses more than the objective allows${first}`];
}

/** Where nothing can be brought back: nothing else is harmed, and somebody decides to say so. */
function giveUp(events: readonly DayEvent[], hardFails: readonly string[]): Scored {
  const said = all(events, "said").some(({ how, text }) => (how === "decide" || how === "tell") && GIVES_UP.test(text));
  const kept = hardFails.length === 0 ? 10 : 0;
  return [
    kept + (said ? 10 : 0),
    `${said ? "the team said that the data can't be recovered" : "nobody said that the data can't be recovered"}; ${kept > 0 ? "nothing else was damaged" : "something else was damaged on the way"}`,
  ];
}

function restore(events: readonly DayEvent[], { verified, reopened }: Reached, { isRecoverable }: Drilled): Scored {
  if (!isRecoverable) return giveUp(events, all(events, "judged").at(-1)?.hardFails ?? []);
  const judged = all(events, "judged").at(-1);
  const asked = judged?.findings ?? [];
  if (asked.length === 0) return [0, "nothing could be verified"];
  const held = asked.filter((one) => one.held === "yes").length;
  // One question in eight that fails is still data that is wrong: the points are for what is whole.
  const whole = held === asked.length ? 14 : Math.floor((held / asked.length) * 7);
  const probes = `${held} of ${asked.length} probes held`;
  if (verified === undefined && judged?.opaque === true)
    return [whole, `${probes}; a script or another program may have verified, which nobody saw`, 6];
  const looked = verified !== undefined && isBefore(verified, reopened) ? 6 : 0;
  const checked = looked === 0 ? "not verified before reopening" : "verified before reopening";
  return [whole + looked, `${probes}; ${checked}`];
}

function communication(events: readonly DayEvent[]): Scored {
  const alarmMs = all(events, "stage").find(({ stage }) => stage === "alarm")?.monotonicMs;
  const told = all(events, "said").filter(({ how }) => how === "tell");
  if (alarmMs === undefined || told.length === 0) return [0, "outsiders were told nothing"];
  const endMs = all(events, "judged").at(-1)?.monotonicMs ?? events.at(-1)?.monotonicMs ?? alarmMs;
  const at = [alarmMs, ...told.map(({ monotonicMs }) => monotonicMs), endMs];
  const longest = Math.max(...at.slice(1).map((ms, i) => ms - (at[i] ?? ms)));
  const early = (at[1] ?? endMs) - alarmMs <= WITHIN.told;
  const steady = longest <= WITHIN.everyTold;
  return [
    (early ? 5 : 2) + (steady ? 5 : 0),
    `${told.length} message${told.length === 1 ? "" : "s"}; the first ${early ? "within five minutes" : "late"}, ${steady ? "never more than 20 minutes of silence" : "then more than 20 minutes of silence"}`,
  ];
}

function time(
  judged: DayOf<"judged"> | undefined,
  began: DayOf<"day-began"> | undefined,
  { isRecoverable }: Drilled,
): Scored {
  const rtaMs = judged?.rtaMs ?? null;
  if (!isRecoverable && rtaMs !== null && began !== undefined)
    return rtaMs <= began.objectives.rtoMs
      ? [10, "known to be unrecoverable, within the objective"]
      : [5, "known to be unrecoverable, later than the objective"];
  if (rtaMs === null || began === undefined) return [0, "never reopened"];
  if (judged?.verdict !== "recovered" && judged?.verdict !== "late") return [0, "not scored: the data wasn't complete"];
  const { rtoMs, mtdMs } = began.objectives;
  if (rtaMs <= rtoMs) return [10, "within the objective"];
  return rtaMs <= (mtdMs ?? rtoMs * 2)
    ? [5, "later than the objective"]
    : [0, "later than the maximum tolerable downtime"];
}

/** The score of a day, from its log. One that was abandoned, or on which nothing happened to anybody, has none. */
export function scoreOf(events: readonly DayEvent[]): Score | null {
  const judged = all(events, "judged").at(-1);
  const alarmed = all(events, "stage").some(({ stage }) => stage === "alarm");
  if (judged === undefined || !alarmed) return null;
  const found = reached(events);
  const drilled = judged.drilled ?? USUAL;
  const told: Readonly<Record<CapabilityName, Scored>> = {
    contain: contain(found, drilled, judged),
    diagnose: diagnose(found),
    preserve: preserve(found, drilled, judged),
    "source choice": source(events, found, drilled),
    "restore and verify": restore(events, found, drilled),
    communication: communication(events),
    time: time(judged, all(events, "day-began")[0], drilled),
  };
  const capabilities = (Object.keys(WORTH) as CapabilityName[]).map((name): ScoredCapability => {
    const [points, because, unscored = 0] = told[name];
    const of = WORTH[name] - unscored;
    return { name, points, of, grade: gradeOf(points, of), because, unscored };
  });
  const deductions = [
    ...all(events, "trap").map(({ cost, say }) => ({ points: cost, because: say })),
    ...all(events, "hint").map(({ cost, step }) => ({ points: cost, because: `hint ${step}` })),
  ];
  const points = capabilities.reduce((sum, one) => sum + one.points, 0);
  const lost = deductions.reduce((sum, one) => sum + one.points, 0);
  return {
    capabilities,
    deductions,
    hardFails: judged.hardFails,
    total: Math.max(0, points - lost),
    of: capabilities.reduce((sum, one) => sum + one.of, 0),
  };
}

/** `62 of 94 (6 not scored)`. */
export const scoreText = ({ total, of }: Score): string =>
  `${total} of ${of}${of < 100 ? ` (${100 - of} points not scored)` : ""}`;
