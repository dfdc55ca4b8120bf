/** Backups of a database that lives on, verified night after night: what was seen before counts, and nothing is left. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { LABEL_NAME, parseLabel } from "../../src/host/label.ts";
import type { Engine } from "../../src/parts.ts";
import { overviews, type VerifyRequest, verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type Bench, openBench, testFolder } from "../support/dumps.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const { signal } = new AbortController();
const engine = catalog.engines[0] as Engine;
const HOUR = 3_600_000;
const ago = (ageMs: number) => stamp(Date.now() - ageMs);

let bench: Bench;
let folder: Awaited<ReturnType<typeof testFolder>>;
let store = "";
let out = "";
beforeAll(async () => {
  bench = await openBench(engine);
  folder = await testFolder();
  await bench.sh(
    "createdb shop && psql -Xqd shop -c \"CREATE ROLE clerk; CREATE TABLE people (id serial PRIMARY KEY, name text CHECK (name <> '')); CREATE TABLE orders (id serial PRIMARY KEY, person int REFERENCES people, created_at timestamptz); ALTER TABLE orders OWNER TO clerk; INSERT INTO people (name) SELECT 'planted-' || g FROM generate_series(1, 300) g; INSERT INTO orders (person, created_at) SELECT g, now() - interval '1 hour' FROM generate_series(1, 300) g\"",
  );
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});
let number = 0;
beforeEach(async () => {
  store = join(folder.path, `store-${++number}`);
  out = join(folder.path, `out-${number}`);
  await mkdir(store);
});

/** Backs the shop up as it is, under a name of that age. */
async function backUp(ageMs: number, sql = ""): Promise<void> {
  if (sql !== "") await bench.sh(`psql -Xqd shop -c "${sql}"`);
  await bench.sh('pg_dump -Fc -d shop -f "$SCRATCH/x"');
  await writeFile(join(store, `shop-${ago(ageMs)}.dump`), await bench.take("x"));
}

const told = (more = "") => {
  const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    objectives: { rto: 5m, rpo: 25h }\n    sources: [{ store: "directory:${store}" }]\n${more}`;
  return configOf(content);
};

async function verify(changes: Partial<VerifyRequest> = {}) {
  const runs = await verifyAll({
    ...PLAINLY,
    config: told(),
    storeUrl: null,
    outFolder: out,
    ...changes,
  });
  return runs.map(({ result, folder: run }) => ({ ...result, run }));
}

describe("night after night", () => {
  test("a table that is gone since the last good copy is lost, until somebody says that it was meant", async () => {
    await backUp(30 * HOUR, "CREATE TABLE extra AS SELECT g FROM generate_series(1, 10) g");
    expect((await verify()).map(({ verdict, reasons }) => [verdict, reasons[0]])).toEqual([
      ["late", expect.stringMatching(/RPA 1d 6h/)],
    ]);
    await backUp(2 * HOUR, "DROP TABLE extra");
    const [lost] = await verify();
    expect(lost?.reasons.join()).toMatch(/tables gone since the copy of .*public\.extra/);
    expect(lost?.reasons[0]).toMatch(/The newest good one is shop-/);
    expect(lost?.next[0]).toMatch(/check the backup job/);
    expect((await verify({ acceptChanges: true }))[0]?.verdict).toBe("recovered");
    expect((await verify())[0]?.verdict).toBe("recovered");
  });
  test("what was found is shown beside each recovery point", async () => {
    await backUp(2 * HOUR);
    await backUp(1 * HOUR);
    const [run] = await verify();
    const [shop] = await overviews({ catalog, config: told(), storeUrl: null, names: [], signal, outFolder: out });
    expect(shop?.points.map(({ verified }) => verified?.runId ?? null)).toEqual([run?.runId, null]);
    expect(shop?.verifiedLossMs).toBeLessThan(2 * HOUR);
  });
});

describe("which copy", () => {
  test("last week's is asked about last week; none is lost; all are one run each", async () => {
    for (const days of [0.1, 8]) await backUp(days * 24 * HOUR);
    const [week] = await verify({ at: "last-week" });
    expect(week?.verdict).toBe("recovered");
    expect(week?.scenario.variant).toBe("last-week");
    expect(week?.measured.rpaMs).toBeLessThan(25 * HOUR);
    const [month] = await verify({ at: "last-month" });
    expect(month).toMatchObject({ verdict: "lost", problems: [{ code: "FB_NO_SOURCE" }] });
    // Cut for two machines, and merged by copying.
    const parts = ["1/2", "2/2"].map((shard) => ({ at: "all", shard, outFolder: `${out}-${shard[0]}` }) as const);
    const runs = [...(await verify(parts[0])), ...(await verify(parts[1]))];
    expect(runs.map(({ sources }) => sources.length)).toEqual([1, 1]);
    expect(new Set(runs.map(({ sources: [only] }) => only?.id)).size).toBe(2);
    for (const { outFolder } of parts) await cp(outFolder, `${out}-merged`, { recursive: true });
    const merged = { catalog, config: told(), storeUrl: null, names: [], signal, outFolder: `${out}-merged` };
    const [shop] = await overviews(merged);
    expect(shop?.points.map(({ verified }) => verified?.holds)).toEqual([true, true]);
    await expect(verify({ at: "all", shard: "3/3" })).rejects.toThrow(/2 drills cannot be cut into 3 shards/);
    await expect(verify({ shard: "0/3" })).rejects.toMatchObject({ code: "FB_SHARD" });
    expect(await verify({ at: "random" })).toHaveLength(1);
  });
  test("each source by itself, and told apart", async () => {
    await backUp(1 * HOUR);
    await mkdir(join(store, "offsite"));
    await writeFile(join(store, "offsite", `shop-${ago(2 * HOUR)}.dump`), "pg_dump: error");
    const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    sources:\n      - { store: "directory:${store}", pattern: "*.dump" }\n      - { store: "directory:${store}", pattern: "offsite/*.dump" }\n`;
    const config = configOf(content);
    expect((await verify({ config })).map(({ verdict }) => verdict)).toEqual(["recovered"]);
    const runs = await verify({ config, eachSource: true });
    expect(runs.map(({ verdict }) => verdict)).toEqual(["recovered", "lost"]);
    expect(runs[1]?.scenario.variant).toBe(`of directory:${store} offsite/*.dump`);
  });
  test("an old newest one is late", async () => {
    await backUp(50 * HOUR);
    const [late] = await verify({ config: null, storeUrl: `directory:${store}`, bandwidth: 5e6 });
    expect(late).toMatchObject({
      verdict: "late",
      fetched: { limitBytesPerSecond: 5e6 },
      scenario: { variant: "over 5 MB/s" },
    });
  });
});

/** Folders in the temporary folder that carry this process's label: other tests run beside this one. */
async function leftHere(): Promise<string[]> {
  const left: string[] = [];
  for (const name of await readdir(tmpdir())) {
    const text = await readFile(join(tmpdir(), name, LABEL_NAME), "utf8").catch(() => "");
    if (parseLabel(text)?.pid === process.pid) left.push(name);
  }
  return left;
}

describe("a run", () => {
  test("is a drill like any other: journal, result, report; no row's value in any of them, and nothing left", async () => {
    await backUp(1 * HOUR);
    const before = await leftHere();
    const [run] = await verify({
      config: told(
        '    checks: [{ name: people, sql: "SELECT count(*) FROM people", equals: 300 }]\n    canary: { table: orders, column: created_at, where: "id = 300", within: 3h }\n',
      ),
    });
    expect(run?.verdict).toBe("recovered");
    expect(run?.cleanup?.failed).toEqual([]);
    expect(await leftHere()).toEqual(before);
    const files = await readdir(run?.run ?? "");
    expect(files.sort()).toEqual(["journal.jsonl", "report.md", "result.json"]);
    for (const file of files) expect(await readFile(join(run?.run ?? "", file), "utf8")).not.toContain("planted-");
    expect(await readFile(join(run?.run ?? "", "report.md"), "utf8")).toMatch(/Newest good backup \| shop-/);
    expect(run?.notes.join()).toMatch(/roles and accounts that the backup refers to .*clerk/);
    expect(run?.findings.find(({ probe }) => probe === "canary")).toMatchObject({ held: "yes", line: 8 });
    expect(run?.findings.find(({ probe }) => probe === "sql")).toMatchObject({ held: "yes", line: 7 });
  });
  test("refuses foreign backups where the sandbox is not cut off", async () => {
    await backUp(1 * HOUR);
    expect((await verify({ trustBackups: false }))[0]).toMatchObject({
      verdict: "refused",
      problems: [{ code: "FB_FOREIGN_BACKUP" }],
    });
  });
  test("of a store that cannot be read is void, with a journal to show for it", async () => {
    await rm(store, { recursive: true });
    expect((await verify())[0]).toMatchObject({ verdict: "void", problems: [{ code: "FB_STORE_MISSING" }] });
  });
  test("that is interrupted says so, and cleans up", async () => {
    await backUp(1 * HOUR);
    const { CancelledError } = await import("../../src/errors.ts");
    const controller = new AbortController();
    const [run] = await verify({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === "phase-began" && event.phase === "restore")
          controller.abort(new CancelledError("interrupted by SIGINT", { code: "FB_INTERRUPTED", by: "signal" }));
      },
    });
    expect(run).toMatchObject({ verdict: "void", interrupted: true });
    expect(run?.cleanup?.failed).toEqual([]);
  });
});

describe("copies of files", () => {
  test("whose text was sorted by another version: said where in order, void where not, and never a fault", async () => {
    const name = `sorted-${ago(HOUR)}`;
    const copy = async () => {
      await bench.sh('rm -rf "$SCRATCH/sorted"; pg_basebackup -D "$SCRATCH/sorted" -Ft -X fetch -c fast');
      await mkdir(join(store, name), { recursive: true });
      for (const file of ["base.tar", "backup_manifest"])
        await writeFile(join(store, name, file), await bench.take(`sorted/${file}`));
    };
    const order = (run: Awaited<ReturnType<typeof verify>>[number] | undefined) =>
      run?.findings.find(({ probe }) => probe === "collations");
    await bench.sh(
      "createdb sorted && psql -Xqd sorted -c \"CREATE COLLATION words (provider = icu, locale = 'de'); CREATE TABLE people (name text COLLATE words PRIMARY KEY); INSERT INTO people SELECT chr(96 + g % 26 + 1) || g FROM generate_series(1, 5000) g; INSERT INTO people VALUES ('ö'), ('z'), ('zz'), ('o'); UPDATE pg_collation SET collversion = '1.2' WHERE collname = 'words'\"",
    );
    await copy();
    const config = told("    database: sorted\n");
    const [good] = await verify({ config });
    expect([good?.verdict, order(good)?.because]).toEqual([
      "recovered",
      expect.stringMatching(/words was 1\.2 and is .* here: 1 index was built .* in order here/),
    ]);
    // What a library does that sorts otherwise from its next version on: in Swedish ö comes after z.
    await bench.sh("psql -Xqd sorted -c \"UPDATE pg_collation SET colliculocale = 'sv' WHERE collname = 'words'\"");
    await copy();
    const [other] = await verify({ config });
    await bench.sh("dropdb sorted");
    expect([other?.verdict, order(other)?.held]).toEqual(["void", "unknown"]);
    expect(order(other)?.because).toMatch(/people_pkey can't be judged here.*REINDEX/);
  });
  test("as pg_basebackup makes them by default: the log in an archive of its own", async () => {
    const name = `base-${ago(HOUR)}`;
    await bench.sh('pg_basebackup -D "$SCRATCH/base" -Ft -z -c fast');
    await mkdir(join(store, name));
    for (const file of ["base.tar.gz", "pg_wal.tar.gz", "backup_manifest"])
      await writeFile(join(store, name, file), await bench.take(`base/${file}`));
    const [run] = await verify();
    expect(run?.reasons).toEqual([expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/)]);
    expect(run?.findings.find(({ probe }) => probe === "rows")?.because).toMatch(/600 rows/);
    await rm(join(store, name, "pg_wal.tar.gz"));
    expect((await verify())[0]?.verdict).toBe("lost");
  });
});
