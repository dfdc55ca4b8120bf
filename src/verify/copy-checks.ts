/**
 * What is asked of every restored copy, whoever made it: questions that need no configuration and cannot pass on nothing.
 * "Could not tell" is never a pass; what the copy was compared with is said.
 */
import { sha256 } from "../host/digest.ts";
import { formatDuration } from "../host/units.ts";
import type { BackupFacts, CopyPhrases, Finding, Line, Outcome, Phrases, RecoveryPoint } from "../parts.ts";
import { canary } from "./canary.ts";
import type { KnownCopy } from "./known.ts";
import { count, few, read, silent } from "./reading.ts";
import { structureAndOrder } from "./structure-checks.ts";
import type { VerifyTask } from "./task.ts";

export interface CopyScene {
  readonly task: Pick<VerifyTask, "mayShrink" | "fresh" | "canary" | "askedAtMs" | "objectives" | "acceptChanges">;
  readonly phrases: Phrases;
  readonly copies: CopyPhrases;
  readonly facts: BackupFacts;
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
export type Numbers = Pick<KnownCopy, "rows" | "catalogue" | "behind" | "lags">;

export interface Looked {
  readonly findings: readonly CopyFinding[];
  readonly numbers: Numbers;
}

const since = (baseline: KnownCopy) => `since the copy of ${baseline.momentAt.slice(0, 16).replace("T", " ")} UTC`;

async function tables({ copies, facts, ask }: CopyScene): Promise<Finding> {
  const line = copies.listing(facts);
  if (line === null) return { held: "yes", because: "a copy of files has no list of its own; its tables are counted" };
  const outcome = await ask(line, "list-tables");
  const rows = read(outcome);
  const listed = Number(rows?.find(([word]) => word === "listed")?.[1] ?? Number.NaN);
  if (rows === null || Number.isNaN(listed)) return silent(outcome);
  const missing = rows.filter(([word]) => word === "missing").map(([, name]) => name ?? "");
  if (missing.length > 0) return { held: "no", because: `in the backup and not in the copy: ${few(missing)}` };
  if (listed === 0) return { held: "no", because: "the backup holds no table at all" };
  return {
    held: "yes",
    because: `${count(listed, "table")} of the backup's own list are there`,
    measured: { tables: listed },
  };
}

/** A table that had at least so many rows is watched; it may lose so much of them. */
const WATCHED_ROWS = 100;
const MOST_LOST = 0.5;

function judgeRows(rows: Readonly<Record<string, number>>, { task, baseline }: CopyScene): Finding {
  const names = Object.keys(rows);
  const total = names.reduce((sum, name) => sum + (rows[name] ?? 0), 0);
  const measured = { tables: names.length, rows: total };
  if (names.length === 0) return { held: "no", because: "there is no table in the copy", measured };
  if (total === 0)
    return { held: "no", because: `${count(names.length, "table")}, and no row in any of them`, measured };
  const sum = `${count(total, "row")} in ${count(names.length, "table")}`;
  if (baseline === null) return { held: "yes", because: `${sum}; nothing yet to compare with`, measured };
  const gone = Object.keys(baseline.rows).filter((name) => rows[name] === undefined);
  const may = (name: string) =>
    task.acceptChanges || task.mayShrink.some((one) => name === one || name.endsWith(`.${one}`));
  const shrunk = names.filter((name) => {
    const before = baseline.rows[name] ?? 0;
    return before >= WATCHED_ROWS && (rows[name] ?? 0) < before * (1 - MOST_LOST) && !may(name);
  });
  if (gone.length > 0 && !task.acceptChanges)
    return { held: "no", because: `tables gone ${since(baseline)}: ${few(gone)}`, measured };
  if (shrunk.length > 0) {
    const said = shrunk.map(
      (name) =>
        `${name} from ${baseline.rows[name]?.toLocaleString("en-US")} to ${rows[name]?.toLocaleString("en-US")}`,
    );
    return { held: "no", because: `more than half of the rows gone ${since(baseline)}: ${few(said)}`, measured };
  }
  return { held: "yes", because: `${sum}; nothing lost ${since(baseline)}`, measured };
}

/** What guards the data: gone means that the copy lets in what production keeps out. */
const GUARDS = /^(table|constraint|trigger|policy)\t/;

function judgeCatalogue(found: Readonly<Record<string, string>>, { task, baseline }: CopyScene): Finding {
  const number = Object.keys(found).length;
  if (number === 0) return { held: "no", because: "the catalogue of the copy is empty" };
  if (baseline === null) return { held: "yes", because: `${count(number, "object")}; nothing yet to compare with` };
  const before = baseline.catalogue;
  const gone = Object.keys(before).filter((key) => found[key] === undefined);
  const other = Object.keys(before).filter((key) => found[key] !== undefined && found[key] !== before[key]);
  const fresh = Object.keys(found).filter((key) => before[key] === undefined);
  const guards = gone.filter((key) => GUARDS.test(key));
  const named = (keys: readonly string[]) => few(keys.map((key) => key.replace("\t", " ")));
  const measured = { objects: number, gone: gone.length, changed: other.length, added: fresh.length };
  if (guards.length > 0 && !task.acceptChanges)
    return { held: "no", because: `gone ${since(baseline)}: ${named(guards)}`, measured };
  const said = [
    ...(gone.length > 0 ? [`gone: ${named(gone)}`] : []),
    ...(other.length > 0 ? [`changed: ${named(other)}`] : []),
    ...(fresh.length > 0 ? [`new: ${named(fresh)}`] : []),
  ];
  const what = said.length === 0 ? "the same" : said.join("; ");
  return { held: "yes", because: `${count(number, "object")}; ${what} ${since(baseline)}`, measured };
}

async function keys({ copies, ask }: CopyScene): Promise<Finding> {
  const outcome = await ask(copies.readKeys(), "read-keys");
  const rows = read(outcome);
  const number = Number(rows?.find(([word]) => word === "read")?.[1] ?? Number.NaN);
  if (rows === null || Number.isNaN(number)) return silent(outcome);
  const broken = rows.filter(([word]) => word === "broken");
  const said = broken.map(([, key, table, parent, lost]) => `${lost} rows of ${table} have no ${parent} (${key})`);
  return broken.length === 0
    ? {
        held: "yes",
        because: `${count(number, "foreign key")} read, every row has its parent`,
        measured: { keys: number },
      }
    : { held: "no", because: few(said), measured: { keys: number, broken: broken.length } };
}

function judgeSequences(rows: readonly string[][], { baseline }: CopyScene): { finding: Finding; behind: string[] } {
  const number = (text: string | undefined) => (text === undefined || !/^-?\d+$/.test(text) ? 0n : BigInt(text));
  const behind = rows.filter(([, value, , , used]) => number(value) < number(used)).map(([name]) => name ?? "");
  const newly = baseline === null ? [] : behind.filter((name) => !baseline.behind.includes(name));
  const measured = { sequences: rows.length, behind: behind.length };
  if (newly.length > 0 && baseline !== null) {
    return {
      behind,
      finding: { held: "no", because: `behind their data ${since(baseline)}: ${few(newly)}`, measured },
    };
  }
  // Without a copy to compare with this is how it may always have been: said, and not held against the backup.
  const said = behind.length === 0 ? "ahead of their data" : `as they came; behind their data: ${few(behind)}`;
  const because = rows.length === 0 ? "nothing hands out numbers here" : `${count(rows.length, "sequence")} ${said}`;
  return { behind, finding: { held: "yes", because, measured } };
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

async function rowsOf(scene: CopyScene): Promise<{ finding: Finding; rows: Record<string, number> }> {
  const outcome = await scene.ask(scene.copies.countAll(), "count-all");
  const counted = read(outcome);
  const rows = Object.fromEntries((counted ?? []).map(([table, number]) => [table ?? "", Number(number)]));
  return { rows, finding: counted === null ? silent(outcome) : judgeRows(rows, scene) };
}

async function catalogueOf(scene: CopyScene): Promise<{ finding: Finding; catalogue: Record<string, string> }> {
  const outcome = await scene.ask(scene.phrases.catalogue(), "read-catalogue");
  const listed = read(outcome);
  const hash = (definition: readonly string[]) => sha256(definition.join("\t")).slice(0, 12);
  const catalogue = Object.fromEntries(
    (listed ?? []).map(([kind, name, ...definition]) => [`${kind}\t${name}`, hash(definition)]),
  );
  return { catalogue, finding: listed === null ? silent(outcome) : judgeCatalogue(catalogue, scene) };
}

async function sequencesOf(scene: CopyScene): Promise<{ finding: Finding; behind: string[] }> {
  const outcome = await scene.ask(scene.phrases.sequences(), "read-sequences");
  const numbered = read(outcome);
  return numbered === null ? { finding: silent(outcome), behind: [] } : judgeSequences(numbered, scene);
}

/** Asks everything, in an order in which no question disturbs the next. Never stops at the first no. */
export async function lookThrough(scene: CopyScene): Promise<Looked> {
  const findings: CopyFinding[] = [];
  const say = (probe: string, subject: string, finding: Finding) => void findings.push({ probe, subject, ...finding });
  say("tables", "the backup's own list", await tables(scene));
  const { rows, finding: counted } = await rowsOf(scene);
  say("rows", "every table", counted);
  const { catalogue, finding: listed } = await catalogueOf(scene);
  say("catalogue", "every object", listed);
  say("foreign-keys", "every row", await keys(scene));
  const { behind, finding: numbered } = await sequencesOf(scene);
  say("sequences", "every sequence", numbered);
  const { lags, finding: fresh } = await freshness(scene);
  say("freshness", scene.task.fresh?.table ?? "the newest row", fresh);
  if (scene.task.canary !== null) say("canary", scene.task.canary.table, await canary(scene, scene.task.canary));
  const { structure, collations } = await structureAndOrder(scene);
  say("structure", "tables and indexes", structure);
  if (collations !== null) say("collations", "the order of text", collations);
  return { findings, numbers: { rows, catalogue, behind, lags } };
}
