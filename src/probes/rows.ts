/**
 * Every row against the ledger, by key digest. Buckets that agree are done; in those that differ each key must stand as
 * the truth has it, or (within `allow-loss`) as it stood at one recorded moment, the same for all keys: a recovery comes
 * back to a moment, not to a mixture of them.
 */
import { z } from "zod";
import { differingBuckets } from "../buckets.ts";
import { duration, tableName } from "../fields.ts";
import { formatDuration } from "../host/units.ts";
import {
  defineProbe,
  type Finding,
  type LedgerState,
  type Line,
  type Outcome,
  type Scene,
  type TableState,
} from "../parts.ts";
import { count, fields, unanswered } from "./reading.ts";

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

/** Table → bucket → `rows <TAB> sum`, as found. */
function readBuckets(outcome: Outcome): Map<string, Map<number, string>> {
  const found = new Map<string, Map<number, string>>();
  for (const [table = "", bucket, rows, sum] of fields(outcome)) {
    const buckets = found.get(table) ?? new Map<number, string>();
    found.set(table, buckets.set(Number(bucket), `${rows}\t${sum}`));
  }
  return found;
}

/** Key digest → sorted row digests, from `Phrases.keyDigests`. */
export function readKeys(text: string): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    if (line.length < 40) continue;
    const key = line.slice(8, 24);
    const rows = keys.get(key);
    if (rows === undefined) keys.set(key, [line.slice(24, 40)]);
    else rows.push(line.slice(24, 40));
  }
  return keys;
}

const NONE: readonly string[] = [];

type Keys = ReadonlyMap<string, readonly string[]>;

/** A key whose rows are not those of the truth. */
interface WrongKey {
  readonly key: string;
  readonly expected: readonly string[];
  readonly actual: readonly string[];
}

/** One table's buckets that differ, and what is wrong in them. */
interface Differing {
  readonly state: TableState;
  readonly buckets: readonly number[];
  readonly keys: readonly WrongKey[];
}

const isSame = (rows: readonly string[], others: readonly string[]) =>
  rows.length === others.length && rows.every((row, at) => row === others[at]);

function wrongKeys(truth: Keys, found: Keys): WrongKey[] {
  return [...new Set([...truth.keys(), ...found.keys()])]
    .map((key) => ({ key, expected: truth.get(key) ?? NONE, actual: found.get(key) ?? NONE }))
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

function compareKeys({ state, keys }: Differing, moment: Keys | null, tally: Tally): void {
  for (const { key, expected, actual } of keys) {
    const explained = moment !== null && isSame(moment.get(key) ?? NONE, actual);
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
  for (const one of differing) {
    compareKeys(
      one,
      moment?.tables.get(one.state.table)?.keys(one.buckets) ?? (moment === null ? null : new Map()),
      tally,
    );
  }
  return tally;
}

/** How old the moment is that explains what was found; 0 when nothing was lost. Meaningful where no row is unexplained. */
interface Best {
  readonly tally: Tally;
  readonly gapMs: number;
}

/** The assumption that leaves least unexplained; of several, the newest moment: an older one explains newer rows, too. */
function bestOf(moments: readonly (LedgerState | null)[], differing: readonly Differing[], damagedAtMs: number): Best {
  const gapMs = (moment: LedgerState | null) => (moment === null ? 0 : Math.max(0, damagedAtMs - moment.atMs));
  const all = moments.map((moment): Best => ({ tally: tallyAt(moment, differing), gapMs: gapMs(moment) }));
  return all.reduce((least, one) => {
    const [had, has] = [unexplained(least.tally), unexplained(one.tally)];
    return has < had || (has === had && least.gapMs > 0 && one.gapMs < least.gapMs) ? one : least;
  });
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

/** The next table whose differing buckets have not been looked into yet, or the conclusion. */
function judgeRows(outcomes: readonly Outcome[], scene: Scene, options: Options): Finding | Line {
  const tables = guarded(scene, options);
  const foundBuckets = readBuckets(outcomes[0] as Outcome);
  const differ: Differing[] = [];
  let asked = 0;
  for (const state of tables) {
    const buckets = differingBuckets(state.buckets, foundBuckets.get(state.table) ?? new Map());
    if (buckets.length === 0) continue;
    let found: Keys = new Map();
    // A table with no bucket at all is empty or gone: there is nothing to look into.
    if (foundBuckets.has(state.table)) {
      asked += 1;
      const outcome = outcomes[asked];
      if (outcome === undefined) return scene.phrases.keyDigests(state.request, buckets);
      const missing = unanswered(outcome);
      if (missing !== null) return missing;
      found = readKeys(outcome.stdout);
    }
    differ.push({ state, buckets, keys: wrongKeys(state.keys(buckets), found) });
  }
  const allowLoss = options["allow-loss"];
  const moments = [null, ...(allowLoss === undefined ? [] : scene.ledger.window(allowLoss))];
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
  gives: [],
  needs: ["sql"],
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
