/** What one night left in several files: one backup with its members in order, and a fault when one is missing. */
import { describe, expect, test } from "vitest";
import { type Beginning, entriesOf, type Unread } from "../../src/backups/entries.ts";
import { jobsOf } from "../../src/backups/jobs.ts";
import type { RecoveryPoint } from "../../src/parts.ts";
import { inOrder } from "../../src/verify/join-parts.ts";
import { pointOf, toldApart } from "../support/stored.ts";

const DAY_MS = 86_400_000;
const NIGHT = Date.UTC(2026, 10, 27, 3);
const DATES = ["2026-11-26", "2026-11-27"];

const every = (make: (date: string) => string, facts: Partial<RecoveryPoint["facts"]> = {}) =>
  DATES.map((date, index) => pointOf(make(date), NIGHT - (DATES.length - 1 - index) * DAY_MS, facts));
const unread = (key: string, atMs = NIGHT, sizeBytes = 100): Unread => ({
  key,
  sizeBytes,
  modifiedAt: new Date(atMs).toISOString(),
  because: "no backup that Fogbell recognises",
});

/** What a file's own name says is the table in it. */
const named = async ({ id }: RecoveryPoint): Promise<Beginning> => {
  const table = /([a-z_]+)(?:-\d{8}|-\d{4}-\d\d-\d\d)?\.sql/.exec(id)?.[1] ?? "";
  return { tables: [table.replace(/^store[._-]/, "")], hasRows: true, isAll: false };
};
const nothing = async () => null;

const found = async (
  points: RecoveryPoint[],
  left: Unread[] = [],
  read: (point: RecoveryPoint) => Promise<Beginning | null> = nothing,
) => {
  const all = await jobsOf(entriesOf({ points, unknown: left }).entries, read);
  const sets = all.jobs.flatMap(({ series }) => series.flatMap(({ points: of }) => of));
  return { ...all, sets, told: toldApart(all.jobs), keys: sets.map((one) => one.objects.map(({ key }) => key)) };
};

describe("structure and rows", () => {
  test("of one night are one backup, structure first, with one pattern", async () => {
    const { told, keys, sets } = await found([
      ...every((date) => `depot-data-${date}.sql.gz`, { engine: "mariadb" }),
      ...every((date) => `depot-schema-${date}.sql.gz`, { engine: "mariadb" }),
    ]);
    expect(told).toEqual(["depot: depot-{data,schema}-*.sql.gz"]);
    expect(keys).toEqual(DATES.map((date) => [`depot-schema-${date}.sql.gz`, `depot-data-${date}.sql.gz`]));
    expect(sets.map(({ sizeBytes, parts }) => [sizeBytes, parts?.map(({ role }) => role)])).toEqual([
      [2000, ["structure", "data"]],
      [2000, ["structure", "data"]],
    ]);
  });
  test("in a folder for each night, though nobody recognises the structure, with their accounts", async () => {
    const { keys, sets, left } = await found(
      every((date) => `${date}/data.sql`),
      DATES.flatMap((date) => [unread(`${date}/roles.sql`), unread(`${date}/schema.sql`)]),
    );
    expect(keys).toEqual(DATES.map((date) => [`${date}/schema.sql`, `${date}/data.sql`]));
    expect(sets.map(({ globals }) => globals?.key)).toEqual(DATES.map((date) => `${date}/roles.sql`));
    expect(left).toEqual([]);
  });
  test("in sections of pg_dump, in their order, and none of them lacks what another brings", async () => {
    const { keys, sets, told } = await found(
      ["pre-data", "data", "post-data"].flatMap((part) =>
        every((date) => `shop-${date}-${part}.sql`, part === "pre-data" ? {} : { lacks: "tables" }),
      ),
    );
    expect(keys).toEqual(
      DATES.map((date) => ["pre-data", "data", "post-data"].map((part) => `shop-${date}-${part}.sql`)),
    );
    expect(sets.map(({ facts }) => [facts.complete, facts.lacks])).toEqual(DATES.map(() => ["unknown", undefined]));
    expect(told).toHaveLength(1);
  });
  test("belong together though the job needed minutes from one to the other", async () => {
    const { keys } = await found([
      pointOf("shop-schema-20261127-0300.sql", NIGHT),
      pointOf("shop-data-20261127-0304.sql", NIGHT + 240_000),
    ]);
    expect(keys).toEqual([["shop-schema-20261127-0300.sql", "shop-data-20261127-0304.sql"]]);
  });
  test("a night without its structure, without its rows, or with an empty half is no backup", async () => {
    const [, newest] = DATES;
    const facts = (all: readonly RecoveryPoint[]) =>
      all.map(({ facts: { complete, because } }) => [complete, because]).at(-1);
    const data = every((date) => `shop-data-${date}.sql`);
    const schema = every((date) => `shop-schema-${date}.sql`);
    const noStructure = await found([...data, schema[0] as RecoveryPoint]);
    expect(facts(noStructure.sets)).toEqual(["no", "its structure is missing: the nights before have it"]);
    const noRows = await found([data[0] as RecoveryPoint, ...schema]);
    expect(facts(noRows.sets)).toEqual(["no", "the file with its rows is missing: the nights before have it"]);
    const empty = await found([...data, schema[0] as RecoveryPoint], [unread(`shop-schema-${newest}.sql`, NIGHT, 0)]);
    expect(
      empty.sets.some(
        ({ facts: { because } }) => because === `shop-schema-${newest}.sql, which belongs to it, is empty`,
      ),
    ).toBe(true);
  });
  test("a structure on purpose is told, and is no backup that must hold rows", async () => {
    const { told, structures } = await found([
      ...every((date) => `${date}/shop.sql.gz`),
      ...every((date) => `${date}/shop_SCHEMA.sql.gz`),
    ]);
    expect(told).toEqual(["shop: */shop.sql.gz"]);
    expect(structures).toHaveLength(2);
  });
  test("a database that is only called schema is one, when rows are in it", async () => {
    const rows = async () => ({ tables: ["a", "b"], hasRows: true, isAll: true });
    expect(
      (
        await found(
          every((date) => `app_schema-${date}.sql`),
          [],
          rows,
        )
      ).jobs,
    ).toHaveLength(1);
  });
});

describe("one file for each table", () => {
  const tables = ["audit", "customers", "orders"];
  const files = tables.flatMap((table) => every((date) => `${date}/store/${table}.sql.gz`));
  test("is one backup for each night, and one pattern for whatever tables there will be", async () => {
    const { told, keys } = await found(files, [], named);
    expect(told).toEqual(["store: */store/*.sql.gz"]);
    expect(keys).toEqual(DATES.map((date) => tables.map((table) => `${date}/store/${table}.sql.gz`)));
  });
  test("with the database before the table's name", async () => {
    const { told } = await found(
      tables.flatMap((table) => every((date) => `store-${table}-${date}.sql.gz`)),
      [],
      named,
    );
    expect(told).toEqual(["store: store-*-*.sql.gz"]);
  });
  test("whose rows lie in text files beside them (--tab) lacks its rows, and is not read here", async () => {
    const tables = ["orders", "parts"];
    const points = tables.map((table) => pointOf(`store-2026-11-27/${table}.sql`, NIGHT));
    const rows = tables.map((table) => unread(`store-2026-11-27/${table}.txt`));
    const { sets } = await found(points, rows, named);
    expect(sets.map(({ facts }) => facts.lacks)).toEqual(["rows"]);
  });

  test("a table that the night before had is missed by name", async () => {
    const { sets } = await found(
      files.filter(({ id }) => id !== "2026-11-27/store/customers.sql.gz"),
      [],
      named,
    );
    expect(sets.map(({ facts }) => [facts.complete, facts.because])).toEqual([
      ["unknown", "3 files of one night"],
      ["no", "customers.sql.gz is missing: the nights before have it"],
    ]);
  });
  test("a table that is gone for two nights is told by name, and nobody can tell whether it was dropped", async () => {
    const nights = ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"];
    const points = nights.flatMap((date, index) =>
      tables
        .filter((table) => index < 2 || table !== "audit")
        .map((table) => pointOf(`${date}/store/${table}.sql.gz`, NIGHT - (3 - index) * DAY_MS)),
    );
    const { sets } = await found(points, [], named);
    expect(sets.map(({ facts, unreadable }) => [facts.complete, unreadable?.because ?? ""])).toEqual([
      ["unknown", ""],
      ["unknown", ""],
      ["no", ""],
      ["unknown", expect.stringMatching(/no file like audit\.sql\.gz, which earlier nights have/)],
    ]);
  });
  test("databases of one night in a folder are none: nobody of them is called like a table", async () => {
    const points = ["shop", "stock"].flatMap((database) => every((date) => `${date}/${database}.sql.gz`));
    const orders = async () => ({ tables: ["orders"], hasRows: true, isAll: false });
    expect((await found(points, [], orders)).told).toEqual(["shop: */shop.sql.gz", "stock: */stock.sql.gz"]);
    const several = async ({ id }: RecoveryPoint) => ({ tables: [id, "orders"], hasRows: true, isAll: false });
    expect((await found(points, [], several)).jobs).toHaveLength(2);
  });
  test("is read in an order in which parents come first; a circle as it came", () => {
    const table = (name: string, ...parents: string[]) => ({ name, made: new Set([name]), parents: new Set(parents) });
    const order = (...all: ReturnType<typeof table>[]) => inOrder(all).map(({ name }) => name);
    expect(
      order(table("lines", "orders", "parts"), table("orders", "customers"), table("parts"), table("customers")),
    ).toEqual(["parts", "customers", "orders", "lines"]);
    expect(order(table("self", "self"), table("a", "b"), table("b", "a"))).toEqual(["self", "a", "b"]);
  });
});
