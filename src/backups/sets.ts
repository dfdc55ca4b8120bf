/**
 * What one night left in several files is one backup: structure and rows apart, one file for each table, accounts beside
 * them. A member that is missing or broken is the backup's own fault.
 */
import { baseName, folderOf } from "../host/key-parts.ts";
import type { BackupPart, RecoveryPoint, StoredObject, Unreadable } from "../parts.ts";
import { type Beginning, type Entry, objectOf, type ReadBeginning } from "./entries.ts";
import type { Placed } from "./series.ts";
import { grouped } from "./settle.ts";

/** Files of one night whose names tell other minutes: a job goes on from one to the next. */
const SAME_NIGHT_MS = 30 * 60_000;

const writtenMs = (entry: Entry) => Date.parse(objectOf(entry).modifiedAt);

/** Structure, then rows, then what needs both. */
const ORDER: readonly BackupPart["role"][] = ["structure", "table", "data", "rest"];

const partOf = (entry: Entry, role: BackupPart["role"]): BackupPart => ({
  object: objectOf(entry),
  role,
  facts: entry.point?.facts ?? null,
});

/** What is wrong with a set before any of it was fetched; null when nothing is. */
function faultOf(parts: readonly BackupPart[], missing: readonly string[]): string | null {
  const broken = parts.find(({ object, facts }) => object.sizeBytes === 0 || facts?.complete === "no");
  if (broken !== undefined)
    return `${broken.object.key}, which belongs to it, is ${broken.object.sizeBytes === 0 ? "empty" : `bad: ${broken.facts?.because}`}`;
  return missing.length === 0 ? null : `${missing.join(", ")} is missing: the nights before have it`;
}

/** `orders.sql` makes a table, and `orders.txt` has its rows: what `--tab` leaves. */
function hasTextRows(parts: readonly BackupPart[]): boolean {
  const known = new Set(parts.flatMap(({ object, facts }) => (facts === null ? [] : [object.key])));
  return parts.some(({ object: { key }, facts }) => facts === null && known.has(key.replace(/\.(txt|csv)$/, ".sql")));
}

interface Together {
  readonly lead: Entry & { readonly point: RecoveryPoint };
  readonly parts: readonly BackupPart[];
  readonly missing: readonly string[];
  /** What the nights before the last have, and neither the last one nor this. */
  readonly ceased?: readonly string[];
}

/** A table that is gone for more than a night was dropped, or is dumped no more: nobody can tell which. */
const notTold = (ceased: readonly string[]): Unreadable => ({
  kind: "form",
  because: `it has no ${ceased.join(", ")}, which earlier nights have: dropped on purpose, or not dumped any more, nothing tells which`,
  next: [
    "if it was dropped: ignore: its files, at the source in fogbell.yaml",
    "else look at the job: it leaves that out",
  ],
});

/** So many nights that are gone are looked back to. */
const NIGHTS_BACK = 4;

/** Names of what some of the nights before have, and neither the last of them nor this night. */
function ceasedSince(here: readonly Entry[], before: readonly (readonly Entry[])[]): string[] {
  const known = globsOf([...here, ...(before.at(-1) ?? [])]);
  const gone = new Map(
    before
      .slice(-NIGHTS_BACK, -1)
      .flatMap((night) =>
        night.flatMap(({ placed }) => (known.has(placed.glob) ? [] : [[placed.glob, baseName(placed.key)] as const])),
      ),
  );
  return [...gone.values()].map((name) => `file like ${name}`);
}

/** One recovery point of all its members, as old as the oldest of them. */
function joined({ lead, parts, missing, ceased = [] }: Together, members: readonly Entry[]): RecoveryPoint {
  const { point } = lead;
  const sorted = [...parts].sort(
    (a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role) || (a.object.key < b.object.key ? -1 : 1),
  );
  const fault = faultOf(sorted, missing);
  const oldest = members
    .flatMap(({ point: one }) => (one === null ? [] : [one.moment]))
    .reduce((least, one) => (one.at < least.at ? one : least), point.moment);
  const because = `${sorted.length} files of one night`;
  const { lacks, ...own } = point.facts;
  const hasTables = sorted.some(({ role }) => role === "structure" || role === "table");
  const facts = hasTables || lacks === undefined ? own : { ...own, lacks };
  return {
    ...point,
    objects: sorted.map(({ object }) => object),
    parts: sorted,
    moment: oldest,
    reach: point.reach === point.moment ? oldest : point.reach,
    sizeBytes: sorted.reduce((sum, { object }) => sum + object.sizeBytes, 0),
    facts: {
      ...facts,
      ...(hasTextRows(parts) ? { lacks: "rows" as const } : {}),
      ...(fault === null ? { complete: "unknown", because } : { complete: "no", because: fault }),
    },
    ...(fault === null && ceased.length > 0 ? { unreadable: notTold(ceased) } : {}),
  };
}

const isLead = (entry: Entry): entry is Together["lead"] => entry.point !== null && entry.point.facts.isDump === true;

/** Of a night's several files of one role the one of the same name or, failing that, of the same half hour. */
function counterpart(entry: Entry, among: readonly Entry[]): Entry | undefined {
  const same = among.find(({ placed }) => placed.night === entry.placed.night);
  if (same !== undefined) return same;
  return [...among]
    .filter((one) => Math.abs(writtenMs(one) - writtenMs(entry)) <= SAME_NIGHT_MS)
    .sort((a, b) => Math.abs(writtenMs(a) - writtenMs(entry)) - Math.abs(writtenMs(b) - writtenMs(entry)))[0];
}

/** Sections of a dump: what is called so is no whole structure. What comes behind the rows is a file of its own. */
const isBeforeRows = ({ placed }: Entry) => /(^|[^\p{L}])pre[-_.]?data([^\p{L}]|$)/iu.test(placed.key);

/** Rows of one night with what belongs to them, as far as it is there. */
interface Night {
  readonly data: Entry;
  readonly structure: Entry | undefined;
  readonly others: readonly Entry[];
}

/** One of each series of what comes last: keys, triggers, views. */
function restOf(data: Entry, rest: readonly Entry[]): Entry[] {
  const series = [...grouped(rest, ({ placed }) => placed.glob).values()];
  return series.flatMap((among) => counterpart(data, among) ?? []);
}

const globsOf = (entries: readonly Entry[]) => new Set(entries.map(({ placed }) => placed.glob));

/** What the nights before have and this one has not. */
function missingIn(night: Night, before: readonly Night[]): string[] {
  const last = before.at(-1);
  const here = globsOf(night.others);
  const gone = (last?.others ?? []).filter(({ placed }) => !here.has(placed.glob));
  return [
    ...(night.structure === undefined ? ["its structure"] : []),
    ...gone.map(({ placed }) => `the file like ${baseName(placed.key)}`),
  ];
}

function joinNight(night: Night, before: readonly Night[]): Entry {
  const { data, structure, others } = night;
  const members = [data, ...(structure === undefined ? [] : [structure]), ...others];
  const lead = members.find(isLead);
  if (lead === undefined) return data;
  // A structure that is not taken every night is another night's: rows by themselves are half, and nothing is gone.
  const isUsual = structure !== undefined || before.some((one) => one.structure !== undefined);
  if (!isUsual && isLead(data))
    return { ...data, point: { ...data.point, facts: { ...data.point.facts, lacks: "tables" } } };
  const parts = [
    ...(structure === undefined ? [] : [partOf(structure, "structure")]),
    partOf(data, "data"),
    ...others.map((one) => partOf(one, "rest")),
  ];
  const point = joined(
    {
      lead,
      parts,
      missing: missingIn(night, before),
      ceased: ceasedSince(
        others,
        before.map((one) => one.others),
      ),
    },
    members,
  );
  const isCut = structure !== undefined && isBeforeRows(structure) && others.length === 0;
  const facts = isCut && point.facts.complete !== "no" ? { ...point.facts, lacks: "rest" as const } : point.facts;
  return { ...data, unread: null, point: { ...point, facts }, members: members.map((one) => one.placed) };
}

/** A structure without its rows: they are gone where all before it have theirs; where some have not, it is taken more often. */
function joinLonely(structure: Entry, before: readonly Entry[], isPaired: (entry: Entry) => boolean): Entry {
  if (!isLead(structure) || !before.every(isPaired)) return structure;
  const together = { lead: structure, parts: [partOf(structure, "structure")], missing: ["the file with its rows"] };
  return { ...structure, point: joined(together, [structure]) };
}

/** Rows, their structure and the rest of each night of one job. */
function joinRoles(group: readonly Entry[]): Entry[] {
  const of = (role: Placed["role"]) =>
    group.filter(({ placed }) => placed.role === role).sort((a, b) => writtenMs(a) - writtenMs(b));
  const [structures, datas, rest] = [of("structure"), of("data"), of("rest")];
  if (structures.length === 0 || datas.length === 0) return [...group];
  const nights = datas.map((data): Night => {
    return { data, structure: counterpart(data, structures), others: restOf(data, rest) };
  });
  const sets = nights.map((night, index) => joinNight(night, nights.slice(0, index)));
  const paired = new Set(nights.flatMap(({ structure }) => structure ?? []));
  const lonely = structures.flatMap((one, index) =>
    paired.has(one) ? [] : [joinLonely(one, structures.slice(0, index), (entry) => paired.has(entry))],
  );
  const used = new Set([...nights.flatMap(({ data, others }) => [data, ...others]), ...structures]);
  return [...sets, ...lonely, ...group.filter((one) => !used.has(one))];
}

const endsAs = (name: string, word: string) =>
  name.endsWith(word) && !/[\p{L}\d]$/u.test(name.slice(0, name.length - word.length));

/**
 * What stands before the table's name in a file's, when the file holds that table alone, or that schema, and is called
 * so; else null.
 */
function prefixOf(text: string, { tables }: Beginning): string | null {
  const name = text.toLowerCase();
  const schemas = new Set(tables.map((table) => table.toLowerCase().replace(/\.?[^.]*$/, "")));
  const [schema = ""] = schemas;
  const table = tables.length === 1 ? (tables[0] ?? "").toLowerCase() : "";
  const called = [table, table.replace(/^.*\./, ""), schemas.size === 1 ? schema : ""];
  const found = called.find((one) => one !== "" && endsAs(name, one));
  return found === undefined ? null : name.slice(0, name.length - found.length);
}

const newestOf = (entries: readonly Entry[]) =>
  entries.filter(isLead).sort((a, b) => b.point.moment.at.localeCompare(a.point.moment.at))[0];

/** The files of a folder that may be one for each table: in which of its series is what the file is called by? */
async function tablesAmong(group: readonly Entry[], read: ReadBeginning): Promise<Map<string, string> | null> {
  const series = [...grouped(group, ({ placed }) => placed.glob)];
  const prefixes = new Map<string, string>();
  let asked = 0;
  for (const [glob, entries] of series) {
    const newest = newestOf(entries);
    const text = entries[0]?.placed.table?.text;
    if (newest === undefined || text === undefined) continue;
    asked += 1;
    const beginning = await read(newest.point);
    const prefix = beginning === null ? null : prefixOf(text, beginning);
    if (prefix !== null) prefixes.set(glob, prefix);
    // Two that are none of this kind are enough to know what the others are.
    if (asked === 2 && prefixes.size === 0) return null;
  }
  return prefixes.size >= 2 && prefixes.size * 2 > asked ? prefixes : null;
}

/** One backup for each night of files that hold a table each. */
function joinTables(group: readonly Entry[], prefixes: ReadonlyMap<string, string>): Entry[] {
  const counts = grouped([...prefixes.values()], (one) => one);
  const [prefix = ""] = [...counts].sort((a, b) => b[1].length - a[1].length)[0] ?? [];
  const isOne = ({ placed }: Entry) => placed.table?.text.toLowerCase().startsWith(prefix) === true;
  const nights = [...grouped(group.filter(isOne), ({ placed }) => placed.night).values()].sort(
    (a, b) => Math.min(...a.map(writtenMs)) - Math.min(...b.map(writtenMs)),
  );
  const sets = nights.flatMap((members, index): Entry[] => {
    const lead = members.find(isLead);
    if (lead === undefined) return [...members];
    const here = new Set(members.map(({ placed }) => placed.glob));
    const missing = (nights[index - 1] ?? [])
      .filter(({ placed }) => !here.has(placed.glob))
      .map(({ placed }) => `${baseName(placed.key)}`);
    const parts = members.map((one) => partOf(one, "table"));
    const table = new Set(lead.placed.table?.text.toLowerCase().split(/[^\p{L}\d]+/u));
    const own = prefix.split(/[^\p{L}\d]+/u).filter((one) => one !== "");
    const words = lead.placed.words.filter((word) => !table.has(word) || own.includes(word));
    const segments = lead.placed.segments.filter((one) => one !== lead.placed.table?.text);
    const placed = {
      ...lead.placed,
      words,
      segments: own.length === 0 ? segments : [...segments, own.join("_")],
      isNamed: words.length > 0,
      glob: lead.placed.table?.together ?? lead.placed.glob,
      role: null,
    };
    return [
      {
        placed,
        point: joined({ lead, parts, missing, ceased: ceasedSince(members, nights.slice(0, index)) }, members),
        unread: null,
        members: members.map((one) => one.placed),
      },
    ];
  });
  return [...sets, ...group.filter((one) => !isOne(one))];
}

/** Accounts of a night go with every backup of that night in their folder, and are none. */
function withAccounts(entries: readonly Entry[]): Entry[] {
  const placeOf = ({ placed }: Entry) => `${folderOf(placed.key)}\u0000${placed.night}`;
  const accounts = new Map<string, StoredObject>();
  for (const one of entries) {
    if (one.placed.role === "accounts" && one.point === null) accounts.set(placeOf(one), objectOf(one));
  }
  if (accounts.size === 0) return [...entries];
  return entries.map((one) => {
    const globals = one.point === null || one.point.globals !== undefined ? undefined : accounts.get(placeOf(one));
    return globals === undefined || one.point === null ? one : { ...one, point: { ...one.point, globals } };
  });
}

/** Every backup with what belongs to it; the entries that are left are backups, or understood by nobody. */
export async function joinSets(entries: readonly Entry[], read: ReadBeginning): Promise<Entry[]> {
  const byRole = [...grouped(entries, ({ placed }) => `${placed.words.join(" ")}\u0000${placed.together}`).values()];
  const roles = byRole.flatMap(joinRoles);
  const result: Entry[] = [];
  for (const group of grouped(roles, ({ placed }) => placed.table?.together ?? placed.glob).values()) {
    const isOpen = group.some(({ point }) => point?.parts !== undefined) || group.every(({ point }) => point === null);
    const several = new Set(group.map(({ placed }) => placed.glob)).size > 1;
    const tables = isOpen || !several ? null : await tablesAmong(group, read);
    result.push(...(tables === null ? group : joinTables(group, tables)));
  }
  return withAccounts(result);
}
