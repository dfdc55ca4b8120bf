/**
 * A clean backup must never be called bad, and a bad one never good: real dumps of real databases, whole and spoiled in
 * every way that was seen, over a hundred of them; both rates are printed. Then the same over a real S3 server.
 */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { DrillResult } from "../../src/record.ts";
import { propose } from "../../src/verify/init.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Ceph, startCeph } from "../support/ceph.ts";
import { openBench, sampleFile, testFolder } from "../support/dumps.ts";
import { LONG, some } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const { signal } = new AbortController();
const [postgres, mariadb] = catalog.engines;
type Files = Readonly<Record<string, Buffer>>;

/** `bad`: lost or refused. `void`: no fault of the backup, and no pass. */
interface Case {
  readonly name: string;
  readonly files: Files;
  readonly wanted: "clean" | "bad" | "void";
}

const STAMP = stamp(Date.now() - 3_600_000);
const single = (ending: string, bytes: Buffer): Files => ({ [`shop-${STAMP}${ending}`]: bytes });

const verdicts: { wanted: Case["wanted"]; name: string; verdict: string; because: string }[] = [];
let folder: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function look(storeUrl: string, out: string): Promise<readonly DrillResult[]> {
  const runs = await verifyAll({
    ...PLAINLY,
    config: null,
    storeUrl,
    outFolder: out,
  });
  return runs.map(({ result }) => result);
}

let number = 0;
async function judge({ name, files, wanted }: Case): Promise<void> {
  const at = join(folder.path, String(++number));
  for (const [key, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(at, "store", key)), { recursive: true });
    await writeFile(join(at, "store", key), bytes);
  }
  const results = await look(`directory:${join(at, "store")}`, join(at, "out")).catch((error: Error) => error);
  // A store without anything that is recognised ends with a usage error: nobody took it for a pass.
  const [first] = results instanceof Error ? [] : results;
  const verdict = first?.verdict ?? "unrecognised";
  const because = first?.reasons[0] ?? (results instanceof Error ? results.message : "");
  verdicts.push({ wanted, name, verdict, because });
}

async function judgeAll(cases: readonly Case[]): Promise<void> {
  const todo = some("backups called good and bad", cases, 8);
  const worker = async () => {
    for (let one = todo.shift(); one !== undefined; one = todo.shift()) await judge(one);
  };
  await Promise.all([worker(), worker()]);
}

/** A file that is compressed, spoiled: everything here is noticed by a reader that reads to the end. */
function spoiled(name: string, ending: string, bytes: Buffer): Case[] {
  const cut = (share: number): Case => ({
    name: `${name}, cut at ${share * 100} %`,
    files: single(ending, bytes.subarray(0, Math.floor(bytes.length * share))),
    wanted: "bad",
  });
  return [
    cut(0.1),
    cut(0.5),
    cut(0.9),
    { ...cut(1), name: `${name}, its last 40 bytes gone`, files: single(ending, bytes.subarray(0, -40)) },
  ];
}

function flipped(name: string, ending: string, bytes: Buffer): Case[] {
  return [0.3, 0.5, 0.8].map((share) => {
    const copy = Buffer.from(bytes);
    const at = Math.floor(copy.length * share);
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return { name: `${name}, a bit flipped at ${share * 100} %`, files: single(ending, copy), wanted: "bad" };
  });
}

/** The same text with something done to it. */
const edited = (name: string, text: string, change: (text: string) => string, wanted: Case["wanted"] = "bad"): Case => {
  const changed = change(text);
  if (changed === text) throw new Error(`${name}: nothing was changed`);
  return { name, files: single(".sql", Buffer.from(changed)), wanted };
};

/** What was there instead of a backup. */
const nothing = (whole: Files): Case[] => {
  const [key = ""] = Object.keys(whole);
  const older = key.replace(STAMP, stamp(Date.now() - 25 * 3_600_000));
  const beside = (name: string, bytes: Buffer): Case => ({
    name,
    files: { [older]: whole[key] ?? Buffer.of(), [key]: bytes },
    wanted: "bad",
  });
  return [
    beside("an empty file after a good one", Buffer.of()),
    beside("an error text after a good one", Buffer.from("pg_dump: error: connection to server failed\n")),
    beside("a packed error text after a good one", gzipSync("mysqldump: Got error: 1045: Access denied\n")),
    beside("a packed nothing after a good one", gzipSync("")),
    beside("zeros after a good one", Buffer.alloc(100_000)),
    { name: "an empty file alone", files: { [key]: Buffer.of() }, wanted: "bad" },
  ];
};

describe("PostgreSQL", () => {
  const cases: Case[] = [];
  beforeAll(async () => {
    if (postgres === undefined) throw new Error("no engine");
    await using bench = await openBench(postgres);
    const fixture = [await bench.bring("test/fixtures/rental.sql")];
    const schema = sampleFile("sakila-postgres-schema.sql");
    const rows = sampleFile("sakila-postgres-data.sql");
    const sakila = schema === null || rows === null ? fixture : [await bench.bring(schema), await bench.bring(rows)];
    const chinook = sampleFile("chinook-postgres.sql");
    await bench.sh("createdb shop && createdb empty && psql -Xqd postgres -c 'CREATE ROLE clerk'");
    await bench.sh(`for file in ${sakila.join(" ")}; do psql -Xq -d shop -f "$file" >/dev/null 2>&1; done`);
    await bench.sh(
      "psql -Xqd shop -c 'CREATE TABLE stamped (id serial PRIMARY KEY, at timestamptz); GRANT SELECT ON stamped TO clerk; ALTER TABLE stamped OWNER TO clerk; INSERT INTO stamped (at) SELECT now() FROM generate_series(1, 500)'",
    );
    const databases = ["shop"];
    if (chinook !== null) {
      await bench.sh(`psql -Xq -d postgres -f ${await bench.bring(chinook)} >/dev/null 2>&1`);
      databases.push("chinook");
    }
    const dump = async (flags: string, database: string, pack = "cat") => {
      await bench.sh(`pg_dump ${flags} -d ${database} >"$SCRATCH/x" && ${pack} <"$SCRATCH/x" >"$SCRATCH/y"`);
      return bench.take("y");
    };
    for (const database of databases) {
      const ways: readonly (readonly [string, string, string, string])[] = [
        ["plain", "-Fp", ".sql", "cat"],
        ["plain, gzip", "-Fp", ".sql.gz", "gzip"],
        ["plain, zstd", "-Fp", ".sql.zst", "zstd -q"],
        ["custom", "-Fc", ".dump", "cat"],
        ["custom, not packed", "-Fc -Z0", ".dump", "cat"],
        ["custom, zstd", "-Fc -Z0", ".dump.zst", "zstd -q"],
      ];
      for (const [how, flags, ending, pack] of ways) {
        const bytes = await dump(flags, database, pack);
        const name = `${database} ${how}`;
        cases.push({ name, files: single(ending, bytes), wanted: "clean" });
        // One database is enough to be spoiled in every way; the other shows that clean stays clean.
        if (database !== databases[0]) continue;
        cases.push(...spoiled(name, ending, bytes));
        if (how !== "plain" && how !== "custom, not packed") cases.push(...flipped(name, ending, bytes));
      }
      for (const flags of [
        "--no-owner",
        "--clean --if-exists",
        "--inserts",
        "--no-privileges",
        "--quote-all-identifiers",
      ]) {
        cases.push({
          name: `${database} plain ${flags}`,
          files: single(".sql", await dump(`-Fp ${flags}`, database)),
          wanted: "clean",
        });
      }
    }
    await bench.sh('pg_dumpall --globals-only >"$SCRATCH/g"');
    const whole = single(".dump", await dump("-Fc", "shop"));
    cases.push({
      name: "with globals beside it",
      files: { ...whole, [`shop-${STAMP}.globals.sql`]: await bench.take("g") },
      wanted: "clean",
    });
    cases.push({
      name: "named by its day",
      files: { [`shop-${STAMP.slice(0, 8)}.dump`]: whole[`shop-${STAMP}.dump`] ?? Buffer.of() },
      wanted: "clean",
    });
    cases.push({
      name: "named without a date",
      files: { "latest.dump": whole[`shop-${STAMP}.dump`] ?? Buffer.of() },
      wanted: "clean",
    });
    await bench.sh('pg_dump -Fd -j2 -f "$SCRATCH/dir" -d shop && cd "$SCRATCH/dir" && ls >"$SCRATCH/names"');
    const members = (await bench.take("names")).toString().trim().split("\n");
    const directory: Record<string, Buffer> = {};
    for (const member of members) directory[`shop-${STAMP}/${member}`] = await bench.take(`dir/${member}`);
    cases.push({ name: "a directory", files: directory, wanted: "clean" });
    const [member = ""] = Object.keys(directory).filter((key) => !key.endsWith("toc.dat"));
    const { [member]: gone, ...fewer } = directory;
    cases.push({ name: "a directory without one of its files", files: fewer, wanted: "bad" });
    cases.push({
      name: "a directory with a file cut",
      files: { ...directory, [member]: (gone ?? Buffer.of()).subarray(0, -30) },
      wanted: "bad",
    });
    const text = (await dump("-Fp", "shop")).toString();
    const trailer = "--\n-- PostgreSQL database dump complete";
    cases.push(
      ...nothing(whole),
      { name: "of an empty database", files: single(".dump", await dump("-Fc", "empty")), wanted: "bad" },
      { name: "without rows", files: single(".dump", await dump("-Fc --schema-only", "shop")), wanted: "bad" },
      { name: "without tables", files: single(".dump", await dump("-Fc --data-only", "shop")), wanted: "bad" },
      { name: "naming its database", files: single(".sql", await dump("-Fp -C --clean", "shop")), wanted: "clean" },
      edited("with a command of the shell", text, (all) => all.replace(trailer, `\\! touch /tmp/owned\n${trailer}`)),
      edited("with a program", text, (all) => all.replace(trailer, `COPY stamped FROM PROGRAM 'id';\n${trailer}`)),
      edited("that connects elsewhere", text, (all) => all.replace(trailer, `\\connect other\n${trailer}`)),
      edited("with a statement that fails", text, (all) => all.replace(trailer, `SELECT 1/0;\n${trailer}`)),
      edited("whose rows break a key", text, (all) => all.replace(/(COPY public\.stamped .*\n)/, "$11\t2020-01-01\n")),
      edited("without its closing line", text, (all) => all.replace("PostgreSQL database dump complete", "")),
      edited(
        "from a newer server",
        text,
        (all) => all.replace(/(Dumped from database version )15\.\d+/, "$119.1"),
        "void",
      ),
      edited("by a newer program", text, (all) => all.replace(/(Dumped by pg_dump version )15\.\d+/, "$119.1"), "void"),
      edited(
        "with an extension that is not here",
        text,
        (all) =>
          all.replace(
            "SET client_min_messages = warning;",
            "SET client_min_messages = warning;\nCREATE EXTENSION IF NOT EXISTS fogbell_unknown WITH SCHEMA public;",
          ),
        "void",
      ),
    );
  });
  test("is judged rightly", { timeout: 1_500_000 }, async () => {
    expect(cases.length).toBeGreaterThan(70);
    await judgeAll(cases);
  });
});

describe("MariaDB", () => {
  const cases: Case[] = [];
  beforeAll(async () => {
    if (mariadb === undefined) throw new Error("no engine");
    await using bench = await openBench(mariadb);
    const client = 'mariadb --socket="$DB_SOCKET"';
    const files = ["sakila-mysql-schema.sql", "sakila-mysql-data.sql", "chinook-mysql.sql"].map(sampleFile);
    const databases = files.includes(null) ? ["small"] : ["sakila", "Chinook"];
    await bench.sh(
      `echo 'CREATE DATABASE small; USE small; CREATE TABLE t (id int auto_increment primary key, v text); INSERT INTO t (v) SELECT seq FROM seq_1_to_3000; CREATE DATABASE empty;' | ${client}`,
    );
    for (const file of files) if (file !== null) await bench.sh(`${client} <${await bench.bring(file)} >/dev/null`);
    const dump = async (flags: string, pack = "cat") => {
      await bench.sh(
        `mariadb-dump --socket="$DB_SOCKET" --single-transaction --hex-blob ${flags} >"$SCRATCH/x" && ${pack} <"$SCRATCH/x" >"$SCRATCH/y"`,
      );
      return bench.take("y");
    };
    for (const database of databases) {
      for (const [how, ending, pack] of [
        ["plain", ".sql", "cat"],
        ["gzip", ".sql.gz", "gzip"],
        ["zstd", ".sql.zst", "zstd -q"],
      ] as const) {
        const bytes = await dump(`--routines --triggers --events ${database}`, pack);
        const name = `${database} ${how}`;
        cases.push({ name, files: single(ending, bytes), wanted: "clean" });
        // One database is enough to be spoiled in every way; the other shows that clean stays clean.
        if (database !== databases[0]) continue;
        cases.push(...spoiled(name, ending, bytes));
        if (how !== "plain") cases.push(...flipped(name, ending, bytes));
      }
      for (const flags of ["--skip-extended-insert", "--skip-add-locks", "--complete-insert"]) {
        cases.push({
          name: `${database} ${flags}`,
          files: single(".sql", await dump(`${flags} ${database}`)),
          wanted: "clean",
        });
      }
    }
    const [database = ""] = databases;
    const text = (await dump(database)).toString();
    cases.push(
      ...nothing(single(".sql.gz", gzipSync(text))),
      {
        name: "of several databases, and nobody says which",
        files: single(".sql", await dump(`--databases ${database} small`)),
        wanted: databases.includes("small") ? "clean" : "void",
      },
      { name: "naming its database", files: single(".sql", await dump(`--databases ${database}`)), wanted: "clean" },
      { name: "of an empty one", files: single(".sql", await dump("empty")), wanted: "bad" },
      { name: "without rows", files: single(".sql", await dump(`--no-data ${database}`)), wanted: "bad" },
      edited("with a command of the shell", text, (all) =>
        all.replace("-- Dump completed", "\\! touch /tmp/owned\n-- Dump completed"),
      ),
      edited("with a statement that fails", text, (all) =>
        all.replace("-- Dump completed", "SELECT * FROM nowhere;\n-- Dump completed"),
      ),
      edited("that uses another database", text, (all) =>
        all.replace("-- Dump completed", "USE mysql;\n-- Dump completed"),
      ),
      edited(
        "with a collation that is not here",
        text,
        (all) =>
          all.replace("-- Dump completed", "CREATE TABLE c (v text COLLATE utf8mb4_fogbell_ci);\n-- Dump completed"),
        "void",
      ),
    );
  });
  test("is judged rightly", { timeout: 1_500_000 }, async () => {
    expect(cases.length).toBeGreaterThan(25);
    await judgeAll(cases);
  });
});

test("both rates over all of them", () => {
  const of = (wanted: Case["wanted"]) => verdicts.filter((one) => one.wanted === wanted);
  const [clean, bad, unjudged] = [of("clean"), of("bad"), of("void")];
  const calledBad = clean.filter(({ verdict }) => verdict !== "recovered");
  const calledGood = bad.filter(({ verdict }) => ["recovered", "void", "late"].includes(verdict));
  const guessed = unjudged.filter(({ verdict }) => verdict !== "void");
  const rate = (some: readonly unknown[], all: readonly unknown[]) => `${some.length} of ${all.length}`;
  process.stdout.write(
    `\n${verdicts.length} backups: ${rate(calledBad, clean)} clean ones not called good, ` +
      `${rate(calledGood, bad)} bad ones not called bad, ${rate(guessed, unjudged)} judged that could not be\n`,
  );
  if (process.env.FOGBELL_RATES !== undefined) {
    for (const { name, verdict, because } of verdicts) process.stdout.write(`${verdict}\t${name}\t${because}\n`);
  }
  const said = [...calledBad, ...calledGood, ...guessed].map(
    ({ name, verdict, because }) => `${name}: ${verdict}: ${because}`,
  );
  expect(said).toEqual([]);
  expect(verdicts.length).toBeGreaterThanOrEqual(LONG ? 100 : 12);
  expect(Math.min(clean.length, bad.length)).toBeGreaterThan(0);
});

describe("a bucket that nobody described", () => {
  let ceph: Ceph;
  beforeAll(async () => {
    ceph = await startCeph();
  });
  afterAll(() => ceph[Symbol.asyncDispose]());

  test("init then verify give a right verdict, in a sandbox that is cut off", { timeout: 300_000 }, async () => {
    if (postgres === undefined) throw new Error("no engine");
    await ceph.bucket("nightly");
    const put = (Key: string, Body: Buffer) => ceph.client.send(new PutObjectCommand({ Bucket: "nightly", Key, Body }));
    await using bench = await openBench(postgres);
    await bench.sh(
      "createdb shop && psql -Xqd shop -c 'CREATE TABLE orders (id serial PRIMARY KEY); INSERT INTO orders SELECT FROM generate_series(1, 900)' && pg_dump -Fc -d shop -f \"$SCRATCH/x\"",
    );
    const bytes = await bench.take("x");
    const DAY = 86_400_000;
    const at = (ms: number) => stamp(Date.now() - 3_600_000 - ms);
    for (let day = 0; day < 60; day++) await put(`shop/daily/shop-${at(day * DAY)}.dump`, bytes);
    for (let week = 0; week < 20; week++) await put(`shop/weekly/shop-${at(week * 7 * DAY)}.dump`, bytes);
    const url = ceph.url("nightly", "shop");
    const { text } = await propose({ catalog, stores: [url], engine: null, rtoMs: null, rpoMs: null, signal });
    const config = configOf(text);
    expect(config.config.databases.map(({ name, sources }) => [name, sources.map(({ pattern }) => pattern)])).toEqual([
      ["shop", ["daily/shop-*.dump", "weekly/shop-*.dump"]],
    ]);
    const verify = async (outFolder: string) =>
      (
        await verifyAll({
          ...PLAINLY,
          config,
          storeUrl: null,
          sandbox: "docker",
          outFolder,
          trustBackups: false,
        })
      ).map(({ result }) => result);
    const [good] = await verify(join(folder.path, "s3"));
    expect(good?.reasons).toEqual([expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/)]);
    await put(`shop/daily/shop-${at(0)}.dump`, bytes.subarray(0, bytes.length - 50));
    const [bad] = await verify(join(folder.path, "s3"));
    expect(bad?.verdict).toBe("lost");
    expect(bad?.verified).toMatchObject({ asked: false });
    expect(bad?.reasons[0]).toMatch(/The newest good one is shop|The newest good one is .*shop-/);
    expect(bad?.cleanup?.failed).toEqual([]);
  });

  test("sealed with gpg: opened with the key, void with a wrong one, lost when it was cut off", {
    timeout: 300_000,
  }, async () => {
    if (postgres === undefined) throw new Error("no engine");
    await using bench = await openBench(postgres);
    await bench.sh(
      "createdb shop && psql -Xqd shop -c 'CREATE TABLE orders (id serial PRIMARY KEY); INSERT INTO orders SELECT FROM generate_series(1, 900)' && pg_dump -Fp -d shop -f \"$SCRATCH/x\"",
    );
    const store = join(folder.path, "sealed");
    await mkdir(store, { recursive: true });
    const home = join(folder.path, "gpg");
    await mkdir(home, { mode: 0o700 });
    const sealed = execFileSync(
      "gpg",
      [
        "--batch",
        "--quiet",
        "--homedir",
        home,
        "--pinentry-mode",
        "loopback",
        "--passphrase",
        "planted-passphrase",
        "--symmetric",
        "--output",
        "-",
      ],
      { input: gunzipSync(gzipSync(await bench.take("x"))), stdio: ["pipe", "pipe", "ignore"] },
    );
    const file = join(store, `shop-${STAMP}.sql.gpg`);
    const yaml = `version: 1\ndatabases:\n  - name: shop\n    engine: postgres\n    sources:\n      - { store: "directory:${store}", encryption: { with: gpg, key-env: TEST_BACKUP_KEY } }\n`;
    const config = configOf(yaml);
    const verify = async (key: string, bytes: Buffer) => {
      await writeFile(file, bytes);
      process.env.TEST_BACKUP_KEY = key;
      const runs = await verifyAll({
        ...PLAINLY,
        config,
        storeUrl: null,
        outFolder: join(folder.path, "sealed-out"),
      });
      delete process.env.TEST_BACKUP_KEY;
      const [run] = runs;
      expect(JSON.stringify(run)).not.toContain("planted-passphrase");
      return run?.result.verdict;
    };
    expect(await verify("planted-passphrase", sealed)).toBe("recovered");
    expect(await verify("another-passphrase", sealed)).toBe("void");
    expect(await verify("", sealed)).toBe("void");
    expect(await verify("planted-passphrase", sealed.subarray(0, sealed.length - 200))).toBe("lost");
  });
});
