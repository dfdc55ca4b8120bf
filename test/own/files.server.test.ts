/**
 * A drill on somebody's own database from copies of files: production is the newest of them through the log to its end,
 * and what an older one loses is exactly what its log does not bring back.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { some, testFor } from "../support/long.ts";
import { runOwn } from "../support/own-run.ts";
import { configOf } from "../support/verifying.ts";

const { signal } = new AbortController();
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

interface Job {
  readonly engine: string;
  readonly sql: (text: string, database?: string) => string;
  readonly make: string;
  readonly rows: string;
  /** Puts what was written so far into a finished piece of the log. */
  readonly switch: string;
  /** Prints where the finished pieces lie, each with its folder. */
  readonly pieces: string;
}

const TABLES = (serial: string) => `CREATE TABLE people (id ${serial} PRIMARY KEY, name varchar(40));
CREATE TABLE rental (id ${serial} PRIMARY KEY, person int NOT NULL, FOREIGN KEY (person) REFERENCES people (id));
CREATE TABLE payment (id ${serial} PRIMARY KEY, rental int NOT NULL, FOREIGN KEY (rental) REFERENCES rental (id));`;
/** Between the two copies: 7 rows inserted, 5 updated, 3 deleted. */
const DAY = `INSERT INTO rental (person) SELECT id FROM people WHERE id <= 7;
UPDATE rental SET person = 50 WHERE id BETWEEN 11 AND 15; DELETE FROM rental WHERE id BETWEEN 901 AND 903;`;
/** Behind both, in the log only. */
const AFTER = "INSERT INTO rental (person) SELECT id FROM people WHERE id <= 4;";

const ALL: readonly Job[] = [
  {
    engine: "postgres",
    sql: (text, database = "films") => `psql -Xq -v ON_ERROR_STOP=1 -d ${database} <<'SQL'\n${text}\nSQL`,
    make: "CREATE ROLE films_app LOGIN; CREATE DATABASE films OWNER films_app;",
    rows: `${TABLES("serial")} ALTER TABLE rental OWNER TO films_app;
INSERT INTO people (name) SELECT 'p' || g FROM generate_series(1, 50) g;
INSERT INTO rental (person) SELECT g % 49 + 1 FROM generate_series(1, 1000) g;
INSERT INTO payment (rental) SELECT g FROM generate_series(1, 800) g;`,
    switch: `psql -Xqd postgres -c 'SELECT pg_switch_wal()' >/dev/null; for try in $(seq 200); do
  [ "$(psql -XAtd postgres -c "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver")" = t ] && exit 0
  sleep 0.1
done; exit 1`,
    pieces: `for one in "$ARCHIVE"/*; do case \${one##*/} in *[!0-9A-F]*) ;; *) echo "$one" ;; esac; done`,
  },
  {
    engine: "mariadb",
    sql: (text, database = "films") => `mariadb --socket="$DB_SOCKET" ${database} <<'SQL'\n${text}\nSQL`,
    make: "CREATE DATABASE films; CREATE USER films_app@'%'; GRANT SELECT, INSERT ON films.* TO films_app@'%';",
    rows: `${TABLES("int auto_increment")}
INSERT INTO people (name) SELECT seq FROM seq_1_to_50;
INSERT INTO rental (person) SELECT seq % 49 + 1 FROM seq_1_to_1000;
INSERT INTO payment (rental) SELECT seq FROM seq_1_to_800;`,
    switch: `mariadb --socket="$DB_SOCKET" -e 'FLUSH BINARY LOGS'`,
    pieces: `mariadb --socket="$DB_SOCKET" -BN -e 'SELECT @@datadir' >"$SCRATCH/at"
mariadb --socket="$DB_SOCKET" -BN -e 'SHOW BINARY LOGS' | cut -f1 | sed '$d' | while read -r one; do echo "$(cat "$SCRATCH/at")$one"; done`,
  },
];

/** Every file below a folder of the bench's scratch, by its path there. */
async function filesBelow(bench: Bench, folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const path of lines(await bench.sh(`cd "$SCRATCH/${folder}" && find . -type f`)))
    found.set(path.slice(2), await bench.take(`${folder}/${path.slice(2)}`));
  return found;
}

describe.each(some("engines whose copies of files stand for production", ALL, 2))("$engine", (job) => {
  const engine = catalog.engines.find(({ name }) => name === job.engine) as Engine;
  const method = engine.methods.find(({ name }) => name === "physical");
  let folder: Awaited<ReturnType<typeof testFolder>>;
  const store = (name: string) => join(folder.path, name);

  async function put(name: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
    for (const [path, bytes] of files) {
      await mkdir(dirname(join(store(name), path)), { recursive: true });
      await writeFile(join(store(name), path), bytes);
    }
  }

  async function copied(bench: Bench): Promise<Map<string, Buffer>> {
    await bench.sh('rm -rf "$SCRATCH/copies" && mkdir "$SCRATCH/copies"');
    const told = method?.backup(`films-${stamp(Date.now())}`, method.options.parse({})) ?? [];
    for (const { script } of told) await bench.sh(`export BACKUP_DIR="$SCRATCH/copies"\n${script}`);
    return filesBelow(bench, "copies");
  }

  beforeAll(async () => {
    folder = await testFolder();
    await using bench = await openBench(engine, engine.log?.settings);
    await bench.sh(job.sql(job.make, job.engine === "postgres" ? "postgres" : "mysql"));
    await bench.sh(job.sql(job.rows));
    const first = await copied(bench);
    await bench.sh("sleep 2");
    await bench.sh(job.sql(DAY));
    await bench.sh(job.switch);
    const second = await copied(bench);
    await bench.sh("sleep 2");
    await bench.sh(job.sql(AFTER));
    await bench.sh(job.switch);
    const log = new Map<string, Buffer>();
    for (const path of lines(await bench.sh(job.pieces)))
      log.set(`log/${path.split("/").at(-1)}`, await bench.take(path));
    for (const name of ["alone", "with-log"]) {
      await put(name, first);
      await put(name, second);
    }
    await put("with-log", log);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const run = (id: string, from: string, database = "films"): Promise<DrillResult> =>
    runOwn({
      config: configOf(
        `version: 1\ndatabases:\n  - name: ${database}\n    engine: ${job.engine}\n    objectives: { rto: 10m, rpo: 1h }\n    sources: [{ store: "directory:${store(from)}" }]\n`,
      ),
      database,
      scenarios: [id],
      outFolder: join(folder.path, "out"),
      signal,
    });

  testFor(false)("two copies alone: what lies between them is lost, to the row", async () => {
    const result = await run("drop-table", "alone");
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({
      verdict: "recovered",
      reasons: [expect.stringMatching(/^proven, within RTO and RPO; 7 rows missing, 5 older and 3 extra/)],
    });
    expect(result.measured).toMatchObject({ rowsMissing: 7, rowsAltered: 5, rowsExtra: 3 });
  });

  test("through one's own log the older copy has it all", async () => {
    const result = await run("drop-table", "with-log");
    expect({ verdict: result.verdict, reasons: result.reasons }).toEqual({
      verdict: "recovered",
      reasons: ["proven, within RTO and RPO; no row is missing, altered or extra"],
    });
    const chosen = result.sources.find((one) => one.chosen);
    expect(chosen?.id).not.toBe(result.scenario.own?.production);
    expect(result.measured.rpaMs).toBeLessThan(1000);
  });

  testFor(false)("a name that the copy does not hold is answered with those that it does", async () => {
    const result = await run("drop-table", "alone", "movies");
    expect({ verdict: result.verdict, because: result.reasons[0] }).toEqual({
      verdict: "void",
      because: expect.stringMatching(/holds no database movies, but films/),
    });
  });
});
