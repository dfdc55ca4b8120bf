/** What stands in for `sqlite3` answers as `sqlite3` does: every question, every way to back up, and what comes back from it. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlite } from "../../../src/engines/sqlite/engine.ts";
import { PROGRAM } from "../../../src/engines/sqlite/program.ts";
import type { DigestRequest, Line } from "../../../src/parts.ts";

const UNTIL = 1_760_000_000_000;
const base = mkdtempSync(join(tmpdir(), "fogbell-sqlite-"));
const PATHS = { installed: process.env.PATH ?? "", standIn: `${base}/bin:${process.env.PATH ?? ""}` };
type Who = keyof typeof PATHS;
const { phrases, methods, copies } = sqlite;

function run(who: Who, { script }: Pick<Line, "script">, more: Readonly<Record<string, string>> = {}): string {
  const folder = join(base, who);
  const env = {
    PATH: PATHS[who],
    DATABASE: `${folder}/shop.db`,
    SIDE_DATABASE: `${folder}/side.db`,
    SCRATCH: folder,
    BACKUP_DIR: folder,
    ...more,
  };
  return execFileSync("sh", ["-c", script], { env, encoding: "utf8", maxBuffer: 64 << 20 });
}

beforeAll(() => {
  mkdirSync(join(base, "bin"));
  writeFileSync(join(base, "bin", "sqlite3.mjs"), PROGRAM);
  writeFileSync(
    join(base, "bin", "sqlite3"),
    `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${base}/bin/sqlite3.mjs' "$@"\n`,
  );
  chmodSync(join(base, "bin", "sqlite3"), 0o755);
  for (const who of ["installed", "standIn"] as const) {
    mkdirSync(join(base, who));
    for (const line of phrases.preset({ name: "shop", rows: 2000, seed: 7, untilMs: UNTIL })) run(who, line);
    run(who, phrases.createHeartbeat());
    run(who, phrases.writeTicks({ fromMs: UNTIL, toMs: UNTIL + 1_800_000, everyMs: 60_000, preset: "shop", seed: 7 }));
  }
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const DIGESTS: readonly DigestRequest[] = [
  { table: "orders", buckets: 8, keyColumns: ["id"], hash: "text" },
  { table: "order_items", buckets: 8, keyColumns: ["order_id", "line"], hash: "text" },
  { table: "stock_movements", buckets: 8, keyColumns: [], hash: "text" },
  { table: "product_words", buckets: 8, keyColumns: [], hash: "text" },
];
const QUESTIONS: Readonly<Record<string, Line | undefined>> = {
  listTables: phrases.listTables(),
  bucketDigests: phrases.bucketDigests(DIGESTS),
  keyDigests: phrases.keyDigests(DIGESTS[0] as DigestRequest),
  catalogue: phrases.catalogue?.(),
  sequences: phrases.sequences?.(),
  orphans: phrases.orphans?.(),
  readAll: phrases.readAll?.(),
  newestHeartbeat: phrases.newestHeartbeat("production"),
  countAll: copies?.countAll(),
  readKeys: copies?.readKeys?.(),
  structure: copies?.structure?.(),
  survey: copies?.survey?.(),
};

test.each(Object.entries(QUESTIONS))("%s", (_name, line) => {
  if (line === undefined) throw new Error("not asked");
  const said = run("installed", line);
  expect(run("standIn", line)).toBe(said);
});

const everything = phrases.bucketDigests(DIGESTS);
test.each(
  methods.flatMap((method) =>
    method.variants.map((variant) => ({ name: variant.name, method, told: method.options.parse(variant.options(0)) })),
  ),
)("$name: made by each, restored by the other, the rows are the same", ({ name, method, told }) => {
  const before = run("installed", everything);
  const stem = `copy-${name.replaceAll(" ", "-")}`;
  for (const [maker, other] of [
    ["installed", "standIn"],
    ["standIn", "installed"],
  ] as const) {
    for (const line of method.backup(stem, told)) run(maker, line);
    const ending = method.name === "logical" ? "sql.gz" : "db";
    const BACKUP = `${base}/${maker}/${stem}.${ending}`;
    for (const line of method.recover(method.facts(told), { to: "end-of-log" })) run(other, line, { BACKUP });
    expect(run(other, everything, { DATABASE: `${base}/${other}/side.db` })).toBe(before);
    rmSync(`${base}/${other}/side.db`);
  }
});
