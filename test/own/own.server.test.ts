/**
 * A drill on somebody's own database, from its own nightly dumps: the loss between two nights to the row, the copies never
 * written to, and nothing that recovers from the copy that production is made of.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { sha256 } from "../../src/host/digest.ts";
import type { Engine } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { testFor } from "../support/long.ts";
import { runOwn } from "../support/own-run.ts";
import { configOf } from "../support/verifying.ts";

const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
/** `vault` is a second store. */
interface Asking {
  readonly set?: Record<string, string>;
  readonly trustBackups?: boolean;
  readonly vault?: string;
  /** Another first store. */
  readonly from?: string;
  /** Done when the copies are known and nothing is fetched yet. */
  readonly meanwhile?: () => Promise<void>;
}
const { signal } = new AbortController();

interface Job {
  readonly engine: string;
  readonly make: string;
  /** Between last night and tonight: 7 rows inserted, 5 updated, 3 deleted, in the table that others refer to. */
  readonly day: string;
  readonly dump: string;
  /** The file of roles beside every copy. */
  readonly accounts: string;
  readonly sql: (text: string) => string;
}

const TABLES = (serial: string, moment: string) =>
  `CREATE TABLE people (id ${serial} PRIMARY KEY, name varchar(40), note text);
CREATE TABLE rental (id ${serial} PRIMARY KEY, person int NOT NULL, taken ${moment}, FOREIGN KEY (person) REFERENCES people (id));
CREATE TABLE payment (id ${serial} PRIMARY KEY, rental int NOT NULL, amount int, FOREIGN KEY (rental) REFERENCES rental (id));
CREATE TABLE plain (id int PRIMARY KEY, note text);
INSERT INTO plain VALUES (1, 'planted-1'), (2, 'planted-2');`;
const DAY = `INSERT INTO rental (person, taken) SELECT id, NULL FROM people WHERE id <= 7;
UPDATE rental SET person = 50 WHERE id BETWEEN 11 AND 15; DELETE FROM rental WHERE id BETWEEN 901 AND 903;`;

const JOBS: readonly Job[] = [
  {
    engine: "postgres",
    make: `${TABLES("serial", "timestamptz")}
CREATE ROLE films_app LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO films_app;
INSERT INTO people (name) SELECT 'p' || g FROM generate_series(1, 50) g;
INSERT INTO rental (person, taken) SELECT g % 49 + 1, now() FROM generate_series(1, 1000) g;
INSERT INTO payment (rental, amount) SELECT g, g FROM generate_series(1, 800) g;`,
    day: DAY,
    dump: 'pg_dump -Fc -d films -f "$SCRATCH/x"',
    accounts: `CREATE ROLE films_app;
ALTER ROLE films_app WITH NOSUPERUSER INHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS;
CREATE ROLE an_onlooker LOGIN;
`,
    sql: (text) => `psql -Xq -v ON_ERROR_STOP=1 -d films <<'SQL'\n${text}\nSQL`,
  },
  {
    engine: "mariadb",
    make: `${TABLES("int auto_increment", "timestamp NULL")}
INSERT INTO people (name) SELECT seq FROM seq_1_to_50;
INSERT INTO rental (person, taken) SELECT seq % 49 + 1, NOW() FROM seq_1_to_1000;
INSERT INTO payment (rental, amount) SELECT seq, seq FROM seq_1_to_800;`,
    day: DAY,
    dump: 'mariadb-dump --socket="$DB_SOCKET" --single-transaction films | gzip >"$SCRATCH/x"',
    accounts: `CREATE USER IF NOT EXISTS \`films_app\`@\`%\` IDENTIFIED BY PASSWORD '*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`films\`.* TO \`films_app\`@\`%\`;
CREATE USER IF NOT EXISTS \`an_onlooker\`@\`%\`;
`,
    sql: (text) => `mariadb --socket="$DB_SOCKET" films <<'SQL'\n${text}\nSQL`,
  },
];

describe.each(JOBS)("$engine", (job) => {
  /** What says the same of both engines: one of them takes it in `npm test`. */
  const once = testFor(job.engine === "mariadb");
  const engine = catalog.engines.find(({ name }) => name === job.engine) as Engine;
  let folder: Awaited<ReturnType<typeof testFolder>>;
  let store = "";

  beforeAll(async () => {
    folder = await testFolder();
    store = join(folder.path, "store");
    await mkdir(store);
    await using bench = await openBench(engine);
    await bench.sh(job.engine === "postgres" ? "createdb films" : 'mariadb-admin --socket="$DB_SOCKET" create films');
    await bench.sh(job.sql(job.make));
    for (const ageMs of [50 * HOUR, 26 * HOUR, 2 * HOUR]) {
      if (ageMs === 2 * HOUR) await bench.sh(job.sql(job.day));
      await bench.sh(job.dump);
      await writeFile(join(store, `films-${stamp(NOW - ageMs)}.dump`), await bench.take("x"));
    }
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const config = ({ vault, from = store }: Asking = {}) =>
    configOf(
      `version: 1\ndatabases:\n  - name: films\n    engine: ${job.engine}\n    objectives: { rto: 10m, rpo: 25h }\n    sources: [{ store: "directory:${from}" }${vault === undefined ? "" : `, { store: "directory:${vault}" }`}]\n`,
    );

  /** A store of its own with the copies of last night and before, newest first, each as it is told to be. */
  async function storeOf(name: string, change: (bytes: Buffer, night: number) => Buffer | null): Promise<string> {
    const made = join(folder.path, name);
    await mkdir(made);
    const nights = (await readdir(store))
      .filter((one) => one.endsWith(".dump"))
      .sort()
      .reverse();
    for (const [night, file] of nights.entries()) {
      const bytes = change(await readFile(join(store, file)), night);
      if (bytes !== null) await writeFile(join(made, file), bytes);
    }
    return made;
  }

  const run = (names: readonly string[], asking: Asking = {}): Promise<DrillResult> =>
    runOwn({
      config: config(asking),
      database: "films",
      scenarios: names,
      set: asking.set ?? {},
      outFolder: join(folder.path, "out"),
      trustBackups: asking.trustBackups ?? true,
      meanwhile: asking.meanwhile,
      signal,
    });

  const hashes = async () => {
    const names = (await readdir(store)).sort();
    return Promise.all(names.map(async (name) => `${name} ${sha256(await readFile(join(store, name)))}`));
  };

  /** The shipped story with a part of it replaced, beside nothing else. */
  async function changed(id: string, change: (text: string) => string): Promise<string> {
    const file = join(folder.path, `${id}.drill.yaml`);
    const text = change(await readFile("scenarios/drop-table.drill.yaml", "utf8"));
    await writeFile(file, text.replace("id: drop-table", `id: ${id}`));
    return file;
  }

  test("the loss is what lies between two nights, to the row, and the copies are as they were", async () => {
    const before = await hashes();
    const result = await run(["drop-table"]);
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({
      verdict: "recovered",
      reasons: [
        "proven, within RTO and RPO; 7 rows missing, 5 older and 3 extra, all within the loss the scenario allows",
      ],
    });
    expect(result.measured).toMatchObject({ rowsMissing: 7, rowsAltered: 5, rowsExtra: 3, rpaMs: 24 * HOUR });
    expect(result.scenario.own?.name).toBe("films");
    const [chosen] = result.sources.filter((one) => one.chosen);
    const rejected = result.sources.find((one) => one.id === result.scenario.own?.production);
    expect(rejected?.rejectedAs).toBe("is-production");
    expect(chosen?.id).not.toBe(result.scenario.own?.production);
    expect(await hashes()).toEqual(before);
    // The procedure holds what recovers, and nothing of what made production.
    expect(result.places.POINT?.value).toBe(chosen?.id);
    expect(result.places.STORE?.value).toBe(`directory:${store}`);
    expect(JSON.stringify(result)).not.toContain("planted");
  });

  test("a story that spoils the newest copy spoils a layer over it", async () => {
    const before = await hashes();
    const result = await run(["truncated-dump"]);
    expect({ verdict: result.verdict, designed: result.scenario.designed }).toEqual({
      verdict: "late",
      designed: "late",
    });
    expect(result.measured).toMatchObject({ rowsMissing: 7, rowsAltered: 5, rowsExtra: 3 });
    expect(result.sources.find((one) => one.chosen)?.id).toContain(stamp(NOW - 50 * HOUR).slice(0, 8));
    expect(await hashes()).toEqual(before);
  });

  test("a recovery that does nothing is lost, a disaster that does nothing is void", async () => {
    const nothing = await changed("no-recovery", (text) => text.replace(/.*do: copy-table-back.*\n/, ""));
    const lost = await run([nothing]);
    expect({ verdict: lost.verdict, because: lost.reasons[0] }).toMatchObject({
      verdict: "lost",
      because: expect.stringMatching(/rows of .*rental|rental does not exist/),
    });
    const calm = await changed("no-disaster", (text) =>
      text
        .replace("{ do: drop-table, table: $table }", '{ do: run-sql, sql: "SELECT 1 FROM $table" }')
        .replace("{ probe: table-missing, table: $table }", "{ probe: row-count, table: $table }"),
    );
    const drilled = await run([calm]);
    expect({ verdict: drilled.verdict, because: drilled.reasons[0] }).toEqual({
      verdict: "void",
      because: expect.stringMatching(/every table is as it was before|the verification cannot see this disaster/),
    });
  });

  test("a story that drops an account drops the one with most rights, and it comes from the file beside the copies", async () => {
    const names = (await readdir(store)).sort();
    const beside = names.map((name) => join(store, name.replace(/\.dump$/, ".globals.sql")));
    await Promise.all(beside.map((file) => writeFile(file, job.accounts)));
    try {
      const before = await hashes();
      const result = await run(["wrong-tab-delete"]);
      expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({
        verdict: "recovered",
        reasons: [expect.stringMatching(/^proven, within RTO and RPO; 7 rows missing, 5 older and 3 extra/)],
      });
      const logins = result.findings.filter(({ probe }) => probe === "login");
      expect(logins.map(({ group, because }) => [group, because])).toEqual([
        ["healthy", "films_app may log in"],
        ["proof", expect.stringMatching(/^films_app cannot log in/)],
        ["verify", "films_app may log in"],
      ]);
      expect(await hashes()).toEqual(before);
      const other = await run(["wrong-tab-delete"], { set: { role: "films_ap" } });
      expect({ verdict: other.verdict, because: other.reasons[0] }).toEqual({
        verdict: "void",
        because: expect.stringMatching(/no account "films_ap" .*; it has films_app/),
      });
    } finally {
      await Promise.all(beside.map((file) => rm(file)));
    }
  });

  once("a story whose SQL is the shop's is lived by what it says of other databases", async () => {
    const before = await hashes();
    const loaded = await run(["test-data-over-prod"], { set: { table: "people" } });
    expect({ verdict: loaded.verdict, reasons: loaded.reasons }).toEqual({
      verdict: "recovered",
      reasons: [expect.stringMatching(/^proven, within RTO and RPO; no row is missing/)],
    });
    const misled = await run(["empty-db-misdirect"]);
    expect({ verdict: misled.verdict, reasons: misled.reasons }).toEqual({
      verdict: "recovered",
      reasons: [expect.stringMatching(/^proven, within RTO and RPO; no row is missing/)],
    });
    expect(await hashes()).toEqual(before);
  });

  once("a store that is closed leaves the copy that lies elsewhere", async () => {
    const vault = join(folder.path, "vault");
    await mkdir(vault);
    const oldest = (await readdir(store)).sort()[0] ?? "";
    await writeFile(join(vault, oldest.replace("films", "vault-films")), await readFile(join(store, oldest)));
    const before = await hashes();
    const result = await run(["backups-share-the-blast"], { vault });
    expect({ verdict: result.verdict, designed: result.scenario.designed }).toEqual({
      verdict: "late",
      designed: "late",
    });
    expect(result.sources.filter((one) => one.chosen).map(({ id }) => id)).toEqual([
      expect.stringContaining("vault-films"),
    ]);
    expect(result.measured).toMatchObject({ rowsMissing: 7, rowsAltered: 5, rowsExtra: 3 });
    expect(await hashes()).toEqual(before);
  });

  test("one copy alone is said before anything starts", async () => {
    const from = await storeOf("one", (bytes, night) => (night === 0 ? bytes : null));
    await expect(run(["drop-table"], { from })).rejects.toMatchObject({
      code: "FB_OWN_ONE_COPY",
      message: expect.stringMatching(/one copy that can be used, films-.*nothing older is left/),
    });
  });

  once("older copies that are cut off are each named, and nothing comes back from them", async () => {
    const cut = (bytes: Buffer, night: number) =>
      night === 0 ? bytes : bytes.subarray(0, Math.floor(bytes.length / 2));
    const from = await storeOf("cut", cut);
    const result = await run(["drop-table"], { from });
    expect({ verdict: result.verdict, because: result.reasons[0] }).toEqual({
      verdict: "lost",
      because: expect.stringMatching(/films-/),
    });
    expect(result.sources.filter((one) => one.chosen)).toEqual([]);
    expect(result.sources.filter(({ id }) => id !== result.scenario.own?.production)).toHaveLength(2);
  });

  once("a newest copy that is cut off stands in for nothing, and the next command is said", async () => {
    const cut = (bytes: Buffer, night: number) => (night > 0 ? bytes : bytes.subarray(0, Math.floor(bytes.length / 2)));
    const result = await run(["drop-table"], { from: await storeOf("newest-cut", cut) });
    expect({ verdict: result.verdict, code: result.problems[0]?.code, because: result.reasons[0] }).toEqual({
      verdict: "void",
      code: "FB_OWN_UNFIT",
      because: expect.stringMatching(/the newest copy, can't stand in for production/),
    });
    expect(result.problems[0]?.next).toContain("fogbell run drop-table --on films --production yesterday");
  });

  once("a copy that goes between listing and fetching is not missed where an older one is left", async () => {
    const from = await storeOf("moving", (bytes) => bytes);
    const [, second = ""] = (await readdir(from)).sort().reverse();
    const result = await run(["drop-table"], { from, meanwhile: () => rm(join(from, second)) });
    expect(result.verdict).toBe("late");
    expect(result.sources.find((one) => one.chosen)?.id).toContain(stamp(NOW - 50 * HOUR).slice(0, 8));
    const newest = await storeOf("gone", (bytes) => bytes);
    const [first = ""] = (await readdir(newest)).sort().reverse();
    const gone = await run(["drop-table"], { from: newest, meanwhile: () => rm(join(newest, first)) });
    expect(gone.verdict).toBe("void");
    expect(gone.reasons[0]).toContain(first);
  });

  test("a table that is not there is named with its nearest, and nothing is judged", async () => {
    const result = await run(["drop-table"], { set: { table: "rentals" } });
    expect(result.verdict).toBe("void");
    expect(result.reasons[0]).toMatch(/no table "rentals"; did you mean "rental"\?/);
  });

  test("a table without a counter comes back whole", async () => {
    const result = await run(["drop-table"], { set: { table: "plain" } });
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({
      verdict: "recovered",
      reasons: ["proven, within RTO and RPO; no row is missing, altered or extra"],
    });
    expect(JSON.stringify(result)).not.toContain("planted-");
  });

  test("a copy of somebody's own is not opened where it could reach out", async () => {
    const result = await run(["drop-table"], { trustBackups: false });
    expect({ verdict: result.verdict, code: result.problems[0]?.code }).toEqual({
      verdict: "refused",
      code: "FB_FOREIGN_BACKUP",
    });
  });
});
