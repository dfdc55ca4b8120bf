/** The questions for the newest row, on real servers: which row they take, and whether its clock is known. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine, NewestRowRequest } from "../../src/parts.ts";
import { copyLanguageOf } from "../../src/plan/capabilities.ts";
import { rowMoment } from "../../src/probes/copies/newest-row.ts";
import { type Bench, openBench } from "../support/dumps.ts";

const [postgres, mariadb] = catalog.engines as readonly [Engine, Engine];
const HOUR = 3_600_000;
/** Nine hours ahead of UTC, all year. */
const TOKYO = "Asia/Tokyo";

/** Rows of 5, 3 and 4 hours ago, of the future and without a moment; `tokyo` as a clock there shows them. */
const SHOP: Readonly<Record<string, string>> = {
  postgres: `export PGHOST; createdb shop && psql -qd shop <<'SQL'
CREATE TABLE orders (id int, created_at timestamptz, local_at timestamp, tokyo_at timestamp);
INSERT INTO orders SELECT h, now() - h * interval '1 hour', now() AT TIME ZONE 'UTC' - h * interval '1 hour',
  now() AT TIME ZONE 'UTC' - h * interval '1 hour' + interval '9 hours' FROM unnest(ARRAY[5, 3, 4, -1, -2000]) h;
INSERT INTO orders VALUES (0, NULL, NULL, NULL), (1, 'infinity', 'infinity', '-infinity');
CREATE TABLE empty (created_at timestamptz);
CREATE TABLE metrics (logged_at timestamptz NOT NULL) PARTITION BY RANGE (logged_at);
CREATE TABLE metrics_old PARTITION OF metrics FOR VALUES FROM (MINVALUE) TO (now() - interval '24 hours');
CREATE TABLE metrics_new PARTITION OF metrics FOR VALUES FROM (now() - interval '24 hours') TO (MAXVALUE);
INSERT INTO metrics SELECT now() - h * interval '1 hour' FROM generate_series(5, 60) h;
SQL`,
  mariadb: `mariadb --socket="$DB_SOCKET" <<'SQL'
SET time_zone = '+00:00'; CREATE DATABASE shop; USE shop;
CREATE TABLE orders (id int, created_at timestamp NULL, local_at datetime, tokyo_at datetime);
INSERT INTO orders SELECT h, NOW() - INTERVAL h HOUR, NOW() - INTERVAL h HOUR, NOW() - INTERVAL h - 9 HOUR
  FROM (SELECT 5 AS h UNION SELECT 3 UNION SELECT 4 UNION SELECT -1 UNION SELECT -2000) x;
INSERT INTO orders VALUES (0, NULL, NULL, NULL);
CREATE TABLE empty (created_at timestamp NULL);
SQL`,
};
const PLACE: Readonly<Record<string, string>> = {
  postgres: "export PGHOST PGDATABASE=shop",
  mariadb: "export DB_SOCKET DATABASE=shop",
};

describe.each([postgres, mariadb])("$name", (engine) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(engine);
    await bench.sh(SHOP[engine.name] ?? "");
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  const ask = async (script: string) => {
    const printed = await bench.sh(`${PLACE[engine.name]}\n${script}`);
    return printed.split("\n").flatMap((line) => (line === "" ? [] : [line.split("\t")]));
  };
  const newest = async (request: Partial<NewestRowRequest>) => {
    const line = copyLanguageOf(engine).newestRow({
      table: "orders",
      column: "created_at",
      askedAtMs: Date.now(),
      ...request,
    });
    const row = rowMoment((await ask(line.script))[0] ?? [], request.timezone);
    return row === null ? null : { hours: Math.round((Date.now() - row.atMs) / HOUR), isZoned: row.isZoned };
  };

  test("the newest that is not in the future, and whether its clock is known", async () => {
    expect(await newest({})).toEqual({ hours: 3, isZoned: true });
    expect(await newest({ column: "local_at" })).toEqual({ hours: 3, isZoned: false });
    expect(await newest({ where: "id <> 3" })).toEqual({ hours: 4, isZoned: true });
  });

  test("by a clock that is told", async () => {
    // Taken for UTC it would be a row of the future, and the one before it the newest.
    expect(await newest({ column: "tokyo_at", timezone: TOKYO })).toEqual({ hours: 3, isZoned: true });
    // A type with a zone needs none.
    expect(await newest({ timezone: TOKYO })).toEqual({ hours: 3, isZoned: true });
  });

  test("nothing where there is none", async () => {
    expect(await newest({ table: "empty" })).toBeNull();
    expect(await newest({ table: "missing" })).toBeNull();
    expect(await newest({ where: "id = 0" })).toBeNull();
    expect(await newest({ where: "id < 0" })).toBeNull();
  });

  test("in any column that keeps moments", async () => {
    const rows = await ask(copyLanguageOf(engine).newestRows().script);
    const found = rows.map(([, column, ...row]) => {
      const moment = rowMoment(row, undefined);
      return [column, Math.round((Date.now() - (moment?.atMs ?? 0)) / HOUR), moment?.isZoned];
    });
    expect(found.filter(([column]) => column !== "tokyo_at").sort()).toEqual([
      ["created_at", 3, true],
      ["local_at", 3, false],
      // Of a table with partitions once, whichever of them it is in.
      ...(engine.name === "postgres" ? [["logged_at", 5, true]] : []),
    ]);
  });
});
