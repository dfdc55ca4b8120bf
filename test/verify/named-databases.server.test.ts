/** Dumps that name their databases are judged like others: only the sandbox is touched, and what really leaves is refused. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endOf, faultOf, readDump } from "../../src/backups/read-dump.ts";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { LONG, some } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const [postgres, mariadb] = catalog.engines as readonly [Engine, Engine];
const STAMP = stamp(Date.now() - 3_600_000);

let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

let number = 0;
/** Verifies a store that holds only this file; `database` is what fogbell.yaml calls the database. */
async function judge(engine: Engine, bytes: Buffer, ending: string, database: string | null = null) {
  const store = join(folder.path, String(++number));
  await mkdir(store);
  await writeFile(join(store, `shop-${STAMP}${ending}`), bytes);
  const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: ${engine.name}\n${database === null ? "" : `    database: ${JSON.stringify(database)}\n`}    sources: [{ store: "directory:${store}" }]\n`;
  const runs = await verifyAll({
    ...PLAINLY,
    config: configOf(content),
    storeUrl: null,
    outFolder: join(folder.path, "out", String(number)),
    acceptChanges: true,
  });
  const { result } = runs[0] ?? {};
  return {
    verdict: result?.verdict,
    code: result?.problems[0]?.code,
    why: result?.reasons.join("; "),
    rows: result?.findings.find(({ probe }) => probe === "rows")?.measured?.rows,
    notes: result?.notes.join("; "),
    remarks: result?.findings.flatMap(({ remarks = [] }) => remarks).join("; "),
  };
}

/** Reads a dump of which this database is meant. */
async function checked(bench: Bench, engine: Engine, bytes: string, only: string): Promise<string> {
  const logical = engine.methods.find(({ name }) => name === "logical");
  const facts = logical?.inspect({ head: Buffer.from(bytes), tail: Buffer.from(bytes), packing: [] });
  if (facts == null) throw new Error("it is not recognised");
  const reader = engine.dumpReader?.(facts) ?? null;
  const [line] = logical?.check({ ...facts, only }, { to: "end-of-log" }) ?? [];
  if (line?.own === "check" && reader !== null) {
    const read = await readDump(reader, Readable.from([Buffer.from(bytes)]), []);
    return endOf(read, faultOf(read, only)).printed;
  }
  const file = join(folder.path, "checked.sql");
  await writeFile(file, bytes);
  const brought = await bench.bring(file);
  return (await bench.sh(`export BACKUP="${brought}"\n{ ${line?.script}\n} || true`)).trim();
}

describe("PostgreSQL", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(postgres);
    await bench.sh(`psql -Xqd postgres -c "CREATE ROLE clerk" -c "CREATE DATABASE shop OWNER clerk" \\
  -c 'CREATE DATABASE "my-crm"' -c "COMMENT ON DATABASE shop IS 'first
ALTER DATABASE shop SET x TO y;
third'" -c "ALTER DATABASE shop SET search_path = app, public" -c "GRANT CONNECT ON DATABASE shop TO clerk" \\
  -c "ALTER ROLE clerk IN DATABASE shop SET work_mem = '8MB'"
psql -Xqd shop -c "CREATE SCHEMA app" -c "CREATE TABLE app.orders (id serial PRIMARY KEY, words text)" \\
  -c "INSERT INTO app.orders (words) SELECT 'ALTER DATABASE shop' FROM generate_series(1, 300)" \\
  -c "INSERT INTO app.orders (words) VALUES (E'\\\\\\\\connect shop')"
psql -Xqd my-crm -c "CREATE TABLE people (id int PRIMARY KEY)" -c "INSERT INTO people SELECT generate_series(1, 7)"`);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  const dump = async (command: string) => {
    await bench.sh(`${command} >"$SCRATCH/x"`);
    return bench.take("x");
  };

  const ways = [
    ["pg_dump -C --clean --if-exists -d shop", ".sql"],
    ["pg_dump -C -d shop | zstd -q", ".sql.zst"],
    ["pg_dump -C -d shop | gzip", ".sql.gz"],
    ["pg_dump -Fc -C -d shop", ".dump"],
  ] as const;
  test.each(some("dumps that name their databases", ways, 2))("%s holds", async (command, ending) => {
    const found = await judge(postgres, await dump(command), ending);
    expect(found).toMatchObject({ verdict: "recovered", rows: 301 });
    if (ending !== ".dump") expect(found.notes).toMatch(/names its database shop; the lines that do were left out/);
  });

  test("a whole server: the database that is told; none is told: void; cut off after it: not whole", async () => {
    const bytes = await dump("pg_dumpall | gzip");
    expect(await judge(postgres, bytes, ".sql.gz", "my-crm")).toMatchObject({ verdict: "recovered", rows: 7 });
    expect(await judge(postgres, bytes, ".sql.gz")).toMatchObject({
      verdict: "void",
      code: "FB_SEVERAL_DATABASES",
      why: expect.stringMatching(/holds several databases: my-crm, shop/),
    });
    const cut = (await dump("pg_dumpall")).toString().replace("database cluster dump complete", "");
    expect(await checked(bench, postgres, cut, "my-crm")).toMatch(/^cut off/);
  });

  test("another database than the one that is told is never good", async () => {
    const archive = await dump("pg_dump -Fc -d shop");
    expect(await judge(postgres, archive, ".dump", "crm")).toMatchObject({
      verdict: "void",
      why: expect.stringMatching(/a dump of the database shop, and fogbell.yaml says crm/),
    });
    expect(await judge(postgres, archive, ".dump", "shop")).toMatchObject({ verdict: "recovered" });
  });

  test("roles alone are no backup of rows", async () => {
    await expect(judge(postgres, await dump("pg_dumpall --globals-only"), ".sql")).resolves.toMatchObject({
      verdict: "void",
      code: "FB_OBJECT_UNREADABLE",
    });
  });

  const closing = "--\n-- PostgreSQL database dump complete";
  test.each([
    ["a command of the shell", "\\! id"],
    ["another database", "\\connect postgres"],
    ["another database dropped", "DROP DATABASE postgres;"],
    ["a program", "COPY app.orders FROM PROGRAM 'id';"],
  ])("%s in it is refused still", async (_what, line) => {
    const text = (await dump("pg_dump -C -d shop")).toString();
    const spoiled = text.replace(closing, `${line}\n${closing}`);
    expect(spoiled).not.toBe(text);
    expect(await checked(bench, postgres, text, "shop")).toMatch(/^whole/);
    expect(await checked(bench, postgres, spoiled, "shop")).toMatch(/would act outside/);
    if (line === "\\connect postgres" || LONG)
      expect(await judge(postgres, Buffer.from(spoiled), ".sql")).toMatchObject({
        verdict: "refused",
        code: "FB_DUMP_LEAVES",
      });
  });
});

describe("MariaDB", () => {
  let bench: Bench;
  const client = 'mariadb --socket="$DB_SOCKET"';
  beforeAll(async () => {
    bench = await openBench(mariadb);
    await bench.sh(`${client} <<'SQL'
CREATE DATABASE shop CHARACTER SET latin1; CREATE DATABASE \`odd\`\`one\`;
USE shop; CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, words text);
INSERT INTO orders (words) SELECT 'USE mysql;' FROM seq_1_to_300;
CREATE VIEW newest AS SELECT max(id) AS id FROM orders; CREATE PROCEDURE p() SELECT 1;
ALTER DATABASE shop CHARACTER SET utf8mb4;
USE \`odd\`\`one\`; CREATE TABLE people (id int PRIMARY KEY); INSERT INTO people VALUES (1), (2);
SQL`);
  });
  afterAll(() => bench[Symbol.asyncDispose]());
  const dump = async (flags: string, pack = "cat") => {
    await bench.sh(
      `mariadb-dump --socket="$DB_SOCKET" --single-transaction --routines ${flags} | ${pack} >"$SCRATCH/x"`,
    );
    return bench.take("x");
  };

  const ways = [
    ["--add-drop-database --databases shop", "gzip", ".sql.gz"],
    ["--databases shop", "zstd -q", ".sql.zst"],
    ["shop", "cat", ".sql"],
    ["--databases shop", "cat", ".sql"],
  ] as const;
  test.each(some("dumps that name their databases", ways, 2))("%s, %s, holds", async (flags, pack, ending) => {
    expect(await judge(mariadb, await dump(flags, pack), ending)).toMatchObject({ verdict: "recovered", rows: 300 });
  });

  test("several: the one that is told, by whatever name; none is told: void", async () => {
    const several = await dump("--databases shop 'odd`one'", "gzip");
    expect(await judge(mariadb, several, ".sql.gz", "odd`one")).toMatchObject({ verdict: "recovered", rows: 2 });
    expect(await judge(mariadb, several, ".sql.gz")).toMatchObject({ verdict: "void", code: "FB_SEVERAL_DATABASES" });
    if (LONG) expect(await judge(mariadb, await dump("--all-databases"), ".sql", "shop")).toMatchObject({ rows: 300 });
  });

  test.each([
    ["a command of the shell", "\\! id"],
    ["another database", "USE `mysql`;"],
    ["another database dropped", "/*!40000 DROP DATABASE IF EXISTS `mysql`*/;"],
    ["an account", "CREATE USER x;"],
  ])("%s in it is refused still", async (_what, line) => {
    const text = (await dump("--databases shop")).toString();
    const spoiled = text.replace("-- Dump completed", `${line}\n-- Dump completed`);
    expect(await checked(bench, mariadb, text, "shop")).toMatch(/^whole/);
    expect(await checked(bench, mariadb, spoiled, "shop")).toMatch(/would act outside/);
    if (line.startsWith("USE") || LONG)
      expect(await judge(mariadb, Buffer.from(spoiled), ".sql")).toMatchObject({
        verdict: "refused",
        code: "FB_DUMP_LEAVES",
      });
  });
});
