/** The end of a game day: the same probes and the same ledger as an automatic drill, and what people did on the way. */
import { askProbes, subjectOf } from "../drill/ask-probes.ts";
import type { PeopleTable } from "../drill/people.ts";
import { type Source, unchanged } from "../drill/source.ts";
import { formatDuration } from "../host/units.ts";
import type { Finding, Probe } from "../parts.ts";
import type { PlannedPart } from "../plan/plan.ts";
import type { EventBody, Milestone } from "../record.ts";
import type { Trap } from "../scenario/schema.ts";
import { type Pointed, pointedFinding } from "./application.ts";
import { all, type DayBody, type DayEvent } from "./events.ts";
import { MARK_OF, reached } from "./milestones.ts";

type FindingEvent = Extract<EventBody, { kind: "finding" }>;

/** Probes that look at the restored copy beside: people may have removed it by the end, so they are asked while it stands. */
const asksSide = ({ options }: PlannedPart<Probe>): boolean => (options as { of?: string }).of === "side";

/** Asks what can be asked of the copy beside, now. Writes no finding down: that is for the end. */
export async function lookBeside(table: PeopleTable): Promise<readonly FindingEvent[]> {
  const found: FindingEvent[] = [];
  const keep = (body: EventBody) => {
    if (body.kind === "finding") found.push(body);
  };
  const probes = table.plan.verify.filter(asksSide);
  await askProbes(
    { runner: table.runner, scene: table.scene(), phase: "verify", group: "verify", write: keep },
    probes,
  );
  return found.filter(({ held }) => held !== "unknown");
}

/**
 * How old the data is when no copy stands beside that could say so: the rows that came back are those of a moment that
 * the ledger knows. Null where the rows tell no moment.
 */
export function ageFromRows({ part, options }: PlannedPart<Probe>, found: readonly Finding[]): Finding | null {
  const gaps = found.flatMap(({ held, measured }) => (held === "yes" ? (measured?.momentGapMs ?? []) : []));
  const max = part.ageAtMost?.(options);
  if (gaps.length === 0 || max === undefined) return null;
  const gapMs = Math.max(...gaps);
  const because = `no copy stood beside; the rows that came back are those of ${formatDuration(gapMs)} before the damage`;
  return { held: gapMs <= max ? "yes" : "no", because, measured: { gapMs } };
}

/** What is in one picture and not, or otherwise, in the other. `pruned`: what a job of the world took. */
export function changedIn(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  pruned: readonly string[],
): string[] {
  return [...before]
    .filter(([name, hash]) => after.get(name) !== hash && !pruned.some((key) => name.endsWith(`/${key}`)))
    .map(([name]) => name);
}

/** The milestones as marks of the drill's own clock. The last word on each counts. */
export function writeMarks(table: PeopleTable, events: readonly DayEvent[], damagedAtMs: number): void {
  for (const [milestone, playedMs] of Object.entries(reached(events))) {
    const mark = MARK_OF[milestone as Milestone];
    if (mark !== undefined) table.write({ kind: "mark", mark, atMs: damagedAtMs + playedMs });
  }
}

export interface JudgeKit {
  readonly table: PeopleTable;
  readonly events: () => readonly DayEvent[];
  /** What was seen of the copy beside while it stood. */
  readonly beside: readonly FindingEvent[];
  readonly source: Source | null;
  /** Copies in the store of the desk that were changed or removed, by name. */
  readonly spoiled: readonly string[];
  /** Where the application looks now. */
  readonly pointed: Pointed;
}

/** Verifies, and writes every finding into the drill's journal. */
export async function verifyAll({ table, beside, source, spoiled, pointed }: JudgeKit): Promise<void> {
  const { plan, write, runner } = table;
  const side = plan.verify.filter(asksSide);
  // What is asked after reopening is asked as well: when people are done, the application is in again or it is not.
  const answers = await table.verify([...plan.verify.filter((one) => !asksSide(one)), ...plan.reopened]);
  write({ kind: "finding", ...pointedFinding(pointed) });
  for (const probe of side) {
    const found: EventBody[] = [];
    const asking = { runner, scene: table.scene(), phase: "verify", group: "verify" } as const;
    await askProbes({ ...asking, write: (body) => void found.push(body) }, [probe]);
    const [now] = found as FindingEvent[];
    const earlier = beside.find(
      ({ probe: name, subject }) => name === probe.part.name && subject === subjectOf(probe.options),
    );
    const told = now?.held === "unknown" && earlier === undefined ? ageFromRows(probe, answers) : null;
    const best = now?.held === "unknown" && earlier !== undefined ? earlier : now;
    if (best !== undefined && told !== null) write({ ...best, ...told });
    else if (best !== undefined)
      write(best === earlier ? { ...best, because: `${best.because} (asked while the copy stood)` } : best);
  }
  if (source !== null) write(await unchanged(table.sources, source));
  write({
    kind: "finding",
    probe: "sources-kept",
    group: "verify",
    subject: "the store as people saw it",
    held: spoiled.length === 0 ? "yes" : "no",
    because: spoiled.length === 0 ? "every copy in it is what it was" : `changed or removed: ${spoiled.join(", ")}`,
    line: 0,
  });
}

/**
 * Traps of the story that people fell into, as far as the log tells. `prunedByJob`: the pruning job took something;
 * `hidden`: something was run whose inside nobody saw.
 */
export function trapsIn(
  traps: readonly Trap[],
  events: readonly DayEvent[],
  prunedByJob: boolean,
  hidden = false,
): Extract<DayBody, { kind: "trap" }>[] {
  const found = reached(events);
  const restored = found["restore-began"];
  const used = all(events, "source").map(({ name }) => name);
  const fell = ({ when, source }: Trap): boolean => {
    if (when === "restore-before-preserve")
      return restored !== undefined && (found.preserved === undefined || found.preserved > restored);
    if (when === "reopen-before-verify")
      return found.reopened !== undefined && (found.verified === undefined ? !hidden : found.verified > found.reopened);
    // What was only looked at did no harm: the last one fetched is the one that is restored.
    if (when === "source-used") return restored !== undefined && used.at(-1) === source;
    return when === "pruned" && prunedByJob;
  };
  const known = all(events, "trap").map(({ say }) => say);
  return traps
    .filter((one) => fell(one) && !known.includes(one.say))
    .map(({ when, cost, say }) => ({ kind: "trap", when, cost, say }));
}

export interface HardFailRequest {
  readonly events: readonly DayEvent[];
  /** Copies, and pieces of evidence, that were changed or removed. */
  readonly spoiled: readonly string[];
  readonly evidence: readonly string[];
  /** The application looks elsewhere: what was asked there says nothing of the data that was whole. */
  readonly isElsewhere: boolean;
  /** Something was run whose inside nobody saw: that nobody verified cannot be said then. */
  readonly isOpaque?: boolean;
  /** Verify findings that hold of what the damage did not hit. */
  readonly findings: readonly { readonly except?: boolean; readonly held: string }[];
}

/** What makes a day failed whatever else went well. */
export function hardFails({
  events,
  spoiled,
  evidence,
  isElsewhere,
  isOpaque: hidden,
  findings,
}: HardFailRequest): string[] {
  const { verified, reopened } = reached(events);
  const opened = all(events, "milestone").some(({ milestone, from }) => milestone === "reopened" && from !== "end");
  const overwritten = findings.some(({ except, held }) => !isElsewhere && except === true && held === "no");
  return [
    ...(spoiled.length > 0 ? [`a source was changed or removed: ${spoiled.join(", ")}`] : []),
    ...(evidence.length > 0 ? [`evidence was changed or removed: ${evidence.join(", ")}`] : []),
    ...(overwritten ? ["data that was whole before is not any more: the restore went too far, or the wrong way"] : []),
    ...(opened && reopened !== undefined && (verified === undefined ? hidden !== true : verified > reopened)
      ? ["the application was let in before the data was verified"]
      : []),
  ];
}
