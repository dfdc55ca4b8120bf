/** What is asked of a copy that nobody knows yet: each answer is known beforehand, and so is what must not be in it. */
import { expect } from "vitest";
import type { Mutation } from "../../src/parts.ts";
import { copyLanguageOf } from "../../src/plan/capabilities.ts";
import { asking, type Experiment, nameOf, the, well } from "./experiment.ts";
import type { Fluent, Laboratory } from "./laboratory.ts";

/** What both engines know of copies. */
const said = (engine: Fluent) => copyLanguageOf(engine);

/** Parts of a whole and what only looks like one, on PostgreSQL; a table that keeps its history on MariaDB. */
const wholes = (lab: Laboratory) =>
  lab.isPostgres
    ? `CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');
INSERT INTO parted VALUES (1, '2026-02-01'), (2, '2026-02-02'), (3, '2026-08-01');
CREATE TABLE log_base (id int); CREATE TABLE log_1 () INHERITS (log_base); CREATE TABLE log_2 () INHERITS (log_base);
CREATE TABLE log_wide (more int) INHERITS (log_base); INSERT INTO log_1 VALUES (1); INSERT INTO log_wide VALUES (1, 2);
CREATE TABLE lone_base (id int); CREATE TABLE lone_child () INHERITS (lone_base);
CREATE SCHEMA "Odd name"; CREATE TABLE "Odd name"."a.b" (id int); INSERT INTO "Odd name"."a.b" VALUES (1);
CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER far FOREIGN DATA WRAPPER nothing; CREATE FOREIGN TABLE elsewhere (id int) SERVER far;`
    : `CREATE TABLE kept (id int PRIMARY KEY) WITH SYSTEM VERSIONING; INSERT INTO kept VALUES (1), (2), (3);
UPDATE kept SET id = 9 WHERE id = 3; DELETE FROM kept WHERE id = 2; CREATE TABLE \`odd name\` (id int); CREATE SEQUENCE numbers;`;

/** Many rows in `orders`, so that it is the largest table, and the planner knows. MariaDB's triggers would mend what is spoiled. */
const enlarge = (lab: Laboratory) =>
  lab.sql(
    "shop",
    lab.isPostgres
      ? "INSERT INTO orders (id, customer_id, total, note, placed_at) SELECT g, 1, g, 'x', '2026-02-01' FROM generate_series(1001, 4000) g; ANALYZE;"
      : "INSERT INTO orders (id, customer_id, total, note, placed_at) SELECT seq, 1, seq, 'x', '2026-02-01' FROM seq_1001_to_4000; ANALYZE TABLE orders, items, customers; DROP TRIGGER orders_touch;",
  );

/** Every table's rows, as one text each; order does not matter. */
const contents = async (lab: Laboratory): Promise<Record<string, string>> => {
  const tables = ["customers", "orders", "items", "notes", "nothing_yet"];
  const sum = lab.isPostgres
    ? (name: string) =>
        `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM ${name} t;`
    : (name: string) => {
        const columns = {
          customers: "id, name",
          orders: "id, customer_id, total, COALESCE(note, '-'), COALESCE(placed_at, '-')",
          items: "order_id, line, quantity",
          notes: "COALESCE(body, '-')",
          nothing_yet: "id",
        }[name];
        return `SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(CRC32(CONCAT_WS(';', ${columns}))), 0)) FROM ${name};`;
      };
  const lines = (await lab.sql("shop", tables.map(sum).join("\n"))).split("\n");
  return Object.fromEntries(tables.map((name, index) => [name, lines[index] ?? ""]));
};
const countsOf = (all: Record<string, string>) =>
  Object.fromEntries(Object.entries(all).map(([name, text]) => [name, Number(text.split(" ")[0])]));
const changedIn = (before: Record<string, string>, after: Record<string, string>) =>
  Object.keys(before).filter((name) => before[name] !== after[name]);

/** What each mutation must do to the enlarged shop, beside the subject that it names. */
const SPOILED: Readonly<
  Record<string, (lab: Laboratory, before: Record<string, string>, subject: string) => Promise<void>>
> = {
  "table-emptied": async (lab, before, subject) => {
    const after = await contents(lab);
    expect([subject, changedIn(before, after), countsOf(after).orders]).toEqual(["orders", ["orders"], 0]);
  },
  "rows-missing": async (lab, before, subject) => {
    const after = await contents(lab);
    expect([subject, changedIn(before, after)]).toEqual(["orders", ["orders"]]);
    const lost = (countsOf(before).orders ?? 0) - (countsOf(after).orders ?? 0);
    // MariaDB's own number of rows is a guess.
    expect(lost).toBeGreaterThanOrEqual(25);
    expect(lost).toBeLessThanOrEqual(35);
  },
  "column-nulled": async (lab, before, subject) => {
    const after = await contents(lab);
    expect(changedIn(before, after)).toEqual(["orders"]);
    expect(countsOf(after)).toEqual(countsOf(before));
    expect(["orders.note", "orders.placed_at"]).toContain(subject);
    expect(await lab.sql("shop", `SELECT COUNT(${subject.split(".")[1]}) FROM orders;`)).toBe("0");
  },
  "constraint-gone": async (lab, before, subject) => {
    expect(changedIn(before, await contents(lab))).toEqual([]);
    const known = lab.isPostgres
      ? "SELECT conname FROM pg_constraint WHERE conrelid IN ('orders'::regclass, 'items'::regclass, 'customers'::regclass) ORDER BY 1;"
      : "SELECT CONSTRAINT_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'shop' ORDER BY 1;";
    const left = (await lab.sql("shop", known)).split("\n");
    expect(subject).toMatch(/^orders_/);
    expect(left).not.toContain(subject);
    const all = lab.isPostgres
      ? ["customers_pkey", "items_order", "items_pkey", "orders_customer", "orders_pkey", "orders_total"]
      : ["items_order", "orders_customer"];
    // With a primary key goes what refers to it, and nothing else.
    const goes = subject === "orders_pkey" ? ["items_order", subject] : [subject];
    expect(left).toEqual(all.filter((one) => !goes.includes(one)));
  },
  "sequence-behind": async (lab, before, subject) => {
    expect(changedIn(before, await contents(lab))).toEqual([]);
    expect(subject).toBe("public.orders_id_seq");
    expect(await lab.sql("shop", "SELECT last_value, is_called FROM orders_id_seq;")).toBe("1\tf");
    expect(await lab.sql("shop", "SELECT last_value FROM customers_id_seq;")).toBe("5");
  },
  "stale-by-a-week": async (lab, before, subject) => {
    const after = await contents(lab);
    expect(changedIn(before, after)).toEqual(["orders"]);
    expect(countsOf(after)).toEqual(countsOf(before));
    expect(subject).toBe("every moment, orders.placed_at among them");
    const moments = lab.isPostgres
      ? "SELECT min(placed_at)::date, max(placed_at)::date FROM orders;"
      : "SELECT DATE(MIN(placed_at)), DATE(MAX(placed_at)) FROM orders;";
    expect(await lab.sql("shop", moments)).toBe("2025-12-25\t2026-01-25");
  },
  "value-changed": async (lab, before, subject) => {
    const after = await contents(lab);
    expect(countsOf(after)).toEqual(countsOf(before));
    // A column of a constraint's is left alone where a constraint can be of any column.
    const [table, column, sum] = lab.isPostgres
      ? ["items", "quantity", 230]
      : ["orders", "total", 2100 + (3000 * 5001) / 2];
    expect([subject, changedIn(before, after)]).toEqual([`${table}.${column}`, [table]]);
    expect(await lab.sql("shop", `SELECT SUM(${column}) FROM ${table};`)).toBe(String(sum + 1));
  },
};

const mutationsOf = (engine: Fluent): readonly Mutation[] => said(engine).mutations(null);

const spoiling: readonly Experiment[] = Object.keys(SPOILED).map((name) => ({
  of: `mutation ${name}`,
  does: "that to the largest table that fits, and nothing to any other; it says to what",
  lines: (engine) => mutationsOf(engine).flatMap((one) => (one.name === name ? [one.line] : [])),
  async play(lab, lines) {
    // MariaDB's counters are part of its tables.
    if (lines.length === 0) return;
    await enlarge(lab);
    const before = await contents(lab);
    const said = (await lab.ask(the(lines))).flat().map((text) => text.replace(/^public\./, ""));
    const subject = name === "sequence-behind" ? `public.${said.at(-1)}` : (said.at(-1) ?? "");
    await SPOILED[name]?.(lab, before, subject.replace("every moment, public.", "every moment, "));
    // Of an empty database there is nothing to spoil, and nothing is said.
    await lab.sql("server", "DROP DATABASE shop; CREATE DATABASE shop;");
    expect(await lab.ask(the(lines))).toEqual([]);
  },
}));

const ago = (lab: Laboratory, minutes: number) =>
  lab.isPostgres ? `now() - interval '${minutes} minutes'` : `NOW() - INTERVAL ${minutes} MINUTE`;
const minutesSince = (ms: string | undefined) => Math.round((Date.now() - Number(ms)) / 60_000);

export const COPIES: readonly Experiment[] = [
  ...spoiling,
  {
    of: "mutation stale-by-a-week, of a declared column",
    does: "ages that one whatever it is called, and names it",
    lines: (engine) =>
      said(engine)
        .mutations({ table: "diary", column: "day_of" })
        .flatMap((one) => (one.name === "stale-by-a-week" ? [one.line] : [])),
    async play(lab, lines) {
      await lab.sql(
        "shop",
        "CREATE TABLE diary (day_of date, born date, PRIMARY KEY (day_of)); INSERT INTO diary VALUES ('2026-03-10', '2000-01-08');",
      );
      await enlarge(lab);
      if (!lab.isPostgres) await lab.sql("shop", "ANALYZE TABLE diary;");
      const [[said] = []] = await lab.ask(the(lines));
      expect(said?.replace("public.", "")).toBe("every moment, diary.day_of among them");
      expect(await lab.sql("shop", "SELECT day_of, born FROM diary;")).toBe("2026-03-03\t2000-01-08");
    },
  },
  {
    of: "copies.databases",
    does: "those of somebody's own, the largest first",
    lines: (engine) => [said(engine).databases()],
    async play(lab, lines) {
      await lab.sql(
        "shop_side",
        lab.isPostgres
          ? "CREATE TABLE large AS SELECT g, repeat('x', 500) FROM generate_series(1, 4000) g;"
          : "CREATE TABLE large AS SELECT seq, REPEAT('x', 500) AS x FROM seq_1_to_4000; ANALYZE TABLE large;",
      );
      await lab.sql("server", "CREATE DATABASE nothing_in_it;");
      if (lab.isPostgres)
        await lab.sql("server", "ALTER DATABASE shop IS_TEMPLATE true; ALTER DATABASE other ALLOW_CONNECTIONS false;");
      const found = (await lab.ask(the(lines))).flat();
      if (lab.isPostgres)
        await lab.sql("server", "ALTER DATABASE shop IS_TEMPLATE false; ALTER DATABASE other ALLOW_CONNECTIONS true;");
      expect(found[0]).toBe("shop_side");
      expect(found.at(-1)).toBe("nothing_in_it");
      const own = lab.isPostgres
        ? ["nothing_in_it", "other_as_planted", "shop_as_planted", "shop_side", "shop_side_as_planted"]
        : ["nothing_in_it", "other", "shop", "shop_side"];
      expect([...found].sort()).toEqual(own);
    },
  },
  {
    of: "copies.tablesThere",
    does: "every table, a whole and a far one, too, and no view",
    lines: (engine) => [said(engine).tablesThere()],
    async play(lab, lines) {
      await lab.sql("shop", wholes(lab));
      const found = (await asking(lab, () => lab.ask(the(lines)))).flat().map((text) => JSON.parse(text));
      const more = lab.isPostgres
        ? [
            "elsewhere",
            "log_1",
            "log_2",
            "log_base",
            "log_wide",
            "lone_base",
            "lone_child",
            "parted",
            "parted_1",
            "parted_2",
          ]
        : ["kept", "odd name"];
      const odd = lab.isPostgres ? ["Odd name.a.b", "fogbell.heartbeat"] : ["fogbell_heartbeat"];
      const own = ["customers", "items", "notes", "nothing_yet", "orders", ...more].map((one) => nameOf(lab, one));
      expect([...found].sort()).toEqual([...own, ...odd].sort());
      if (lab.isPostgres) expect(found[0]).toBe("Odd name.a.b");
    },
  },
  {
    of: "copies.countAll",
    does: "each table once, its own rows alone, and the whole that it is a part of",
    lines: (engine) => [said(engine).countAll()],
    async play(lab, lines) {
      await lab.sql("shop", wholes(lab));
      const found = await asking(lab, () => lab.ask(the(lines)));
      const told = (name: string, rows: number, parent = "", history = "") => [name, String(rows), parent, history];
      const own: readonly [string, number][] = [
        ["customers", 5],
        ["items", 40],
        ["notes", 4],
        ["nothing_yet", 0],
        ["orders", 20],
      ];
      const common = own.map(([name, rows]) => told(nameOf(lab, name), rows));
      const more = lab.isPostgres
        ? [
            told("Odd name.a.b", 1),
            told("fogbell.heartbeat", 3),
            told("public.log_1", 1, "public.log_base"),
            told("public.log_2", 0, "public.log_base"),
            told("public.log_base", 0),
            told("public.log_wide", 1),
            told("public.lone_base", 0),
            told("public.lone_child", 0),
            told("public.parted_1", 2, "public.parted"),
            told("public.parted_2", 1, "public.parted"),
          ]
        : [told("fogbell_heartbeat", 3), told("kept", 2, "", "2"), told("odd name", 0)];
      const sorted = (all: readonly string[][]) => all.map((one) => one.join("|")).sort();
      expect(sorted(found)).toEqual(sorted([...common, ...more]));
    },
  },
  {
    of: "copies.largeObjects, countLarge",
    does: "read, counted, and rows told that name one which is not there",
    lines: ({ copies }) => {
      const large = copies?.largeObjects?.();
      const count = copies?.countLarge?.();
      return large === undefined || count === undefined ? [] : [large.line, count];
    },
    async play(lab, lines) {
      if (lines.length === 0) return;
      expect(await lab.ask(the(lines))).toEqual([["held", "0", "0"]]);
      await lab.sql(
        "shop",
        `CREATE DOMAIN picture AS oid; CREATE TABLE photos (id int, at oid, shown picture, number bigint);
CREATE VIEW seen AS SELECT at FROM photos; CREATE TABLE photos_more () INHERITS (photos);
INSERT INTO photos VALUES (1, lo_from_bytea(0, 'abc'), lo_from_bytea(0, 'defgh'), 7), (2, 0, 0, 8), (3, NULL, 999999, 999999);
INSERT INTO photos_more VALUES (4, 999998, 0, 1), (5, 999997, 0, 1);`,
      );
      const found = await asking(lab, () => lab.ask(the(lines)));
      expect(found.map((one) => one.join(" ")).sort()).toEqual([
        "dangling public.photos shown 1",
        "dangling public.photos_more at 2",
        "held 2 8",
      ]);
      expect(await lab.ask(the(lines, 1))).toEqual([["pg_catalog.pg_largeobject", "2"]]);
    },
  },
  {
    of: "copies.readKeys",
    does: "counts the keys that were read, and the rows of each that have no parent; a NULL needs none",
    lines: (engine) => [said(engine).readKeys()],
    async play(lab, lines) {
      const name = (table: string) => nameOf(lab, table);
      expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([["read", "2"]]);
      const free = lab.isPostgres ? "SET session_replication_role = replica;" : "SET foreign_key_checks = 0;";
      await lab.sql(
        "shop",
        `CREATE TABLE pairs (a int, b int, c int, PRIMARY KEY (a, b)); INSERT INTO pairs VALUES (1, 2, 0), (1, 3, 0);
CREATE TABLE pieces (id int PRIMARY KEY, a int, b int, CONSTRAINT pieces_pair FOREIGN KEY (a, b) REFERENCES pairs (a, b));
INSERT INTO pieces VALUES (1, 1, 2), (2, 1, NULL), (3, NULL, NULL); ${free} INSERT INTO pieces VALUES (4, 2, 1), (5, 1, 9), (6, 9, 2);
DELETE FROM orders WHERE id IN (19, 20);`,
      );
      if (lab.isPostgres)
        await lab.sql(
          "shop",
          "CREATE TABLE late (id int, customer bigint, CHECK (id > 0)); INSERT INTO late VALUES (1, 99), (2, 1), (3, NULL); ALTER TABLE late ADD CONSTRAINT late_customer FOREIGN KEY (customer) REFERENCES customers (id) NOT VALID;",
        );
      else
        await lab.sql(
          "shop",
          "SET foreign_key_checks = 0; CREATE TABLE lonely (id int, gone_id bigint, CONSTRAINT lonely_gone FOREIGN KEY (gone_id) REFERENCES gone (id)); CREATE TABLE abroad (id int PRIMARY KEY, order_id bigint, CONSTRAINT abroad_order FOREIGN KEY (order_id) REFERENCES other.orders (id)); INSERT INTO abroad VALUES (1, 1), (2, NULL);",
        );
      const found = (await lab.ask(the(lines))).map((one) => one.join(" "));
      const broken = [
        `broken items_order ${name("items")} ${name("orders")} 4`,
        `broken pieces_pair ${name("pieces")} ${name("pairs")} 3`,
      ];
      const rest = lab.isPostgres
        ? [`unchecked late_customer public.late public.customers 1`]
        : ["elsewhere abroad_order abroad orders 1", "parentless lonely_gone lonely gone 0"];
      expect(found.sort()).toEqual([...broken, ...rest, "read 3"].sort());
    },
  },
  {
    of: "copies.structure",
    does: "looks into every table and index of somebody's own, and names what is damaged",
    lines: (engine) => [said(engine).structure()],
    async play(lab, lines) {
      const look = async () => (await lab.ask(the(lines))).filter(([word]) => word !== "skipped");
      if (!lab.isPostgres) {
        expect(await look()).toEqual([["looked", "6"]]);
        await lab.sql(
          "shop",
          "CREATE TABLE old_kind (id int PRIMARY KEY, x int) ENGINE=MyISAM; INSERT INTO old_kind VALUES (1, 1); FLUSH TABLES old_kind;",
        );
        await lab.sh(
          'truncate -s 0 "$DATADIR/shop/old_kind.MYD"; mariadb --socket="$DB_SOCKET" -e "FLUSH TABLES shop.old_kind"',
        );
        const found = await look();
        expect(found.filter(([word]) => word === "broken").map(([, name]) => name)).toContain("shop.old_kind");
        expect(found.at(-1)).toEqual(["looked", "6"]);
        return;
      }
      // Six tables and six trees; what is no tree, not finished, or keeps nothing through a crash, is not looked into.
      await lab.sql(
        "shop",
        `CREATE INDEX notes_hash ON notes USING hash (body); CREATE UNLOGGED TABLE passing (id int PRIMARY KEY);
CREATE INDEX notes_half ON notes (body); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'notes_half'::regclass;
CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no changes here'; END $$;
CREATE EVENT TRIGGER no_changes ON ddl_command_start EXECUTE FUNCTION refuse();`,
      );
      expect(await look()).toEqual([["looked", "12"]]);
      await lab.sql(
        "shop",
        `DROP EVENT TRIGGER no_changes;
CREATE FUNCTION same(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN $1; END $$;
CREATE INDEX orders_same ON orders (same(total)); CREATE OR REPLACE FUNCTION same(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN -$1; END $$;`,
      );
      const found = await look();
      expect(found.map(([word, name]) => [word, name])).toEqual([
        ["looked", "13"],
        ["broken", "orders_same"],
      ]);
    },
  },
  {
    of: "copies.collations",
    does: "names each index that was built by another version of its rules, and no other",
    lines: ({ copies }) => {
      const line = copies?.collations?.();
      return line === undefined ? [] : [line];
    },
    async play(lab, lines) {
      if (lines.length === 0) return;
      await lab.sql(
        "shop",
        `CREATE COLLATION german (provider = icu, locale = 'de'); CREATE COLLATION swedish (provider = icu, locale = 'sv');
CREATE INDEX customers_german ON customers (name COLLATE german); CREATE INDEX customers_swedish ON customers (name COLLATE swedish);
CREATE INDEX customers_plain ON customers (name COLLATE "C");`,
      );
      expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([["used", "2"]]);
      await lab.sql("shop", "UPDATE pg_collation SET collversion = '0.1' WHERE collname = 'german';");
      const found = await lab.ask(the(lines));
      expect(found.map((one) => one.slice(0, 4))).toEqual([
        ["used", "2"],
        ["other", "customers_german", "german", "0.1"],
      ]);
    },
  },
  {
    of: "copies.newestRow, in a told zone",
    does: "what the clock of that zone shows, and no moment ahead of it",
    lines: (engine) => [
      said(engine).newestRow({ table: "diary", column: "at_wall", timezone: "Asia/Tokyo", askedAtMs: Date.now() }),
      said(engine).newestRow({ table: "diary", column: "at_wall", askedAtMs: Date.now() }),
      said(engine).newestRow({ table: "missing", column: "at", askedAtMs: Date.now() }),
    ],
    async play(lab, lines) {
      const utc = lab.isPostgres ? "(now() AT TIME ZONE 'UTC')" : "UTC_TIMESTAMP()";
      const later = (minutes: number) =>
        lab.isPostgres ? `${utc} + interval '${minutes} minutes'` : `${utc} + INTERVAL ${minutes} MINUTE`;
      await lab.sql(
        "shop",
        `CREATE TABLE diary (id int PRIMARY KEY, at_wall ${lab.isPostgres ? "timestamp" : "datetime"});
INSERT INTO diary VALUES (1, ${later(500)}), (2, ${later(600)}), (3, ${later(-70)}), (4, NULL)${lab.isPostgres ? ", (5, '-infinity'), (6, 'infinity')" : ""};`,
      );
      const answers = await asking(lab, async () => [
        await lab.ask(the(lines)),
        await lab.ask(the(lines, 1)),
        await lab.ask(the(lines, 2)),
      ]);
      const [[[tokyo, kind] = []] = [], [[plain] = []] = [], none] = answers;
      expect([minutesSince(tokyo), kind, minutesSince(plain), none]).toEqual([-500, "local", 70, []]);
    },
  },
  {
    of: "copies.newestRows, of columns that keep moments",
    does: "one line for each that holds one; none ahead, none endless, none of what only looks like one",
    lines: (engine) => [said(engine).newestRows()],
    async play(lab, lines) {
      const types = lab.isPostgres ? ["timestamptz", "timestamp"] : ["timestamp NULL", "datetime"];
      await lab.sql(
        "shop",
        `UPDATE orders SET placed_at = ${ago(lab, 40)};
CREATE TABLE visits (created_at ${types[0]}, born ${types[1]}, changed_on ${types[1]}, updated_by int, empty_at ${types[1]});
INSERT INTO visits VALUES (${ago(lab, 90)}, ${ago(lab, 5)}, ${ago(lab, 100)}, 1, NULL), (${ago(lab, -600)}, NULL, ${ago(lab, 300)}, 2, NULL);
CREATE VIEW visited AS SELECT created_at FROM visits;${lab.isPostgres ? " INSERT INTO visits VALUES ('infinity', NULL, '-infinity', 3, NULL);" : ""}`,
      );
      if (lab.isPostgres)
        await lab.sql(
          "shop",
          `CREATE TABLE parted (id int, logged_at timestamptz) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (1) TO (10); CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (10) TO (20);
INSERT INTO parted VALUES (1, ${ago(lab, 30)}), (11, ${ago(lab, 20)});
CREATE TABLE mixed (id int, logged_at timestamptz) PARTITION BY RANGE (id); CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER far FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE mixed_far PARTITION OF mixed FOR VALUES FROM (1) TO (10) SERVER far;`,
        );
      const found = await asking(lab, () => lab.ask(the(lines)));
      const told = found
        .map(([table = "", column, ms, kind]) => [table.replace(/^public\./, ""), column, minutesSince(ms), kind])
        .filter(([table]) => !String(table).includes("heartbeat"));
      const more = lab.isPostgres ? [["parted", "logged_at", 20, "zoned"]] : [];
      expect([...told].sort()).toEqual(
        [
          ["orders", "placed_at", 40, "zoned"],
          ["visits", "changed_on", 100, "local"],
          ["visits", "created_at", 90, "zoned"],
          ...more,
        ].sort(),
      );
    },
  },
  {
    of: "copies.query",
    does: "answers, as the role that is told, and cannot write",
    lines: (engine) => [
      said(engine).query("SELECT COUNT(*) FROM orders;", null),
      said(engine).query("INSERT INTO notes VALUES ('x')", null),
      said(engine).query("SELECT COUNT(*) FROM orders", "lab_asks"),
      said(engine).query("SELECT COUNT(*) FROM notes", "lab_asks"),
    ],
    async play(lab, lines) {
      await lab.sql("server", "DROP ROLE IF EXISTS lab_asks; CREATE ROLE lab_asks;");
      await lab.sql("shop", "GRANT SELECT ON orders TO lab_asks;");
      try {
        expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([["20"]]);
        expect((await asking(lab, () => lab.run(the(lines, 1)))).exitCode).not.toBe(0);
        expect(await lab.ask(the(lines, 2))).toEqual([["20"]]);
        // MariaDB's administrator keeps its own rights beside those of a role.
        if (lab.isPostgres) expect((await lab.run(the(lines, 3))).exitCode).not.toBe(0);
      } finally {
        await lab.sql("shop", "REVOKE SELECT ON orders FROM lab_asks; DROP ROLE lab_asks;");
      }
    },
  },
  {
    of: "copies.letIn",
    does: "a role that is missing is made, and may log in; one that is there may, too",
    lines: (engine) => [said(engine).letIn("lab_guest")],
    async play(lab, lines) {
      const gone = lab.isPostgres ? "DROP ROLE IF EXISTS lab_guest;" : "DROP USER IF EXISTS lab_guest@'127.0.0.1';";
      await lab.sql("server", gone);
      const may = lab.isPostgres
        ? "SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = 'lab_guest';"
        : "SELECT (SELECT COUNT(*) FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = '''lab_guest''@''127.0.0.1''' AND TABLE_SCHEMA = 'shop') > 5, (SELECT COUNT(*) FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = '''lab_guest''@''127.0.0.1''' AND TABLE_SCHEMA <> 'shop');";
      await well(lab, lines);
      expect(await lab.sql("server", may)).toBe(lab.isPostgres ? "t\tf" : "1\t0");
      if (lab.isPostgres) await lab.sql("server", "ALTER ROLE lab_guest NOLOGIN;");
      await well(lab, lines);
      expect(await lab.sql("server", may)).toBe(lab.isPostgres ? "t\tf" : "1\t0");
      await lab.sql("server", gone);
    },
  },
  {
    of: "copies.absent",
    does: "accounts that objects run as and that are not here, each with how many objects",
    lines: ({ copies }) => {
      const line = copies?.absent?.();
      return line === undefined ? [] : [line];
    },
    async play(lab, lines) {
      if (lines.length === 0) return;
      const gone = "lab_gone@'%'";
      await lab.sql(
        "shop",
        `CREATE USER ${gone}; CREATE USER lab_locked@'%' WITH MAX_USER_CONNECTIONS 20147;
CREATE DEFINER=${gone} VIEW seen_by_gone AS SELECT 1; CREATE DEFINER=${gone} SQL SECURITY INVOKER VIEW seen_by_asker AS SELECT 1;
CREATE DEFINER=${gone} PROCEDURE done_by_gone() SELECT 1; CREATE DEFINER=${gone} PROCEDURE done_by_asker() SQL SECURITY INVOKER SELECT 1;
CREATE DEFINER=${gone} TRIGGER items_gone BEFORE UPDATE ON items FOR EACH ROW SET NEW.quantity = 1;
CREATE DEFINER=${gone} EVENT event_of_gone ON SCHEDULE EVERY 1 YEAR DO SELECT 1;
CREATE DEFINER=lab_locked@'%' VIEW seen_by_locked AS SELECT 1;`,
      );
      await lab.sql("other", `CREATE DEFINER=${gone} VIEW seen_by_gone AS SELECT 1;`);
      try {
        expect(await lab.ask(the(lines))).toEqual([["lab_locked@%", "1"]]);
        await lab.sql("server", `DROP USER ${gone};`);
        expect(await lab.ask(the(lines))).toEqual([
          ["lab_gone@%", "4"],
          ["lab_locked@%", "1"],
        ]);
      } finally {
        await lab.sql("server", `DROP USER IF EXISTS ${gone}, lab_locked@'%';`);
        await lab.sql("other", "DROP VIEW seen_by_gone;");
      }
    },
  },
  {
    of: "orphans",
    does: "how many rows stand against a key, and how many parents they miss",
    lines: ({ phrases }) => [phrases.orphans()],
    async play(lab, lines) {
      const name = (table: string) => nameOf(lab, table);
      expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([]);
      const [off, on] = lab.isPostgres
        ? [
            "ALTER TABLE orders DISABLE TRIGGER ALL; ALTER TABLE items DROP CONSTRAINT items_order;",
            "ALTER TABLE items ADD CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;",
          ]
        : ["SET foreign_key_checks = 0;", ""];
      await lab.sql(
        "shop",
        `${off} DELETE FROM orders WHERE id IN (18, 19, 20); DELETE FROM items WHERE order_id = 20 AND line = 1; ${on}`,
      );
      expect(await lab.ask(the(lines))).toEqual([["items_order", name("items"), name("orders"), "5", "3"]]);
    },
  },
  {
    of: "databaseSize",
    does: "more after rows came, and not another database's",
    lines: ({ phrases }) => [phrases.databaseSize()],
    async play(lab, lines) {
      const size = async () => Number((await lab.ask(the(lines))).flat()[0]);
      const before = await size();
      expect(before).toBeGreaterThan(50_000);
      expect(before).toBeLessThan(50_000_000);
      const filler = lab.isPostgres
        ? "CREATE TABLE filler AS SELECT repeat('x', 500) AS x FROM generate_series(1, 4000);"
        : "CREATE TABLE filler AS SELECT REPEAT('x', 500) AS x FROM seq_1_to_4000; ANALYZE TABLE filler;";
      await lab.sql("other", filler);
      expect(await size()).toBe(before);
      await lab.sql("shop", filler);
      expect(await size()).toBeGreaterThan(before + 1_000_000);
      await lab.sql("other", "DROP TABLE filler;");
    },
  },
  {
    of: "snapshot.version",
    does: "the number of the server's version, and no word behind it",
    // MariaDB's client is told the server by its own settings there, which the laboratory has not got.
    lines: (engine) => (engine.name === "postgres" ? [said(engine).snapshot.version()] : []),
    async play(lab, lines) {
      if (lines.length === 0) return;
      expect((await lab.ask(the(lines))).flat().join()).toMatch(/^\d+(\.\d+)?$/);
    },
  },
];
