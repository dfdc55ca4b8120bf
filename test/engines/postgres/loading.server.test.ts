/** Restores by the real programs: what everybody's dumps refuse harmlessly is gone around, and anything else changes nothing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { readErrors } from "../../../src/engines/postgres/errors.ts";
import { recover } from "../../../src/engines/postgres/loading.ts";
import { logical } from "../../../src/engines/postgres/logical.ts";
import { copyTableBack } from "../../../src/engines/postgres/recovery.ts";
import { describeError } from "../../../src/host/client-errors.ts";
import type { BackupFacts } from "../../../src/parts.ts";
import { type Bench, openBench } from "../../support/dumps.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench(postgres);
  await bench.sh(`createdb shop && psql -Xqd shop -v ON_ERROR_STOP=1 <<'SQL'
CREATE SCHEMA "Other One";
CREATE TYPE "Other One".mood AS ENUM ('a', 'b');
CREATE TABLE people (id serial PRIMARY KEY, name text UNIQUE, mood "Other One".mood);
CREATE TABLE "Other One"."Semi;Colon" (id int REFERENCES people, n int DEFAULT 5);
CREATE VIEW seen AS SELECT * FROM people;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM people;
CREATE FUNCTION speak() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
DROP TABLE IF EXISTS nothing;
RETURN NEW;
END $$;
CREATE TRIGGER t BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION speak();
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON parts (at);
COMMENT ON TABLE people IS 'DROP TABLE people;
ALTER TABLE x DROP CONSTRAINT y;';
INSERT INTO people (name) SELECT 'DROP TABLE x;' || g FROM generate_series(1, 100) g;
INSERT INTO people (name) VALUES (E'x\\nDROP TABLE y;');
SQL`);
});
afterAll(() => bench[Symbol.asyncDispose]());

let number = 0;
/** Dumps, has its own inspection tell what it is, and restores it as it says. */
async function restored(make: string, change: (text: string) => string = (text) => text) {
  const side = `side_${++number}`;
  await bench.sh(`${make} >"$SCRATCH/made"`);
  const made = await bench.take("made");
  const bytes = make.includes("-Fc") ? made : Buffer.from(change(made.toString("latin1")), "latin1");
  const facts = logical.inspect({ head: bytes, tail: bytes, packing: [] } as never);
  if (facts === null) throw new Error("it is not recognised");
  await bench.sh(`printf %s '${bytes.toString("base64")}' | base64 -d >"$SCRATCH/backup"`);
  return { ...(await load(facts, side)), facts, side };
}

async function load(facts: BackupFacts, side: string) {
  const places = `export BACKUP="$SCRATCH/backup" SIDE_HOST="$PGHOST" SIDE_DATABASE=${side} JOBS=2 EXPECTED_BYTES=0`;
  const script = recover(facts)
    .map(({ script }) => `{ ${script}\n}`)
    .join(" &&\n");
  const said = await bench.sh(`${places}\n{ ${script}\n} 2>&1\necho "exit $?"`);
  return { said, code: Number(/exit (\d+)\n$/.exec(said)?.[1]) };
}

const rows = async (side: string, sql = "SELECT count(*) FROM people") =>
  (await bench.sh(`psql -XAtd ${side} -c '${sql}'`)).trim();

describe("harmless errors are gone around", () => {
  test.each([
    ["pg_dump -n public -d shop", ["public"]],
    ["pg_dump -Fc -n public -d shop", ["public"]],
    ["pg_dump --clean -d shop", ["drops"]],
    ["pg_dump --clean -n public -d shop", ["drops", "public"]],
    ["pg_dump --clean --inserts -d shop", ["drops"]],
    ["pg_dump --clean --if-exists -d shop", undefined],
    ["pg_dump -Fc -d shop", undefined],
    ["pg_dump -d shop", undefined],
  ])("%s", async (make, around) => {
    const isPart = make.includes("-n public");
    // One schema alone lacks the type of a column.
    if (isPart) await bench.sh('psql -Xqd shop -c "ALTER TABLE people DROP COLUMN IF EXISTS mood CASCADE"');
    const { facts, said, side } = await restored(make);
    expect(said).toBe("exit 0\n");
    expect(facts.goesAround).toEqual(around);
    expect(await rows(side)).toBe("101");
    const owner = "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $$public$$";
    expect(await rows(side, owner)).toBe("pg_database_owner");
  });
});

test("the same error anywhere else ends the restore, and nothing of it stays", async () => {
  const again = "\nCREATE SCHEMA public;\n\n--\n-- PostgreSQL database dump complete";
  const twice = await restored("pg_dump -n public -d shop", (text) =>
    text.replace("\n--\n-- PostgreSQL database dump complete", again),
  );
  expect(twice.code).toBe(3);
  expect(readErrors(twice.said).map(describeError)[0]).toMatch(
    /^psql, line \d+: schema "public" already exists \(42P06\)$/,
  );
  const late = await restored("pg_dump --clean -d shop", (text) =>
    text.replace(/\nCOPY /, "\nDROP TABLE nothing;\nCOPY "),
  );
  expect(late.code).toBe(3);
  expect(await rows(late.side, "SELECT count(*) FROM pg_class WHERE relnamespace = $$public$$::regnamespace")).toBe(
    "0",
  );
  // The line is the dump's own, though its DROPs were left out.
  const line = Number(/^psql:<stdin>:(\d+): ERROR/.exec(late.said)?.[1]);
  expect((await bench.take("backup")).toString("latin1").split("\n")[line - 1]).toBe("DROP TABLE nothing;");
});

test("a database of another encoding takes its bytes as they are", async () => {
  await bench.sh(
    "createdb -T template0 -E SQL_ASCII --locale=C old && psql -Xqd old -c \"CREATE TABLE people (name text); INSERT INTO people VALUES (E'M\\\\xfcller')\"",
  );
  for (const make of ["pg_dump -d old", "pg_dump --inserts -d old", "pg_dump -Fc -d old"]) {
    const { facts, said, side } = await restored(make);
    expect([said, facts.encoding]).toEqual(["exit 0\n", "SQL_ASCII"]);
    expect(await rows(side, "SELECT encode(name::bytea, $$hex$$) FROM people")).toBe("4dfc6c6c6572");
  }
});

test("putting a table back is one transaction: when it fails, nothing has changed", async () => {
  const putBack = copyTableBack("people")[1];
  expect(putBack?.expect).toContain("one transaction");
  await bench.sh('createdb damaged && echo "CREATE TABLE first (); CREATE TABLE first ();" >"$SCRATCH/people.sql"');
  const said = await bench.sh(`export PGDATABASE=damaged\n${putBack?.script} 2>&1 || echo "exit $?"`);
  expect(said).toMatch(/exit 3\n$/);
  expect(await rows("damaged", "SELECT count(*) FROM pg_class WHERE relname = $$first$$")).toBe("0");
});
