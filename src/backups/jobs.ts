/**
 * The jobs whose work lies in a store: each with its series, its database's name and the patterns that mean it. What
 * `init` proposes, what `verify --store` looks at and what a source of `fogbell.yaml` means are told here, and nowhere else.
 */
import type { RecoveryPoint } from "../parts.ts";
import { type Entry, keyOf, objectOf, type ReadBeginning, type Unread } from "./entries.ts";
import { nameJobs } from "./job-names.ts";
import type { PartRole } from "./key-pieces.ts";
import type { Placed } from "./series.ts";
import { alsoMeant, patternOf } from "./series-pattern.ts";
import { joinSets } from "./sets.ts";
import { grouped } from "./settle.ts";

/** What a job makes alike: one pattern means all of it. */
export interface Series {
  readonly pattern: string;
  /** Patterns of other jobs whose backups this one would mean, too. */
  readonly not: readonly string[];
  /** When only their content tells its backups from those of others: the database that it names. */
  readonly database: string | null;
  readonly points: readonly RecoveryPoint[];
  /** Of the same name, and not understood. */
  readonly unread: readonly Unread[];
}

export interface Job {
  readonly engine: string;
  readonly name: string;
  readonly words: readonly string[];
  readonly series: readonly Series[];
}

export interface Jobs {
  readonly jobs: readonly Job[];
  /** What holds a database's structure and no row, on purpose: no backup of it. */
  readonly structures: readonly RecoveryPoint[];
  /** Objects that belong to no series of a job. */
  readonly left: readonly Unread[];
}

const wordsKey = ({ words }: Placed) => words.join("\u0000");

/** Whether of two databases that share their names one only followed the other: then the first was renamed. */
function overlap(points: readonly RecoveryPoint[]): boolean {
  const moments = grouped(points, ({ facts }) => facts.database ?? "");
  const spans = [...moments.values()]
    .map((of) => of.map(({ moment }) => Date.parse(moment.at)))
    .map((times) => ({ from: Math.min(...times), to: Math.max(...times) }))
    .sort((a, b) => a.from - b.from);
  return spans.some(({ from }, index) => index > 0 && from <= (spans[index - 1]?.to ?? 0));
}

/** Whether names leave open whose backups these are, and what they say of themselves does not. */
function isToldByContent(points: readonly RecoveryPoint[]): boolean {
  const databases = new Set(points.map(({ facts }) => facts.database));
  return databases.size > 1 && !databases.has(undefined) && overlap(points);
}

/**
 * One series, or one for each database where names do not tell them apart and content does. `isByContent`: that is so
 * among all series of these names, of which this may be one database's alone (`daily-…` beside `weekly-…`).
 */
function seriesOf(entries: readonly Entry[], isByContent: boolean): Omit<Series, "not">[] {
  const points = entries.flatMap(({ point }) => (point === null ? [] : [point]));
  const unread = entries.flatMap(({ unread: one }) => (one === null ? [] : [one]));
  if (points.length === 0) return [];
  const placed = entries.flatMap((one) => one.members ?? [one.placed]);
  const pattern = patternOf(
    entries.map((one) => one.placed),
    points,
    placed,
  );
  if (!isByContent && !isToldByContent(points)) return [{ pattern, database: null, points, unread }];
  const databases = new Set(points.map(({ facts }) => facts.database));
  return [...databases].map((database) => ({
    pattern,
    database: database ?? null,
    points: points.filter(({ facts }) => facts.database === database),
    // Nobody knows whose it is: it may be anybody's.
    unread,
  }));
}

interface Grouped {
  readonly engine: string;
  readonly entries: readonly Entry[];
  readonly series: readonly Omit<Series, "not">[];
}

/** Of entries with the same words: their jobs, by engine and, where only content tells, by database. */
function jobsAmong(entries: readonly Entry[]): Grouped[] {
  const engines = [...new Set(entries.flatMap(({ point }) => (point === null ? [] : [point.facts.engine])))];
  return engines.flatMap((engine) => {
    const own = entries.filter(({ point }) => point === null || point.facts.engine === engine);
    // Words that only say how often, or that it is a backup, name nobody.
    const isNamed = own.some(({ placed }) => placed.isNamed);
    const isByContent = !isNamed && isToldByContent(own.flatMap(({ point }) => (point === null ? [] : [point])));
    const series = [...grouped(own, ({ placed }) => placed.glob).values()].flatMap((one) => seriesOf(one, isByContent));
    const databases = [...new Set(series.map(({ database }) => database))];
    return databases.map((database) => {
      const of = series.filter((one) => one.database === database);
      const points = new Set(of.flatMap((one) => one.points));
      return { engine, series: of, entries: own.filter(({ point }) => point !== null && points.has(point)) };
    });
  });
}

/** A structure alone is none of the backups that must hold rows, unless rows are in it. */
async function splitStructures(entries: readonly Entry[], read: ReadBeginning) {
  const isStructure = ({ placed, point }: Entry) =>
    placed.role === "structure" && point !== null && point.parts === undefined;
  const found = entries.filter(isStructure);
  const whole = new Set(
    entries.filter((one) => one.point !== null && !isStructure(one)).map(({ placed }) => wordsKey(placed)),
  );
  const structures = new Set<Entry>();
  for (const series of grouped(found, ({ placed }) => placed.glob).values()) {
    const [newest] = [...series].sort((a, b) => (objectOf(a).modifiedAt < objectOf(b).modifiedAt ? 1 : -1));
    if (newest?.point == null) continue;
    const beginning = whole.has(wordsKey(newest.placed)) ? null : await read(newest.point);
    if (beginning === null || (beginning.isAll && !beginning.hasRows)) for (const one of series) structures.add(one);
  }
  return { structures: [...structures], left: entries.filter((one) => !structures.has(one)) };
}

const ROLES_BESIDE: ReadonlySet<PartRole> = new Set(["beside", "accounts"]);

/** The patterns of other jobs that each series must leave out, in order. */
function foreign(found: readonly Grouped[]): string[][] {
  const all = found.flatMap(({ series }, owner) =>
    series.map(({ pattern, points, unread }) => {
      const [point] = points;
      return { pattern, sample: point === undefined ? (unread[0]?.key ?? "") : keyOf(point), owner };
    }),
  );
  return alsoMeant(all);
}

/** The jobs of a store. `read` looks into the newest backup of few series, where names leave open what is in them. */
export async function jobsOf(entries: readonly Entry[], read: ReadBeginning): Promise<Jobs> {
  const joined = await joinSets(entries, read);
  const { structures, left } = await splitStructures(joined, read);
  const found = [...grouped(left, ({ placed }) => wordsKey(placed)).values()].flatMap(jobsAmong);
  const names = nameJobs(
    found.map(({ engine, entries: own, series }) => ({
      engine,
      placed: own.map(({ placed }) => placed),
      databases: [...new Set(own.map(({ point }) => point?.facts.database))],
      isByContent: series.some(({ database }) => database !== null),
    })),
  );
  const not = foreign(found);
  let at = 0;
  const jobs = found.map(({ engine, entries: own, series }, index): Job => {
    const from = at;
    at += series.length;
    const of = series.map((one, number): Series => ({ ...one, not: not[from + number] ?? [] }));
    return { engine, name: names[index] ?? engine, words: own[0]?.placed.words ?? [], series: of };
  });
  const taken = new Set(found.flatMap(({ series }) => series.flatMap(({ unread }) => unread)));
  const isBeside = ({ role }: Placed) => role !== null && ROLES_BESIDE.has(role);
  return {
    jobs,
    structures: structures.flatMap(({ point }) => (point === null ? [] : [point])),
    left: left.flatMap(({ unread, placed }) =>
      unread === null || taken.has(unread) || isBeside(placed) ? [] : [unread],
    ),
  };
}
