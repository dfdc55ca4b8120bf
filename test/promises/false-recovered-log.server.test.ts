/**
 * 0 false recovered where a copy has its log: pieces that changed places, turned bits, a piece missing in the middle or at
 * the beginning, the last one cut, another server's. On both engines, plain and packed; `npm test` judges a few.
 */
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { LONG, some } from "../support/long.ts";
import type { Files } from "./broken.ts";
import { LOG_WAYS, type WithLog } from "./broken-log.ts";
import { type Case, isGood, type Judged, judgeAll } from "./judged.ts";
import { seeded } from "./seeded.ts";
import { copied, dumped, engineOf, fill, STAMP } from "./shops.ts";

/** A form of copy, with the log that goes on from it. */
interface Form extends WithLog {
  readonly form: string;
  readonly engine: string;
}

const all: Judged[] = [];
let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const underFolder = (name: string, pieces: Files, ending = "", pack = (bytes: Buffer) => bytes): Files =>
  Object.fromEntries(Object.entries(pieces).map(([key, bytes]) => [`${name}/${key}${ending}`, pack(bytes)]));
const packed = (bytes: Buffer) => gzipSync(bytes, { level: 1 });

function withLog(
  form: string,
  engine: string,
  { copy, log, foreign }: Record<"copy" | "log" | "foreign", Files>,
): Form {
  return { form, engine, files: { ...copy, ...log }, pieces: Object.keys(log).sort(), foreign };
}

async function takenFrom(bench: Bench, place: string, names: readonly string[]): Promise<Files> {
  const files: Record<string, Buffer> = {};
  for (const name of names) files[name] = await bench.take(`${place}/${name}`);
  return files;
}
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

/** More rows, and each time a piece of its own. */
const MORE = [1, 2, 3, 4, 5];

async function postgresLog(bench: Bench, factor: number): Promise<Files> {
  for (const piece of MORE)
    await bench.sh(
      `psql -Xqd shop -v ON_ERROR_STOP=1 -c "INSERT INTO notes SELECT md5((g * ${factor})::text) FROM generate_series(1, ${piece * 700}) g" -c "SELECT pg_switch_wal()" >/dev/null`,
    );
  await bench.sh(`for try in $(seq 200); do
  [ "$(psql -XAtd postgres -c "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver")" = t ] && exit 0
  sleep 0.1
done; exit 1`);
  const names = lines(await bench.sh(`ls "$ARCHIVE" | grep -E '^[0-9A-F]{24}$' | sort`));
  const archive = (await bench.sh('printf %s "$ARCHIVE"')).trim();
  return takenFrom(bench, archive, names);
}

async function postgres(): Promise<Form[]> {
  const engine = engineOf("postgres");
  await using bench = await openBench(engine, engine.log?.settings);
  await fill(bench, "postgres");
  const copy = await copied(bench, "postgres", { compress: "gzip" });
  const first = (await bench.sh('psql -XAtd postgres -c "SELECT pg_walfile_name(pg_current_wal_lsn() - 1)"')).trim();
  const every = await postgresLog(bench, 1);
  // The pieces behind the copy: those that it brings itself are not missed.
  const pieces = Object.fromEntries(Object.entries(every).filter(([name]) => name > first));
  await using other = await openBench(engine, engine.log?.settings);
  await fill(other, "postgres");
  await copied(other, "postgres", { compress: "none" });
  const strange = Object.fromEntries(Object.entries(await postgresLog(other, 7)).filter(([name]) => name in pieces));
  const form = (name: string, ending: string, pack?: (bytes: Buffer) => Buffer) =>
    withLog(name, "postgres", {
      copy,
      log: underFolder("wal", pieces, ending, pack),
      foreign: underFolder("wal", strange, ending, pack),
    });
  return [form("postgres base backup + WAL", ""), form("postgres base backup + WAL, gzip", ".gz", packed)];
}

async function mariadbLog(bench: Bench, factor: number): Promise<Files> {
  const client = 'mariadb --socket="$DB_SOCKET" -BN';
  for (const piece of MORE)
    await bench.sh(
      `${client} shop -e "INSERT INTO notes SELECT MD5(seq * ${factor}) FROM seq_1_to_${piece * 100}; UPDATE parts SET price = price + ${piece}; FLUSH BINARY LOGS"`,
    );
  const names = lines(await bench.sh(`${client} -e 'SHOW BINARY LOGS' | cut -f1 | sed '$d'`));
  const place = (await bench.sh(`${client} -e 'SELECT @@datadir'`)).trim().replace(/\/$/, "");
  return takenFrom(bench, place, names);
}

async function mariadbServer(serverId: number, factor: number) {
  const engine = engineOf("mariadb");
  await using bench = await openBench(engine, { ...engine.log?.settings, server_id: String(serverId) });
  await fill(bench, "mariadb");
  await bench.sh(`mariadb --socket="$DB_SOCKET" -e 'FLUSH BINARY LOGS'`);
  const [last = ""] = lines(
    await bench.sh(`mariadb --socket="$DB_SOCKET" -BN -e 'SHOW BINARY LOGS' | cut -f1 | tail -n 1`),
  );
  const dump = await dumped(bench, "mariadb", "--single-transaction --master-data=2 --gtid");
  const copy = await copied(bench, "mariadb", { compress: "gzip" });
  const every = await mariadbLog(bench, factor);
  return { dump, copy, pieces: Object.fromEntries(Object.entries(every).filter(([name]) => name >= last)) };
}

async function mariadb(): Promise<Form[]> {
  const { dump, copy, pieces } = await mariadbServer(11, 1);
  const { pieces: strange } = await mariadbServer(12, 7);
  const form = (name: string, of: Files, ending = "", pack?: (bytes: Buffer) => Buffer) =>
    withLog(name, "mariadb", {
      copy: of,
      log: underFolder("binlog", pieces, ending, pack),
      foreign: underFolder("binlog", strange, ending, pack),
    });
  return [
    form("mariadb dump + binary log", { [`shop-${STAMP}.sql`]: dump }),
    form("mariadb backup + binary log", copy),
    form("mariadb dump + binary log, gzip", { [`shop-${STAMP}.sql.gz`]: packed(dump) }, ".gz", packed),
  ];
}

function generate(form: Form, count: number, seed: number): Case[] {
  const chance = seeded(seed);
  const cases: Case[] = [];
  for (let number = 0; cases.length < count; number++) {
    const way = LOG_WAYS[
      (LONG ? number : chance.below(LOG_WAYS.length)) % LOG_WAYS.length
    ] as (typeof LOG_WAYS)[number];
    const files = way.change(form, chance);
    if (files === null) continue;
    cases.push({
      name: `${way.name}, ${number + 1}`,
      form: form.form,
      engine: form.engine,
      files,
      noticed: way.noticed,
    });
  }
  return cases;
}

/** One of PostgreSQL's pieces takes as long as the whole log of the other. */
const ENGINES = some(
  "engines whose logs are broken",
  [
    ["mariadb", mariadb, 1977],
    ["postgres", postgres, 77],
  ] as const,
  2,
);

describe.each(ENGINES)("%s", (engine, make, seed) => {
  let forms: Form[] = [];
  beforeAll(async () => {
    forms = await make();
  }, 300_000);

  test("a log that is whole is gone through", { timeout: 600_000 }, async () => {
    const whole = forms
      .slice(0, LONG ? forms.length : 1)
      .map((one): Case => ({ ...one, name: "whole", noticed: "clean" }));
    const judged = await judgeAll(join(folder.path, `${engine}-whole`), whole);
    expect(
      judged.filter(({ verdict }) => verdict !== "recovered").map(({ form, because }) => `${form}: ${because}`),
    ).toEqual([]);
    for (const { pieces } of forms) expect(pieces.length).toBeGreaterThanOrEqual(4);
  });

  test("a log that is broken is never called good", { timeout: 3_600_000 }, async () => {
    const cases = forms
      .slice(0, LONG ? forms.length : 1)
      .flatMap((form, number) => generate(form, LONG ? LOG_WAYS.length * 2 : 2, seed + number));
    const judged = await judgeAll(join(folder.path, engine), cases, 2);
    all.push(...judged);
    expect(judged.filter(isGood).map(({ form, name, because }) => `${form}: ${name}: ${because}`)).toEqual([]);
    expect(judged.filter(({ because }) => because === "" || /defect/i.test(because))).toEqual([]);
  });
});

test("the figure", () => {
  const verdicts = Map.groupBy(all, ({ verdict }) => verdict);
  const counted = [...verdicts].map(([verdict, some]) => `${verdict} ${some.length}`).join(", ");
  process.stdout.write(`\n${all.filter(isGood).length} false recovered in ${all.length} broken logs (${counted})\n`);
  if (process.env.FOGBELL_RATES !== undefined)
    for (const { form, name, verdict, because } of all)
      process.stdout.write(`${verdict}\t${form}\t${name}\t${because}\n`);
  expect(all.length).toBeGreaterThanOrEqual(LONG ? 100 : 2);
});
