/**
 * 0 false lost in 100 clean backups: dumps with flags drawn from what people use, of tables full of strange values, packed
 * in every way, and copies of files. `npm test` judges some, `npm run test:long` all, and prints the figure.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBench, testFolder } from "../support/dumps.ts";
import { LONG } from "../support/long.ts";
import { type Case, type Judged, judgeAll } from "./judged.ts";
import { seeded } from "./seeded.ts";
import { copied, dumped, engineOf, fill, STAMP } from "./shops.ts";

/** Values that readers and shells stumble over. */
const STRANGE: Readonly<Record<string, string>> = {
  postgres: `CREATE SCHEMA "Other; One"; CREATE TYPE mood AS ENUM ('a''b', 'ä');
CREATE TABLE "Other; One"."Semi;Colon" ("Key ""x""" int PRIMARY KEY, t text, j jsonb, b bytea, a text[], m mood, r int4range, i interval, n numeric);
INSERT INTO "Other; One"."Semi;Colon" SELECT g, (ARRAY[E'\\\\.', E'a\\tb\\nc', '', E'--\\n\\\\connect x', 'ünï', 'DROP DATABASE x;', '$$', E'\\r\\n'])[1 + g % 8], '{"a": "\\\\u00e9"}', decode('00ff5c', 'hex'), ARRAY['x,y', NULL], 'ä', '[1,5)', '1 mon 2 days', 'NaN' FROM generate_series(1, 64) g;
CREATE TABLE parted (at date, v int) PARTITION BY RANGE (at); CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); INSERT INTO parted SELECT '2026-02-02', g FROM generate_series(1, 30) g;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM parted; CREATE INDEX ON parted (v);
SELECT lo_from_bytea(0, 'large'::bytea); COMMENT ON TABLE parted IS 'it''s; \\. $x$';`,
  mariadb: `USE shop; CREATE TABLE \`Semi;Colon\` (\`Key \`\`x\` int PRIMARY KEY, t text, b blob, j json, e enum('a''b', 'c'), d decimal(20, 5));
INSERT INTO \`Semi;Colon\` SELECT seq, ELT(1 + seq % 7, '\\\\.', 'a\\tb\\nc', '', '-- x\\nUSE mysql;', 'ünï', 'DROP DATABASE x;', '*/ \\\\! id'), UNHEX('00FF5C'), '{"a": 1}', 'a''b', seq / 3 FROM seq_1_to_64;
CREATE TABLE parted (id int, v int) PARTITION BY HASH (id) PARTITIONS 3; INSERT INTO parted SELECT seq, seq FROM seq_1_to_30;`,
};

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  postgres: [
    "--no-owner",
    "--no-privileges",
    "--quote-all-identifiers",
    "--no-comments",
    "--disable-dollar-quoting",
    "--no-tablespaces",
    "--serializable-deferrable",
    "--no-security-labels",
    "--no-sync",
    "--no-publications --no-subscriptions",
    "-E UTF8",
    "--extra-float-digits=3",
  ],
  mariadb: [
    "--single-transaction",
    "--skip-add-locks",
    "--complete-insert",
    "--hex-blob",
    "--skip-comments",
    "--no-tablespaces",
    "--skip-tz-utc",
    "--order-by-primary",
    "--skip-disable-keys",
    "--no-autocommit",
    "--quick",
    "--routines --triggers --events",
  ],
};
const ROWS: Readonly<Record<string, readonly string[]>> = {
  postgres: ["", "--inserts", "--column-inserts", "--rows-per-insert=7", "--clean --if-exists", "-C", "-C --clean"],
  mariadb: ["", "--skip-extended-insert", "--databases", "--skip-quote-names", "--insert-ignore", "--replace"],
};
const PACKS = [
  ["", "cat"],
  [".gz", "gzip"],
  [".zst", "zstd -q"],
  [".xz", "xz -1"],
  [".bz2", "bzip2"],
  [".lz4", "lz4 -q"],
] as const;

async function make(name: string, count: number): Promise<Case[]> {
  await using bench = await openBench(engineOf(name));
  await fill(bench, name);
  const client = name === "postgres" ? "psql -Xqd shop -v ON_ERROR_STOP=1" : 'mariadb --socket="$DB_SOCKET"';
  await bench.sh(`${client} >/dev/null <<'SQL'\n${STRANGE[name]}\nSQL`);
  const chance = seeded(name === "postgres" ? 41 : 43);
  const cases: Case[] = [];
  const add = (what: string, files: Case["files"]) =>
    cases.push({ name: what, form: name, engine: name, files, noticed: "clean" });
  for (const compress of ["none", "gzip"]) add(`files, ${compress}`, await copied(bench, name, { compress }));
  while (cases.length < count) {
    const flags = (FLAGS[name] ?? []).filter(() => chance.below(4) === 0).join(" ");
    const [ending, pack] = chance.pick(PACKS);
    const isArchive = name === "postgres" && chance.below(3) === 0;
    // Without its closing comment nobody knows whether a dump is whole.
    const rows = isArchive ? chance.pick(["-Fc", "-Fc -Z0", "-Ft", "-Fc -Z9"]) : chance.pick(ROWS[name] ?? []);
    const told = `${flags} ${rows}`.trim();
    const bytes = await dumped(bench, name, told, pack);
    add(`${told} | ${pack}`, { [`shop-${STAMP}${isArchive ? ".dump" : ".sql"}${ending}`]: bytes });
  }
  return cases;
}

test("0 false lost in 100 clean", { timeout: 1_800_000 }, async () => {
  await using folder = await testFolder();
  const judged: Judged[] = [];
  for (const name of ["postgres", "mariadb"]) {
    const cases = await make(name, LONG ? 52 : 5);
    judged.push(...(await judgeAll(join(folder.path, name), cases)));
  }
  // Without comments a dump does not say its server's version: where only an older one than the newest is installed, void.
  const isVersionless = ({ name, verdict }: Judged) => verdict === "void" && name.includes("--skip-comments");
  const versionless = judged.filter(isVersionless).length;
  const said = judged
    .filter((one) => one.verdict !== "recovered" && !isVersionless(one))
    .map(({ form, name, verdict, because }) => `${form} ${name}: ${verdict}: ${because}`);
  process.stdout.write(
    `\n${said.length} of ${judged.length} clean backups not called good, and ${versionless} without comments void\n`,
  );
  expect(said).toEqual([]);
  expect(judged.length).toBeGreaterThanOrEqual(LONG ? 100 : 10);
});
