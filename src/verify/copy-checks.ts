/**
 * What is asked of every restored copy, whoever made it: questions that need no configuration and cannot pass on nothing.
 * "Could not tell" is never a pass; what the copy was compared with is said.
 */
import { formatDuration } from "../host/units.ts";
import type { BackupFacts, CopyPhrases, DumpStory, Finding, Line, Outcome, Phrases, RecoveryPoint } from "../parts.ts";
import { canary } from "./canary.ts";
import { catalogueOf } from "./catalogue-checks.ts";
import type { KnownCopy } from "./known.ts";
import { listedTables } from "./listed-tables.ts";
import { read, silent } from "./reading.ts";
import { accountsOf, keysOf, largeObjectsOf, sequencesOf } from "./reference-checks.ts";
import { rowsOf } from "./row-checks.ts";
import { structureAndOrder } from "./structure-checks.ts";
import type { VerifyTask } from "./task.ts";

export interface CopyScene {
  readonly task: Pick<VerifyTask, "mayShrink" | "fresh" | "canary" | "askedAtMs" | "objectives" | "acceptChanges">;
  readonly phrases: Phrases;
  readonly copies: CopyPhrases;
  readonly facts: BackupFacts;
  /** What its text tells, where it was read. */
  readonly story?: DumpStory | null;
  readonly point: RecoveryPoint;
  readonly baseline: KnownCopy | null;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
}

export interface CopyFinding extends Finding {
  readonly probe: string;
  readonly subject: string;
}

/** With the line of fogbell.yaml that asked for it; 0 when Fogbell asked of itself. */
export type PlacedFinding = CopyFinding & { readonly line: number };

/** The numbers and names of a copy, as they are kept for the next one. */
export type Numbers = Pick<KnownCopy, "rows" | "catalogue" | "behind" | "lags" | "parents" | "largeObjects">;

export interface Looked {
  readonly findings: readonly CopyFinding[];
  readonly numbers: Numbers;
}

/** Clocks and time zones differ a little; a day ahead of the copy's own moment is no longer a clock. */
const AHEAD_MS = 86_400_000;

interface Newest {
  readonly name: string;
  readonly atMs: number;
}

async function declared(scene: CopyScene, fresh: { table: string; column: string }): Promise<Finding> {
  const outcome = await scene.ask(scene.copies.newestRow(fresh), "newest-row");
  const rows = read(outcome);
  if (rows === null) return silent(outcome);
  const atMs = Number(rows[0]?.[0] ?? Number.NaN);
  const name = `${fresh.table}.${fresh.column}`;
  if (!Number.isFinite(atMs))
    return { held: "no", because: `no row of ${fresh.table} has a moment in ${fresh.column}` };
  const gapMs = Math.max(0, scene.task.askedAtMs - atMs);
  return { held: "yes", because: `the newest row of ${name} is ${formatDuration(gapMs)} old`, measured: { gapMs } };
}

function judgeFound(found: readonly Newest[], lags: Readonly<Record<string, number>>, scene: CopyScene): Finding {
  const { point, baseline, task } = scene;
  const momentMs = Date.parse(point.reach.at);
  const byMoment = Math.max(0, task.askedAtMs - momentMs);
  const from = { name: "its name", content: "its content", "object-time": "the object's time" }[point.reach.from];
  const newest = found.find(({ name }) => /heartbeat/.test(name)) ?? [...found].sort((a, b) => b.atMs - a.atMs)[0];
  const beat = newest !== undefined && /heartbeat/.test(newest.name);
  const lag = newest === undefined ? null : (lags[newest.name] ?? null);
  const before = newest === undefined ? undefined : baseline?.lags[newest.name];
  const usual = before !== undefined && before <= task.objectives.rpoMs;
  if (newest !== undefined && lag !== null && lag > -AHEAD_MS && (beat || usual || lag <= task.objectives.rpoMs)) {
    const gapMs = Math.max(0, task.askedAtMs - newest.atMs);
    return {
      held: "yes",
      because: `the newest row, in ${newest.name}, is ${formatDuration(gapMs)} old`,
      measured: { gapMs },
    };
  }
  const why =
    newest === undefined
      ? "no row tells its moment"
      : `the newest row that was found, in ${newest.name}, lies ${formatDuration(lag ?? 0)} before it: declare "fresh" to make rows count`;
  return {
    held: "yes",
    because: `by the backup's own moment (${from}), it is ${formatDuration(byMoment)} old; ${why}`,
    measured: { gapMs: byMoment },
  };
}

async function freshness(scene: CopyScene): Promise<{ finding: Finding; lags: Record<string, number> }> {
  const { task, copies, ask, point } = scene;
  const outcome = await ask(copies.newestRows(), "newest-rows");
  const rows = read(outcome);
  if (rows === null) return { finding: silent(outcome), lags: {} };
  const found = rows.flatMap(([table, column, ms]): Newest[] =>
    Number.isFinite(Number(ms)) && ms !== "" ? [{ name: `${table}.${column}`, atMs: Number(ms) }] : [],
  );
  const momentMs = Date.parse(point.reach.at);
  const lags = Object.fromEntries(found.map(({ name, atMs }) => [name, momentMs - atMs]));
  if (task.fresh) return { finding: await declared(scene, task.fresh), lags };
  return { finding: judgeFound(found, lags, scene), lags };
}

/** Asks everything, in an order in which no question disturbs the next. Never stops at the first no. */
export async function lookThrough(scene: CopyScene): Promise<Looked> {
  const findings: CopyFinding[] = [];
  const say = (probe: string, subject: string, finding: Finding) => void findings.push({ probe, subject, ...finding });
  say("tables", "the backup's own list", await listedTables(scene));
  const counted = await rowsOf(scene);
  say("rows", "every table", counted.finding);
  const large = await largeObjectsOf(scene);
  if (large.finding !== null) say("large-objects", "every large object", large.finding);
  const { catalogue, finding: listed } = await catalogueOf(scene, counted);
  say("catalogue", "every object", listed);
  say("foreign-keys", "every row", await keysOf(scene));
  const { behind, finding: numbered } = await sequencesOf(scene);
  say("sequences", "every sequence", numbered);
  const { lags, finding: fresh } = await freshness(scene);
  say("freshness", scene.task.fresh?.table ?? "the newest row", fresh);
  if (scene.task.canary !== null) say("canary", scene.task.canary.table, await canary(scene, scene.task.canary));
  const { structure, collations } = await structureAndOrder(scene);
  say("structure", "tables and indexes", structure);
  if (collations !== null) say("collations", "the order of text", collations);
  findings.push(...(await accountsOf(scene)));
  const { rows, parents } = counted;
  return { findings, numbers: { rows, parents, largeObjects: large.held, catalogue, behind, lags } };
}
