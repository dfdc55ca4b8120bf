/**
 * Every row against the ledger, by key digest. Buckets that agree are done; in those that differ each key must stand as
 * the truth has it, or (within `allow-loss`) as it stood at one recorded moment, the same for all keys: a recovery comes
 * back to a moment, not to a mixture of them.
 */
import { z } from "zod";
import { type Buckets, differingBuckets } from "../buckets.ts";
import { defineProbe } from "../define.ts";
import { duration, tableName } from "../fields.ts";
import { count, countIn, formatDuration } from "../host/units.ts";
import type { Finding, Keys, LedgerState, Line, Outcome, Scene, TableState } from "../parts.ts";
import { fields, unanswered, unreadable } from "./reading.ts";

const options = z.strictObject({
  tables: z
    .array(tableName())
    .min(1)
    .optional()
    .describe("Only these tables. Default: all.")
    .meta({ examples: [["orders"]] }),
  except: z
    .array(tableName())
    .min(1)
    .optional()
    .describe("All tables but these.")
    .meta({ examples: [["orders"]] }),
  "allow-loss": duration()
    .optional()
    .describe("Changes committed in so long a time before the damage may be gone. Default: none.")
    .meta({ examples: ["1h"] }),
  newcomers: z
    .int()
    .positive()
    .optional()
    .describe(
      "So many rows, exactly, that the ledger does not know came on top: strays that were brought home. Default: none.",
    )
    .meta({ examples: [3] }),
});
type Options = z.infer<typeof options>;

/** What a comparison found, over all tables. `lost…` are explained by the allowed loss, the others by nothing. */
interface Tally {
  missing: number;
  altered: number;
  extra: number;
  lost: number;
  stale: number;
  undeleted: number;
  readonly wrong: Map<string, number>;
}

function guarded({ ledger, phrases }: Scene, { tables, except }: Options): TableState[] {
  const wanted = tables?.map(phrases.fullName);
  const unwanted = new Set(except?.map(phrases.fullName));
  return [...ledger.truth.tables.values()].filter(
    (state) => (wanted === undefined || wanted.includes(state.table)) && !unwanted.has(state.table),
  );
}

/** Table → bucket → `rows <TAB> sum`, as found; null when a line is none of these. */
function readBuckets(outcome: Outcome): Map<string, Map<number, string>> | null {
  const found = new Map<string, Map<number, string>>();
  for (const [table = "", bucket, rows, sum] of fields(outcome)) {
    const number = countIn(bucket);
    if (number === null || countIn(rows) === null || sum === undefined) return null;
    const buckets = found.get(table) ?? new Map<number, string>();
    found.set(table, buckets.set(number, `${rows}\t${sum}`));
  }
  return found;
}

/** Bucket → key digest → sorted row digests, from `Phrases.keyDigests`; null when a line is none of these. */
function readKeys(text: string): Map<number, Map<string, string[]>> | null {
  const found = new Map<number, Map<string, string[]>>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const bucket = /^[0-9a-f]{8}/.test(line) && line.length === 40 ? Number.parseInt(line.slice(0, 8), 16) : null;
    if (bucket === null) return null;
    const keys = found.get(bucket) ?? new Map<string, string[]>();
    found.set(bucket, keys);
    const key = line.slice(8, 24);
    const rows = keys.get(key);
    if (rows === undefined) keys.set(key, [line.slice(24, 40)]);
    else rows.push(line.slice(24, 40));
  }
  return found;
}

const NONE: readonly string[] = [];
const NO_KEYS: Keys = new Map();

/** A key whose rows are not those of the truth. */
interface WrongKey {
  readonly bucket: number;
  readonly key: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** One table's buckets that differ from the truth, as found, and what is wrong in them. */
interface Differing {
  readonly state: TableState;
  readonly found: Buckets;
  readonly keys: readonly WrongKey[];
}

const isSame = (rows: readonly string[], others: readonly string[]) =>
  rows.length === others.length && rows.every((row, at) => row === others[at]);

function wrongKeys(bucket: number, truth: Keys, found: Keys): WrongKey[] {
  return [...new Set([...truth.keys(), ...found.keys()])]
    .map((key) => ({ bucket, key, expected: truth.get(key) ?? NONE, actual: found.get(key) ?? NONE }))
    .filter(({ expected, actual }) => !isSame(expected, actual));
}

const emptyTally = (): Tally => ({
  missing: 0,
  altered: 0,
  extra: 0,
  lost: 0,
  stale: 0,
  undeleted: 0,
  wrong: new Map(),
});

/** Whether what was found of a key is what a moment had of it. A bucket that agrees as a whole has not to be opened. */
function explainedBy(moment: LedgerState | null, { state, found, keys }: Differing): (wrong: WrongKey) => boolean {
  if (moment === null) return () => false;
  const then = moment.tables.get(state.table);
  const agrees = (bucket: number) => then?.buckets.get(bucket) === found.get(bucket);
  const open = [...new Set(keys.map(({ bucket }) => bucket))].filter((bucket) => !agrees(bucket));
  const rows = then?.keys(open);
  return ({ bucket, key, actual }) => agrees(bucket) || isSame(rows?.get(bucket)?.get(key) ?? NONE, actual);
}

function compareKeys(differing: Differing, moment: LedgerState | null, tally: Tally): void {
  const { state, keys } = differing;
  const isExplained = explainedBy(moment, differing);
  for (const wrong of keys) {
    const { expected, actual } = wrong;
    const explained = isExplained(wrong);
    const rows = Math.max(1, Math.abs(expected.length - actual.length));
    const kind = actual.length < expected.length ? 0 : actual.length > expected.length ? 2 : 1;
    if (explained) {
      if (kind === 0) tally.lost += rows;
      else if (kind === 1) tally.stale += rows;
      else tally.undeleted += rows;
      continue;
    }
    if (kind === 0) tally.missing += rows;
    else if (kind === 1) tally.altered += rows;
    else tally.extra += rows;
    tally.wrong.set(state.table, (tally.wrong.get(state.table) ?? 0) + rows);
  }
}

/** The comparison under the assumption that the recovery came back to this moment (null: it lost nothing). */
function tallyAt(moment: LedgerState | null, differing: readonly Differing[]): Tally {
  const tally = emptyTally();
  for (const one of differing) compareKeys(one, moment, tally);
  return tally;
}

/** How old the moment is that explains what was found; 0 when nothing was lost. Meaningful where no row is unexplained. */
interface Best {
  readonly tally: Tally;
  readonly gapMs: number;
}

/** The assumption that leaves least unexplained; of several, the newest moment: an older one explains newer rows, too. */
function bestOf(moments: readonly LedgerState[], differing: readonly Differing[], damagedAtMs: number): Best {
  let best: Best = { tally: tallyAt(null, differing), gapMs: 0 };
  for (const moment of [...moments].sort((a, b) => b.atMs - a.atMs)) {
    // Nothing is left to explain, and what follows is older.
    if (unexplained(best.tally) === 0) break;
    const tally = tallyAt(moment, differing);
    if (unexplained(tally) < unexplained(best.tally)) best = { tally, gapMs: Math.max(0, damagedAtMs - moment.atMs) };
  }
  return best;
}

const unexplained = (tally: Tally) => tally.missing + tally.altered + tally.extra;

function conclude(
  { tally: found, gapMs }: Best,
  rows: number,
  { "allow-loss": allowLoss, newcomers = 0 }: Options,
): Finding {
  // Exactly so many: one more or one less is a difference like any other.
  const isAsTold = newcomers > 0 && found.extra === newcomers;
  const tally = isAsTold ? { ...found, extra: 0 } : found;
  const measured = {
    rowsCompared: rows,
    rowsMissing: tally.missing + tally.lost,
    rowsAltered: tally.altered + tally.stale,
    rowsExtra: tally.extra + tally.undeleted,
    rowsUnexplained: unexplained(tally),
    ...(allowLoss === undefined || unexplained(tally) > 0 ? {} : { momentGapMs: gapMs }),
  };
  const allowed = tally.lost + tally.stale + tally.undeleted;
  const loss =
    allowed === 0
      ? ""
      : `; ${tally.lost} lost, ${tally.stale} older, ${tally.undeleted} undeleted, all within the allowed ${formatDuration(allowLoss ?? 0)}`;
  const home = isAsTold ? `, and ${count(newcomers, "newcomer")}` : "";
  if (newcomers > 0 && !isAsTold && measured.rowsUnexplained === 0)
    return { held: "no", because: `${newcomers} newcomers expected, and none came`, measured };
  if (measured.rowsUnexplained === 0)
    return { held: "yes", because: `${count(rows, "row")} compared by key${home}${loss}`, measured };
  const tables = [...tally.wrong].map(([table, number]) => `${table} (${number})`).join(", ");
  return {
    held: "no",
    because: `${tally.missing} missing, ${tally.altered} altered, ${tally.extra} extra in ${tables}${loss}`,
    measured,
  };
}

/** What is to be known of a table's buckets: as they were found, and the moments that may tell what is in them. */
interface Looking {
  readonly buckets: readonly number[];
  readonly found: Buckets;
  readonly moments: readonly LedgerState[];
}

/**
 * The rows that were found, by bucket, as far as a recorded moment tells: a bucket that agrees with one is what it was
 * then, as one that agrees with the truth is the truth.
 */
function knownRows({ table }: TableState, { buckets, found, moments }: Looking): Map<number, Keys> {
  const known = new Map<number, Keys>(
    buckets.filter((bucket) => !found.has(bucket)).map((bucket) => [bucket, NO_KEYS]),
  );
  for (const moment of moments) {
    const then = moment.tables.get(table);
    const agreeing = buckets.filter((bucket) => !known.has(bucket) && then?.buckets.get(bucket) === found.get(bucket));
    for (const [bucket, keys] of then?.keys(agreeing) ?? []) known.set(bucket, keys);
  }
  return known;
}

/** The next table whose differing buckets have not been looked into yet, or the conclusion. */
function judgeRows(outcomes: readonly Outcome[], scene: Scene, options: Options): Finding | Line {
  const tables = guarded(scene, options);
  const allowLoss = options["allow-loss"];
  const moments = allowLoss === undefined ? [] : scene.ledger.window(allowLoss);
  const foundBuckets = readBuckets(outcomes[0] as Outcome);
  if (foundBuckets === null) return unreadable;
  const differ: Differing[] = [];
  let asked = 0;
  for (const state of tables) {
    const found = foundBuckets.get(state.table) ?? new Map<number, string>();
    const buckets = differingBuckets(state.buckets, found);
    if (buckets.length === 0) continue;
    const known = knownRows(state, { buckets, found, moments });
    const unknown = buckets.filter((bucket) => !known.has(bucket));
    if (unknown.length > 0) {
      asked += 1;
      const outcome = outcomes[asked];
      if (outcome === undefined) return scene.phrases.keyDigests(state.request, unknown);
      const missing = unanswered(outcome);
      if (missing !== null) return missing;
      const keys = readKeys(outcome.stdout);
      if (keys === null) return unreadable;
      for (const [bucket, rows] of keys) known.set(bucket, rows);
    }
    const truth = state.keys(buckets);
    const keys = buckets.flatMap((bucket) =>
      wrongKeys(bucket, truth.get(bucket) ?? NO_KEYS, known.get(bucket) ?? NO_KEYS),
    );
    differ.push({ state, found, keys });
  }
  return conclude(
    bestOf(moments, differ, scene.damagedAtMs),
    tables.reduce((sum, state) => sum + state.rows, 0),
    options,
  );
}

export const rows = defineProbe<Options>({
  name: "rows",
  summary: "Every row is as the ledger has it, compared by key: none missing, altered or extra.",
  options,
  sees: ({ tables, except = [] }) => (tables === undefined ? { allBut: except } : { only: tables }),
  question: (scene, options) => scene.phrases.bucketDigests(guarded(scene, options).map((state) => state.request)),
  answer: (outcomes, scene, options) => {
    const missing = unanswered(outcomes[0]);
    if (missing !== null) return missing;
    const tables = guarded(scene, options);
    const absent = (options.tables ?? []).filter(
      (table) => !scene.ledger.truth.tables.has(scene.phrases.fullName(table)),
    );
    if (absent.length > 0) return { held: "unknown", because: `the ledger knows no table ${absent.join(", ")}` };
    if (tables.length === 0) return { held: "unknown", because: "no table to compare" };
    if (tables.every((state) => state.rows === 0))
      return { held: "unknown", because: "the ledger holds no row to compare" };
    return judgeRows(outcomes, scene, options);
  },
});
