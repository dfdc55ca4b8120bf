/** What each script must do to a planted shop, and what it must leave alone. Each can be played again with a changed script. */
import { expect } from "vitest";
import type { Line } from "../../src/parts.ts";
import { copyLanguageOf } from "../../src/plan/capabilities.ts";
import {
  AS_BEFORE,
  AS_PLANTED,
  asking,
  type Experiment,
  nameOf,
  ordersIn,
  PATIENT,
  request,
  the,
  well,
} from "./experiment.ts";
import { CATALOGUE } from "./experiments-catalogue.ts";
import { COPIES } from "./experiments-copies.ts";
import { RESTORES } from "./experiments-restores.ts";
import { BEATS, type Laboratory } from "./laboratory.ts";

/** The line that does it, of a repair: before it everything is laid ready, and behind it put away. */
const deed = (lines: readonly Line[]) => lines.findIndex(({ say }) => say.startsWith("Apply the repair"));

/** Of every kind, in an order, with bodies that are hard to quote; one that was switched off, one that always acts. */
const TRIGGERS = {
  postgres: `CREATE TABLE seen (what varchar(20));
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen VALUES (TG_ARGV[0]); RETURN NULL; END';
CREATE TRIGGER a AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION see('inserted');
CREATE TRIGGER b AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION see('never');
CREATE TRIGGER "c; d" AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION see('second');
CREATE TRIGGER d AFTER UPDATE ON orders FOR EACH STATEMENT EXECUTE FUNCTION see('third');
CREATE TRIGGER e AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION see('deleted');
ALTER TABLE orders DISABLE TRIGGER b; ALTER TABLE orders ENABLE ALWAYS TRIGGER "c; d";`,
  mariadb: `CREATE TABLE seen (what varchar(20));
CREATE TRIGGER a AFTER INSERT ON orders FOR EACH ROW INSERT INTO seen VALUES ('inserted') -- the end
;
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
DELIMITER //
CREATE TRIGGER "c; \`d" AFTER UPDATE ON orders FOR EACH ROW
one: BEGIN
  DECLARE "a word" varchar(20) DEFAULT 'sec' || 'ond'; -- it's; "quoted" \\
  IF NEW.id > 0 THEN INSERT INTO seen VALUES ("a word"); END IF;
END one//
CREATE TRIGGER d AFTER UPDATE ON orders FOR EACH ROW FOLLOWS "c; \`d" INSERT INTO seen SELECT 'third' WHERE 'it''s' <> 'ü'//
DELIMITER ;
SET sql_mode = DEFAULT;
CREATE TRIGGER e AFTER DELETE ON orders FOR EACH ROW INSERT INTO seen VALUES ('deleted');`,
} as const;

/** Everything that the catalogue tells of the triggers. */
const triggersIn = (lab: Laboratory) =>
  lab.sql(
    "shop",
    lab.isPostgres
      ? "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname;"
      : `SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER, ACTION_STATEMENT, SQL_MODE, DEFINER,
  CHARACTER_SET_CLIENT, COLLATION_CONNECTION FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() ORDER BY 1;`,
  );

/** What tells a touched row in the tables that are repaired. */
const REPAIRED = { orders: "total = 0", customers: "name = ''" };

/** Rows spoiled (3, 20, customer 2), lost with their parent (customer 5), strange (66), and good later writes (7, 21). */
const harm = (lab: Laboratory) =>
  lab.sql(
    "shop",
    `UPDATE orders SET total = 777, note = 'good' WHERE id = 7;
INSERT INTO orders (id, customer_id, total) VALUES (21, 1, 5);
DELETE FROM items WHERE order_id IN (4, 9, 14, 19, 20);
DELETE FROM orders WHERE customer_id = 5; DELETE FROM customers WHERE id = 5;
UPDATE orders SET total = 0, note = 'bad' WHERE id IN (3, 20); UPDATE customers SET name = '' WHERE id = 2;
INSERT INTO customers (id, name) VALUES (66, ''); INSERT INTO orders (id, customer_id, total) VALUES (66, 66, 0);`,
  );

/** What MariaDB's programs asked the server for meanwhile. */
async function overheard(lab: Laboratory, during: () => Promise<void>): Promise<string> {
  if (lab.isPostgres) {
    await during();
    return "";
  }
  await lab.sql("server", "SET GLOBAL log_output = 'TABLE', GLOBAL general_log = ON; TRUNCATE mysql.general_log;");
  await during();
  return lab.sql(
    "server",
    "SET GLOBAL general_log = OFF; SELECT argument FROM mysql.general_log WHERE command_type = 'Query';",
  );
}
function isOneMoment(lab: Laboratory, said: string): void {
  if (lab.isPostgres) return;
  expect(said).toMatch(/START TRANSACTION.*WITH CONSISTENT SNAPSHOT/);
  expect(said).not.toMatch(/^LOCK TABLES/m);
}
/** Triggers, routines and events that a copy brought. */
const belongings = (lab: Laboratory, database: string) =>
  lab.sql(
    "server",
    lab.isPostgres
      ? "SELECT 1, 1, 1;"
      : `SELECT (SELECT COUNT(*) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '${database}'), (SELECT COUNT(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${database}'), (SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '${database}');`,
  );

const questions: readonly Experiment[] = [
  {
    of: "listTables",
    does: "every table that holds rows, with its key, and no view and no other database's",
    lines: ({ phrases }) => [phrases.listTables()],
    async play(lab, lines) {
      const found = await asking(lab, () => lab.ask(the(lines)));
      const keys = Object.fromEntries(found.map(([table, , , key]) => [table, JSON.parse(key ?? "null")]));
      const beat = lab.isPostgres ? "fogbell.heartbeat" : "fogbell_heartbeat";
      expect(keys).toEqual({
        [nameOf(lab, "customers")]: ["id"],
        [nameOf(lab, "orders")]: ["id"],
        [nameOf(lab, "items")]: ["order_id", "line"],
        [nameOf(lab, "notes")]: [],
        [nameOf(lab, "nothing_yet")]: ["id"],
        [beat]: ["beat_at"],
      });
    },
  },
  {
    of: "bucketDigests",
    does: "every row is in the sum of its bucket: one that changes, goes or comes twice shows",
    lines: (engine) => [
      engine.phrases.bucketDigests([request(engine, "orders", ["id"]), request(engine, "notes", [])]),
    ],
    async play(lab, lines) {
      const read = async () =>
        new Map(
          (await lab.ask(the(lines))).map(([table, bucket, rows, sum]) => [`${table} ${bucket}`, `${rows} ${sum}`]),
        );
      const before = await asking(lab, read);
      const rows = [...before].reduce((sum, [, text]) => sum + Number(text.split(" ")[0]), 0);
      expect(rows).toBe(24);
      const changed = async (text: string) => {
        await lab.sql("shop", text);
        const after = await read();
        const keys = new Set([...before.keys(), ...after.keys()]);
        return [...keys].filter((key) => before.get(key) !== after.get(key)).map((key) => key.split(" ")[0]);
      };
      expect(await changed("UPDATE orders SET total = 71, note = 'x' WHERE id = 7;")).toEqual([nameOf(lab, "orders")]);
      await lab.reset();
      expect(await changed("UPDATE notes SET body = '' WHERE body IS NULL;")).not.toEqual([]);
      await lab.reset();
      expect(await changed("INSERT INTO notes VALUES ('twice');")).toEqual([nameOf(lab, "notes")]);
      await lab.reset();
      expect(await changed("DELETE FROM items WHERE order_id = 20; DELETE FROM orders WHERE id = 20;")).toEqual([
        nameOf(lab, "orders"),
      ]);
      await lab.reset();
      expect(await changed("DELETE FROM items WHERE order_id = 3;")).toEqual([]);
    },
  },
  {
    of: "bucketDigests, keyDigests, of a table that no other database has",
    does: "its rows as they are, whenever they were written",
    lines: (engine) => [
      engine.phrases.bucketDigests([request(engine, "only_here", ["id"])]),
      engine.phrases.keyDigests(request(engine, "only_here", ["id"])),
    ],
    async play(lab, lines) {
      expect([await lab.ask(the(lines)), await lab.ask(the(lines, 1))]).toEqual([[], []]);
      const made = lab.isPostgres
        ? "CREATE TABLE only_here (id int PRIMARY KEY, body text, part double precision, twice int GENERATED ALWAYS AS (id * 2) STORED);"
        : "CREATE TABLE only_here (id int PRIMARY KEY, body text, part double, twice int AS (id * 2), began TIMESTAMP(6) GENERATED ALWAYS AS ROW START, ended TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (began, ended)) WITH SYSTEM VERSIONING;";
      const fill =
        "INSERT INTO only_here (id, body, part) VALUES (1, 'a', 0.1), (2, NULL, 0.30000000000000004), (3, '', 3);";
      await lab.sql("shop", `${made} ${fill}`);
      const read = async () => [await lab.ask(the(lines)), (await lab.ask(the(lines, 1))).flat()] as const;
      const [sums, keys] = await asking(lab, read);
      expect(sums.reduce((sum, [, , rows]) => sum + Number(rows), 0)).toBe(3);
      expect(keys).toHaveLength(3);
      await lab.sql("shop", `DELETE FROM only_here; ${fill}`);
      expect(await read()).toEqual([sums, keys]);
      for (const text of ["body = '' WHERE id = 2", "part = 0.3 WHERE id = 2", "body = 'A' WHERE id = 1"]) {
        await lab.sql("shop", `UPDATE only_here SET ${text};`);
        const [changed, one] = await read();
        expect(changed).not.toEqual(sums);
        expect(one.filter((line) => !keys.includes(line))).toHaveLength(1);
        await lab.sql("shop", `DELETE FROM only_here; ${fill}`);
      }
    },
  },
  {
    of: "keyDigests",
    does: "one line a row, in order: a row that changes keeps its key; buckets that are not wanted are left out",
    lines: (engine) => {
      const orders = request(engine, "orders", ["id"]);
      return [engine.phrases.keyDigests(orders), engine.phrases.keyDigests(orders, [1, 2, 3])];
    },
    async play(lab, lines) {
      const all = (await asking(lab, () => lab.ask(the(lines)))).flat();
      expect(all).toHaveLength(20);
      expect(all.every((line) => /^[0-9a-f]{40}$/.test(line))).toBe(true);
      expect(new Set(all.map((line) => line.slice(8, 24))).size).toBe(20);
      const buckets = all.map((line) => line.slice(0, 8));
      expect([...buckets].sort()).toEqual(buckets);
      const wanted = all.filter((line) => [1, 2, 3].includes(Number.parseInt(line.slice(0, 8), 16)));
      expect((await lab.ask(the(lines, 1))).flat()).toEqual(wanted);
      expect(wanted.length).toBeLessThan(20);
      await lab.sql("shop", "UPDATE orders SET total = 71, note = 'x' WHERE id = 7;");
      const after = (await lab.ask(the(lines))).flat();
      expect(after.filter((line) => !all.includes(line))).toHaveLength(1);
      expect(after.map((line) => line.slice(0, 24))).toEqual(all.map((line) => line.slice(0, 24)));
    },
  },
  {
    of: "countRows",
    does: "the rows of that table, here, and missing where there is none",
    lines: ({ phrases }) => [phrases.countRows("only_there")],
    async play(lab, lines) {
      expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([["missing"]]);
      await lab.sql("shop", "CREATE TABLE only_there (id int); INSERT INTO only_there VALUES (1), (2), (2);");
      expect(await asking(lab, () => lab.ask(the(lines)))).toEqual([["3"]]);
      await lab.sql("shop", "DELETE FROM only_there;");
      expect(await lab.ask(the(lines))).toEqual([["0"]]);
    },
  },
  {
    of: "tableExists",
    does: "no while another database has it, yes when it is here",
    lines: ({ phrases }) => [phrases.tableExists("only_there")],
    async play(lab, lines) {
      expect(await lab.ask(the(lines))).toEqual([["no"]]);
      await lab.sql("shop", "CREATE TABLE only_there (id int);");
      expect(await lab.ask(the(lines))).toEqual([["yes"]]);
    },
  },
  {
    of: "databaseExists",
    does: "yes while it is there, no when it is gone and another is not",
    lines: ({ phrases }) => [phrases.databaseExists()],
    async play(lab, lines) {
      expect(await lab.ask(the(lines))).toEqual([["yes"]]);
      await lab.sql("server", "DROP DATABASE shop;");
      expect(await lab.ask(the(lines))).toEqual([["no"]]);
    },
  },
  {
    of: "canLogIn",
    does: "yes for a role that may; none that is not there, may not, or whose database is gone",
    lines: ({ phrases }) => [phrases.canLogIn("lab_guest")],
    async play(lab, lines) {
      const asked = async (before: string) => {
        if (before !== "") await lab.sql("server", before);
        return (await lab.ask(the(lines))).flat().join();
      };
      const gone = lab.isPostgres ? "DROP ROLE IF EXISTS lab_guest;" : "DROP USER IF EXISTS lab_guest@'%';";
      expect(await asked(gone)).toBe("no");
      const steps: readonly [string, string][] = lab.isPostgres
        ? [
            ["CREATE ROLE lab_guest LOGIN;", "yes"],
            ["ALTER ROLE lab_guest NOLOGIN;", "no"],
            ["ALTER ROLE lab_guest LOGIN; REVOKE CONNECT ON DATABASE shop FROM PUBLIC;", "no"],
            ["GRANT CONNECT ON DATABASE shop TO lab_guest;", "yes"],
            ["DROP DATABASE shop;", "no"],
          ]
        : [
            ["CREATE USER lab_guest@'%';", "no"],
            ["GRANT SELECT ON other.* TO lab_guest@'%';", "no"],
            ["GRANT SELECT ON other.orders TO lab_guest@'%';", "no"],
            ["GRANT SELECT ON shop.orders TO lab_guest@'%';", "yes"],
            ["REVOKE SELECT ON shop.orders FROM lab_guest@'%';", "no"],
            ["GRANT SELECT ON shop.* TO lab_guest@'%';", "yes"],
            ["DROP DATABASE shop;", "no"],
          ];
      const found: string[] = [];
      for (const [before] of steps) found.push(await asked(before));
      await lab.sql("server", gone);
      expect(found).toEqual(steps.map(([, expected]) => expected));
    },
  },
  {
    of: "newestHeartbeat",
    does: "the newest, of the database that is asked, and nothing where there is none",
    lines: ({ phrases }) => [phrases.newestHeartbeat("production"), phrases.newestHeartbeat("side")],
    async play(lab, lines) {
      const asked = await asking(lab, async () => [await lab.ask(the(lines)), await lab.ask(the(lines, 1))]);
      expect(asked).toEqual([[[String(BEATS.shop), "3"]], [[String(BEATS.shop_side), "3"]]]);
      await lab.sql("shop", `DELETE FROM ${lab.isPostgres ? "fogbell.heartbeat" : "fogbell_heartbeat"};`);
      expect(await lab.ask(the(lines))).toEqual([]);
    },
  },
  {
    of: "readAll",
    does: "counts what it read, all or the one that is named",
    lines: ({ phrases }) => [phrases.readAll(), phrases.readAll("orders")],
    async play(lab, lines) {
      const asked = await asking(lab, async () => [await lab.ask(the(lines)), await lab.ask(the(lines, 1))]);
      expect(asked).toEqual([[["read", "6"]], [["read", "1"]]]);
    },
  },
  {
    of: "askSql",
    does: "the first answer, of the database that is asked; it cannot write",
    lines: ({ phrases }) => [
      phrases.askSql("SELECT COUNT(*) FROM orders", "production"),
      phrases.askSql("SELECT COUNT(*) FROM orders", "side"),
      phrases.askSql("INSERT INTO notes VALUES ('x')", "production"),
    ],
    async play(lab, lines) {
      const asked = await asking(lab, async () => [await lab.ask(the(lines)), await lab.ask(the(lines, 1))]);
      expect(asked).toEqual([[["20"]], [["18"]]]);
      expect((await asking(lab, () => lab.run(the(lines, 2)))).exitCode).not.toBe(0);
    },
  },
  {
    of: "sequences",
    does: "each with its last number and the highest that is used anywhere, by rows that refer to it, too",
    lines: ({ phrases }) => [phrases.sequences()],
    async play(lab, lines) {
      // The newest orders are gone, and items still name them.
      const unguarded = lab.isPostgres ? "ALTER TABLE orders DISABLE TRIGGER ALL;" : "SET foreign_key_checks = 0;";
      await lab.sql("shop", `${unguarded} DELETE FROM orders WHERE id > 15; DELETE FROM customers WHERE id = 77;`);
      const found = (await asking(lab, () => lab.ask(the(lines)))).map(([name = "", last, , , used, way]) => [
        name.includes("orders") ? "orders" : name.includes("customers") ? "customers" : name,
        last,
        used,
        way,
      ]);
      expect(found.sort()).toEqual([
        ["customers", "5", "5", "up"],
        ["orders", "20", "20", "up"],
      ]);
    },
  },
  {
    of: "sequences, made by hand",
    does: "each against the column that takes from it; one that goes down, round or to nobody against itself",
    lines: ({ phrases }) => [phrases.sequences()],
    async play(lab, lines) {
      const start = lab.isPostgres ? "" : "NOCACHE ";
      await lab.sql(
        "shop",
        `CREATE SEQUENCE fed START WITH 1 ${start}; CREATE SEQUENCE lonely START WITH 5 ${start};
CREATE SEQUENCE falling INCREMENT BY -2 START WITH -1 MINVALUE -1000 MAXVALUE -1 ${start}; CREATE SEQUENCE turning MINVALUE 1 MAXVALUE 9 CYCLE ${start};
CREATE TABLE takes (id bigint DEFAULT ${lab.isPostgres ? "nextval('fed')" : "nextval(fed)"} PRIMARY KEY, name varchar(9) DEFAULT 'x', down bigint DEFAULT ${lab.isPostgres ? "nextval('falling')" : "nextval(falling)"}, other bigint UNIQUE);
CREATE TABLE refers (take_id bigint, take_other bigint, CONSTRAINT refers_take FOREIGN KEY (take_id) REFERENCES takes (id), CONSTRAINT refers_other FOREIGN KEY (take_other) REFERENCES takes (other));
INSERT INTO takes (name, other) VALUES ('a', 900), ('b', 901), ('c', 902); INSERT INTO takes (id, name) VALUES (50, 'd'); INSERT INTO refers VALUES (2, 902);`,
      );
      await lab.sql("shop", lab.isPostgres ? "SELECT nextval('turning');" : "SELECT nextval(turning);");
      const found = await lab.ask(the(lines));
      const own = found.map(([name = "", ...rest]) => [
        name.replace("public.", ""),
        ...rest.map((one) => one.replace("public.", "")),
      ]);
      const of = (name: string) => own.find(([one]) => one === name)?.map((one) => (one === "\\N" ? "" : one));
      expect(of("fed")).toEqual(["fed", "3", "takes", "id", "50", "up"]);
      expect(of("lonely")).toEqual(["lonely", "4", "", "", "4", "up"]);
      // What comes next and what came last are told apart by one, whatever the step.
      const last = lab.isPostgres ? "-7" : "-8";
      expect(of("falling")).toEqual(["falling", last, "takes", "down", last, "down"]);
      expect(of("turning")).toEqual(["turning", "1", "", "", "1", "round"]);
      expect(own).toHaveLength(6);
    },
  },
  {
    of: "catalogue",
    does: "whatever guards or serves the data is in it: each that goes is missed, and nothing else",
    lines: ({ phrases }) => [phrases.catalogue()],
    async play(lab, lines) {
      const read = async () => (await lab.ask(the(lines))).map((line) => line.join("\t"));
      const before = await asking(lab, read);
      const gone = async (text: string) => {
        await lab.sql("shop", text);
        const after = new Set(await read());
        const missing = before.filter((line) => !after.has(line)).map((line) => line.split("\t").slice(0, 2).join(" "));
        await lab.reset();
        return missing;
      };
      const on = lab.isPostgres ? "" : " ON orders";
      const revoke = lab.isPostgres ? "lab_app" : "lab_app@'%'";
      expect(await gone("ALTER TABLE orders DROP CONSTRAINT orders_total;")).toEqual(
        expect.arrayContaining([expect.stringMatching(/^constraint .*orders_total/)]),
      );
      expect(
        await gone(
          `DROP INDEX orders_by_customer${on};`.replace(
            "DROP INDEX",
            lab.isPostgres ? "DROP INDEX" : "ALTER TABLE orders DROP FOREIGN KEY orders_customer; DROP INDEX",
          ),
        ),
      ).toEqual(expect.arrayContaining([expect.stringMatching(/^index .*orders_by_customer/)]));
      expect(await gone(`DROP TRIGGER orders_touch${lab.isPostgres ? " ON orders" : ""};`)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^trigger .*orders_touch/)]),
      );
      expect(await gone("DROP VIEW big_customers;")).toEqual(
        expect.arrayContaining([expect.stringMatching(/^view .*big_customers/)]),
      );
      expect(await gone(`REVOKE INSERT ON orders FROM ${revoke};`)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^grant .*orders/)]),
      );
      expect((await read()).sort()).toEqual([...before].sort());
    },
  },
  {
    of: "newestRow, newestRows",
    does: "the newest moment that is not in the future; of a column that is told, or of all",
    lines: (engine) => {
      const copies = copyLanguageOf(engine);
      return [
        copies.newestRow({ table: "orders", column: "placed_at", askedAtMs: Date.now() }),
        copies.newestRow({ table: "orders", column: "placed_at", where: "id <> 1", askedAtMs: Date.now() }),
        copies.newestRows(),
      ];
    },
    async play(lab, lines) {
      const ago = (hours: number) =>
        lab.isPostgres ? `now() - interval '${hours} hours'` : `NOW() - INTERVAL ${hours} HOUR`;
      await lab.sql(
        "shop",
        `UPDATE orders SET placed_at = NULL; UPDATE orders SET placed_at = ${ago(3)} WHERE id = 1; UPDATE orders SET placed_at = ${ago(5)} WHERE id = 2; UPDATE orders SET placed_at = ${ago(-240)} WHERE id = 3;`,
      );
      const hours = (ms: string | undefined) => Math.round((Date.now() - Number(ms)) / 3_600_000);
      const [[first, zoned] = []] = await asking(lab, () => lab.ask(the(lines)));
      expect([hours(first), zoned]).toEqual([3, "zoned"]);
      const [[second] = []] = await lab.ask(the(lines, 1));
      expect(hours(second)).toBe(5);
      const rows = await lab.ask(the(lines, 2));
      const [, , ms, kind] =
        rows.find(([table = "", column]) => table.endsWith("orders") && column === "placed_at") ?? [];
      expect([hours(ms), kind]).toEqual([3, "zoned"]);
    },
  },
];

const deeds: readonly Experiment[] = [
  {
    of: "runSql",
    does: "statement by statement, and nothing behind the first error",
    lines: ({ phrases }) => [
      phrases.runSql(
        "Run it.",
        "INSERT INTO missing_table VALUES (1);\nUPDATE orders SET total = total + 1 WHERE id = 1;",
      ),
    ],
    async play(lab, lines) {
      const before = await lab.fingerprint("shop");
      expect((await lab.run(the(lines))).exitCode).not.toBe(0);
      expect(await lab.fingerprint("shop")).toBe(before);
      await lab.sql("shop", "CREATE TABLE missing_table (id int);");
      await well(lab, [the(lines)]);
      expect(await ordersIn(lab)).toBe("20\t2101");
      expect(await ordersIn(lab, "shop_side")).toBe(AS_BEFORE);
    },
  },
  {
    of: "dropTable",
    does: "that table is gone, the rows of the others are not",
    lines: ({ phrases }) => [phrases.dropTable("orders")],
    async play(lab, lines) {
      await well(lab, lines);
      await expect(lab.sql("shop", "SELECT 1 FROM orders;")).rejects.toThrow();
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM customers UNION ALL SELECT COUNT(*) FROM items;")).toBe(
        "5\n40",
      );
      expect(await ordersIn(lab, "shop_side")).toBe(AS_BEFORE);
    },
  },
  {
    of: "dropDatabase",
    does: "that database and those roles are gone, whoever is in, and no other is",
    lines: ({ phrases }) => [phrases.dropDatabase(["lab_gone"])],
    async play(lab, lines) {
      await lab.sql(
        "server",
        lab.isPostgres ? "DROP ROLE IF EXISTS lab_gone; CREATE ROLE lab_gone;" : "CREATE USER lab_gone@'%';",
      );
      await lab.session("lab_app", "shop");
      const before = await ordersIn(lab, "other");
      await well(lab, lines);
      await expect(lab.sql("shop", "SELECT 1;")).rejects.toThrow();
      expect([await ordersIn(lab, "other"), await ordersIn(lab, "shop_side")]).toEqual([before, AS_BEFORE]);
      const roles = lab.isPostgres
        ? "SELECT rolname FROM pg_roles WHERE rolname LIKE 'lab%' ORDER BY 1;"
        : "SELECT User FROM mysql.user WHERE User LIKE 'lab%' ORDER BY 1;";
      expect(await lab.sql("server", roles)).toBe("lab_app\nlab_reports");
    },
  },
  {
    of: "stopWriters, resumeWriters",
    does: "the application's sessions end, nobody else's, and it is let in again; and that twice",
    lines: ({ phrases }) => [phrases.stopWriters(), phrases.resumeWriters()],
    async play(lab, lines) {
      const logIn = () =>
        lab.run({
          ...the(lines),
          script: lab.isPostgres
            ? "psql -U lab_app -c 'SELECT 1'"
            : 'mariadb --socket="$DB_SOCKET" -u lab_app "$DATABASE" -e "SELECT 1"',
        });
      for (const _turn of ["first", "second"]) {
        await lab.session("lab_app", "shop");
        if (lab.isPostgres) await lab.session("lab_app", "other");
        else await lab.session("root", "other");
        await expect.poll(() => lab.sessions("shop"), PATIENT).toBe(1);
        const others = await lab.sessions("other");
        expect(others).toBeGreaterThan(0);
        const { exitCode, stdout } = await lab.run(the(lines));
        expect([exitCode, stdout]).toEqual([0, "1 sessions closed\n"]);
        await expect.poll(() => lab.sessions("shop"), PATIENT).toBe(0);
        expect(await lab.sessions("other")).toBe(others);
        expect((await logIn()).exitCode).not.toBe(0);
        await well(lab, [the(lines, 1)]);
        expect((await logIn()).exitCode).toBe(0);
      }
    },
  },
  {
    of: "copyDamaged",
    does: "all of the database, proven, and never over another copy",
    lines: ({ phrases }) => phrases.copyDamaged(),
    async play(lab, lines) {
      isOneMoment(lab, await overheard(lab, () => well(lab, lines)));
      await lab.sql("shop", "DELETE FROM notes;");
      expect((await lab.run(the(lines))).exitCode).not.toBe(0);
      const copy = '"$SCRATCH/evidence"/damaged.*';
      await lab.sh(
        lab.isPostgres
          ? `createdb copied && pg_restore -d copied ${copy}`
          : `mariadb --socket="$DB_SOCKET" -e 'CREATE DATABASE copied' && mariadb --socket="$DB_SOCKET" copied <"$SCRATCH/evidence/damaged.sql"`,
      );
      expect(await lab.sql("copied" as "shop", "SELECT COUNT(*), SUM(total) FROM orders;")).toBe(AS_PLANTED);
      expect(await lab.sql("copied" as "shop", "SELECT COUNT(*) FROM notes;")).toBe("4");
      expect(await belongings(lab, "copied")).toBe("1\t1\t1");
      await lab.sh(
        `for file in "$SCRATCH/evidence"/damaged.dump "$SCRATCH/evidence"/damaged.sql; do if [ -e "$file" ]; then truncate -s -40 "$file"; fi; done`,
      );
      if (!lab.isPostgres) expect((await lab.run(the(lines, 1))).exitCode).not.toBe(0);
    },
  },
  {
    of: "takeBackup",
    does: "one moment of all of it, never over another",
    lines: ({ phrases }) => [phrases.takeBackup()],
    async play(lab, lines) {
      isOneMoment(lab, await overheard(lab, () => well(lab, lines)));
      expect((await lab.run(the(lines))).exitCode).not.toBe(0);
      await lab.sh(
        lab.isPostgres
          ? `createdb copied && pg_restore -d copied "$SCRATCH/evidence/recovered.dump"`
          : `mariadb --socket="$DB_SOCKET" -e 'CREATE DATABASE copied' && mariadb --socket="$DB_SOCKET" copied <"$SCRATCH/evidence/recovered.sql"`,
      );
      expect(await lab.sql("copied" as "shop", "SELECT COUNT(*), SUM(total) FROM orders;")).toBe(AS_PLANTED);
      expect(await belongings(lab, "copied")).toBe("1\t1\t1");
    },
  },
  {
    of: "copyTableBack",
    does: "the table with rows, keys, views, rights and a counter past everything; nothing else changes",
    lines: ({ phrases }) => phrases.copyTableBack("orders"),
    async play(lab, lines) {
      const before = (await lab.ask(lab.engine.phrases.catalogue())).map((line) => line.slice(0, 2).join(" "));
      await lab.sql("shop", "DELETE FROM notes WHERE body = 'once';");
      await well(lab, [lab.engine.phrases.dropTable("orders")]);
      await well(lab, lines);
      expect(await ordersIn(lab)).toBe(AS_BEFORE);
      expect(await ordersIn(lab, "shop_side")).toBe(AS_BEFORE);
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM notes UNION ALL SELECT COUNT(*) FROM items;")).toBe("3\n40");
      const after = (await lab.ask(lab.engine.phrases.catalogue())).map((line) => line.slice(0, 2).join(" "));
      const waits = lab.isPostgres ? ["validated public.items.items_order"] : [];
      expect(before.filter((line) => !after.includes(line))).toEqual(waits);
      await lab.sql("shop", "INSERT INTO orders (customer_id, total) VALUES (1, 1);");
      expect(Number(await lab.sql("shop", "SELECT MAX(id) FROM orders;"))).toBeGreaterThan(10_000);
      await expect(lab.sql("shop", "INSERT INTO items VALUES (777, 1, 1);")).rejects.toThrow();
    },
  },
  {
    of: "copyTableBack, when it fails",
    does: "nothing has changed where the table is there already",
    lines: ({ phrases }) => phrases.copyTableBack("orders").slice(0, 2),
    async play(lab, lines) {
      await well(lab, [the(lines)]);
      const file = '"$SCRATCH/orders.sql"';
      // What comes first succeeds, and the end of it does not.
      if (lab.isPostgres) {
        await well(lab, [lab.engine.phrases.dropTable("orders")]);
        await lab.sh(`echo 'SELECT 1 / 0;' >>${file}`);
      }
      const before = await lab.fingerprint("shop");
      expect((await lab.run(the(lines, 1))).exitCode).not.toBe(0);
      expect(await lab.fingerprint("shop")).toBe(before);
    },
  },
  {
    of: "copyTableBack, whose rows are refused",
    does: "says why, and no value of a row",
    lines: ({ phrases }) => phrases.copyTableBack("orders").slice(1, 2),
    async play(lab, lines) {
      const column = lab.isPostgres ? "text" : "varchar(40)";
      const refused = async (values: string) => {
        await lab.sh(
          `cat >"$SCRATCH/orders.sql" <<'SQL'\nDROP TABLE IF EXISTS refused; CREATE TABLE refused (mail ${column} UNIQUE, number int);\nINSERT INTO refused VALUES ${values};\nSQL`,
        );
        const { exitCode, stdout, stderrTail } = await lab.run(the(lines));
        expect(exitCode).not.toBe(0);
        // MariaDB's client draws the statement above its error; no record takes that in.
        const said = lab.isPostgres
          ? stderrTail
          : stderrTail
              .split("\n")
              .filter((line) => line.startsWith("ERROR"))
              .join("\n");
        expect(stdout + said).not.toContain("someone");
        return said;
      };
      const twice = await refused("('someone@example.org', 1), ('someone@example.org', 2)");
      expect(twice).toMatch(
        lab.isPostgres ? /unique constraint/ : /^ERROR 1062 .*Duplicate entry '…' for key 'mail'$/m,
      );
      if (lab.isPostgres) return;
      expect(await refused("('x', 'someone''s number')")).toMatch(/Incorrect integer value: '…' for column /);
      expect(await refused("('x', 1 + CAST('someone' AS DATE))")).not.toContain("someone");
    },
  },
  {
    of: "repairRows",
    does: "touched rows as they were, lost ones back, strangers gone, parents before children; good later writes stay",
    lines: ({ phrases }) => phrases.repairRows({ tables: REPAIRED, strangers: "delete" }),
    async play(lab, lines) {
      await harm(lab);
      await well(lab, lines.slice(0, 2));
      const live = await ordersIn(lab);
      expect((await lab.ask(the(lines, 2))).flat().sort()).toEqual([
        "customers: insert 1, update 1, delete 1, leave 0",
        "orders: insert 3, update 1, delete 2, leave 2",
      ]);
      expect(await ordersIn(lab)).toBe(live);
      await well(lab, lines.slice(3));
      const now = await lab.sql(
        "shop",
        "SELECT id, total FROM orders WHERE id IN (3, 4, 7, 9, 14, 19, 20, 21, 66) ORDER BY id;",
      );
      expect(now).toBe("3\t30\n4\t40\n7\t777\n9\t90\n14\t140\n21\t5");
      const names = await lab.sql("shop", "SELECT id, name FROM customers WHERE id IN (1, 2, 5, 66) ORDER BY id;");
      expect(names).toBe("1\tcustomer 1\n2\tcustomer 2\n5\tcustomer 5");
      expect(await ordersIn(lab, "shop_side")).toBe(AS_BEFORE);
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM orders WHERE note = 'touched';")).toBe("0");
      await expect(lab.run(the(lines, deed(lines)))).resolves.not.toMatchObject({ exitCode: 0 });
    },
  },
  {
    of: "repairRows, leaving strangers",
    does: "rows that the recovery point does not know stay",
    lines: ({ phrases }) => phrases.repairRows({ tables: REPAIRED, strangers: "leave" }),
    async play(lab, lines) {
      await harm(lab);
      await well(lab, lines.slice(0, 2));
      expect((await lab.ask(the(lines, 2))).flat().sort()).toEqual([
        "customers: insert 1, update 1, delete 0, leave 0",
        "orders: insert 3, update 1, delete 0, leave 2",
      ]);
      await well(lab, lines.slice(3));
      const now = await lab.sql("shop", "SELECT id, total FROM orders WHERE id IN (3, 4, 7, 20, 21, 66) ORDER BY id;");
      expect(now).toBe("3\t30\n4\t40\n7\t777\n20\t0\n21\t5\n66\t0");
    },
  },
  {
    of: "repairRows, when it fails",
    does: "nothing has changed: a stranger that should go has a child that is not among the tables",
    lines: ({ phrases }) => phrases.repairRows({ tables: REPAIRED, strangers: "delete" }),
    async play(lab, lines) {
      await harm(lab);
      await lab.sql("shop", "INSERT INTO items VALUES (66, 1, 1);");
      const triggers = await triggersIn(lab);
      await well(lab, lines.slice(0, deed(lines)));
      const before = await ordersIn(lab);
      const { exitCode, stderrTail } = await lab.run(the(lines, deed(lines)));
      expect(exitCode).not.toBe(0);
      expect(stderrTail).not.toBe("");
      expect(await ordersIn(lab)).toBe(before);
      expect(await lab.sql("shop", "SELECT name FROM customers WHERE id = 2;")).toBe("");
      await well(lab, lines.slice(deed(lines) + 1));
      expect(await triggersIn(lab)).toBe(triggers);
    },
  },
  {
    of: "repairRows, around triggers",
    does: "none of them acts for the repair, each goes on for everybody else meanwhile, and all are as they were",
    lines: ({ phrases }) => phrases.repairRows({ tables: REPAIRED, strangers: "delete" }),
    async play(lab, lines) {
      await harm(lab);
      await lab.sql("shop", lab.isPostgres ? TRIGGERS.postgres : TRIGGERS.mariadb);
      const triggers = await triggersIn(lab);
      await well(lab, lines.slice(0, deed(lines)));
      await lab.sql("shop", "INSERT INTO orders (id, customer_id, total) VALUES (70, 1, 5);");
      expect(await lab.sql("shop", "SELECT COUNT(*), MIN(what) FROM seen;")).toBe("1\tinserted");
      await well(lab, lines.slice(deed(lines)));
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM seen;")).toBe("1");
      const asThen = "SELECT id, total FROM orders WHERE id IN (3, 4) AND note IS NULL ORDER BY id;";
      expect(await lab.sql("shop", asThen)).toBe("3\t30\n4\t40");
      expect(await triggersIn(lab)).toBe(triggers);
      await lab.sql("shop", "UPDATE orders SET total = 1 WHERE id = 4;");
      expect(await lab.sql("shop", "SELECT what FROM seen ORDER BY what;")).toBe("inserted\nsecond\nthird");
    },
  },
  {
    of: "mergeRows",
    does: "the rows that are told, with numbers of this database, and no other",
    lines: ({ phrases }) => phrases.mergeRows("orders", "total > 70"),
    async play(lab, lines) {
      await well(lab, lines);
      expect(await ordersIn(lab)).toBe("22\t2270");
      expect(await lab.sql("shop", "SELECT COUNT(*) FROM orders WHERE id > 20;")).toBe("2");
    },
  },
  {
    of: "takeOver (database)",
    does: "the side stands where the damaged one stood, which is kept; sessions of both end, of others not",
    lines: ({ phrases }) => phrases.takeOver("database"),
    async play(lab, lines) {
      await lab.session(lab.isPostgres ? "lab_app" : "root", "other");
      const others = await lab.sessions("other");
      const said = await overheard(lab, () => well(lab, lines));
      if (!lab.isPostgres) expect(said).toMatch(/START TRANSACTION.*WITH CONSISTENT SNAPSHOT/);
      expect(await belongings(lab, "shop")).toBe("1\t1\t1");
      expect(await ordersIn(lab)).toBe(AS_BEFORE);
      expect(await lab.sessions("other")).toBe(others);
      if (lab.isPostgres) {
        expect(await lab.sql("shop_damaged" as "shop", "SELECT count(*), sum(total) FROM orders;")).toBe(AS_PLANTED);
        expect(await lab.sql("server", "SELECT datconnlimit FROM pg_database WHERE datname = 'shop';")).toBe("0");
      }
    },
  },
  {
    of: "bumpSequences",
    does: "every counter is further than it was, here",
    lines: ({ phrases }) => [phrases.bumpSequences()],
    async play(lab, lines) {
      await well(lab, lines);
      await lab.sql(
        "shop",
        "INSERT INTO orders (customer_id, total) VALUES (1, 1); INSERT INTO customers (name) VALUES ('x');",
      );
      expect(await lab.sql("shop", "SELECT MAX(id) > 10000 FROM orders;")).toMatch(/^(t|1)$/);
      expect(await lab.sql("shop", "SELECT MAX(id) > 10000 FROM customers;")).toMatch(/^(t|1)$/);
    },
  },
  {
    of: "dropSide",
    does: "the side is gone, the shop is not",
    lines: ({ phrases }) => [phrases.dropSide()],
    async play(lab, lines) {
      await well(lab, lines);
      await expect(lab.sql("shop_side", "SELECT 1;")).rejects.toThrow();
      expect(await ordersIn(lab)).toBe(AS_PLANTED);
    },
  },
  {
    of: "lookAround",
    does: "names every database and every role",
    lines: ({ phrases }) => [phrases.lookAround()],
    async play(lab, lines) {
      const { stdout } = await asking(lab, () => lab.run(the(lines)));
      for (const name of ["shop", "shop_side", "other", "lab_app", "lab_reports"])
        expect(stdout).toMatch(new RegExp(`\\b${name}\\b`));
    },
  },
  {
    of: "restoreRoles",
    does: "roles that are missing come back, one that is there is no error, and anything else is",
    lines: ({ phrases }) => [phrases.restoreRoles()],
    async play(lab, lines) {
      const globals = (text: string) => lab.sh(`cat >"$SCRATCH/globals" <<'SQL'\n${text}\nSQL`);
      const role = lab.isPostgres
        ? "CREATE ROLE lab_new LOGIN; CREATE ROLE lab_app LOGIN;"
        : "CREATE USER lab_new@'%'; CREATE USER lab_app@'%';";
      await globals(role.replaceAll("; ", ";\n"));
      await well(lab, lines);
      const count = lab.isPostgres
        ? "SELECT count(*) FROM pg_roles WHERE rolname = 'lab_new';"
        : "SELECT COUNT(*) FROM mysql.user WHERE User = 'lab_new';";
      expect(await lab.sql("server", count)).toBe("1");
      await lab.sql("server", lab.isPostgres ? "DROP ROLE lab_new;" : "DROP USER lab_new@'%';");
      await globals("GRANT nonsense;");
      expect((await lab.run(the(lines))).exitCode).not.toBe(0);
      await lab.sh(': >"$SCRATCH/globals"');
      expect((await lab.run(the(lines))).exitCode).not.toBe(0);
    },
  },
];

export const EXPERIMENTS: readonly Experiment[] = [...questions, ...deeds, ...CATALOGUE, ...COPIES, ...RESTORES];
