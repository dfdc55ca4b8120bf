import { describe, expect, test } from "vitest";
import { changed, good, issuesOf, lineOf, whole } from "../support/issues.ts";

const BACKUPS = / {2}backups:\n(?: {4}- .*\n)+/;

describe("what no single key can show", () => {
  test.each([
    ["age: 9h", "age: 0s", /age must be above zero/],
    ["rto: 15m", "rto: 0s", /objectives\.rto must be above zero/],
    ["every: 1m", "every: 0m", /world\.writer\.every must be above zero/],
    ["over: 60m", "over: 0s", /over must be above zero/],
    ["mtd: 4h", "mtd: 1m", /longer than the maximum tolerable downtime/],
    ["name: hourly", "name: nightly", /two backups are called "nightly"/],
    ["name: hourly", "name: newest-verified", /is what recovery\.source calls something else/],
    ["when: disk-free, under: 1GiB", "when: elapsed, over: 10m", /"elapsed" is told twice/],
    ["preset: shop", "preset: shopp", /no dataset preset "shopp" for postgres; use one of: shop/],
    [
      '{ postgres: ["15", "17", "18"], mariadb: ["10.11", "11.8"], mysql: ["9"], sqlite: ["3"] }',
      "{}",
      /no engine is named/,
    ],
    [
      "method: logical, age: 9h, postgres: { format: custom }",
      "method: repository, age: 9h",
      /mariadb has no method "repository"; it has logical/,
    ],
    ["age: 9h, postgres: { format: custom }", "age: 9h, format: custom", /mariadb's logical knows no "format"/],
  ])("%s → %s", async (right, wrong, message) => {
    const [issue, ...more] = await issuesOf(changed(right, wrong));
    expect(more).toEqual([]);
    expect(issue?.message).toMatch(message);
    expect(issue?.line).toBe(lineOf(right));
  });

  test("a verification that cannot see its own disaster is refused", async () => {
    const VERIFY = /^verify:\n(?: {2}.*\n)+/m;
    const verdict = async (probes: string) =>
      (await issuesOf(good.replace(VERIFY, `verify:\n${probes}`))).map(({ message }) => message);
    const blind = [expect.stringContaining("no probe looks at orders, which the disaster harms")];
    expect(await verdict("  - { probe: rows, except: [orders] }\n  - { probe: heartbeat-gap, max: 12h }\n")).toEqual(
      blind,
    );
    expect(await verdict("  - { probe: row-count, table: customers }\n")).toEqual(blind);
    for (const seeing of [
      "rows",
      "rows, tables: [public.orders]",
      "row-count, table: orders",
      "constraints",
      "sql, ask: 'SELECT 1', is: 1",
    ])
      expect(await verdict(`  - { probe: ${seeing} }\n`)).toEqual([]);
  });

  test("a source that is not there comes with the nearest that is", async () => {
    for (const [typed, meant] of [
      ["nightli", "nightly"],
      ["newest-verifed", "newest-verified"],
    ] as const) {
      const [issue] = await issuesOf(changed("source: newest-verified", `source: ${typed}`));
      expect(issue).toMatchObject({ line: lineOf("source: newest"), column: 11, suggestion: meant });
    }
  });

  test.each([
    ["none", "", /there is no backup, and the recovery restores one/],
    ["an empty list", "  backups: []\n", /there is no backup/],
    [
      "decoys only",
      "  backups:\n    - { name: old, method: logical, age: 61d, decoy: true }\n",
      /every backup is a decoy, and the recovery restores one/,
    ],
  ])("backups: %s", async (_name, backups, message) => {
    expect((await issuesOf(changed(BACKUPS, backups))).map((issue) => issue.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });

  test("a recovery that restores nothing needs no backup", async () => {
    const text = changed(BACKUPS, "").replace(/ {4}- \{ phase: (?:restore|normal).*\n/g, "");
    expect(await issuesOf(text)).toEqual([]);
  });
});

test("only a file can arrive broken, and a wrong move takes a backup that there is", async () => {
  const replica = changed(
    "method: logical, age: 9h, postgres: { format: custom }",
    "method: replica, age: 9h, fault: empty",
  );
  expect((await issuesOf(replica)).map(({ message }) => message)).toEqual([
    expect.stringContaining('sqlite has no method "replica"'),
    expect.stringContaining("a replica is no file that could arrive broken"),
  ]);
  expect(
    (await issuesOf(whole.replace("source: old-export", "source: old-exprt"))).map(({ message }) => message),
  ).toEqual([expect.stringContaining('wrong-move.source: no backup is called "old-exprt"')]);
});

describe("together with the schema's complaints", () => {
  test("all are named in the order of the file", async () => {
    const text = changed("id: drop-table", "id: drop-tables")
      .replace("rto: 15m", "rto: 15")
      .replace("name: hourly", "name: nightly");
    expect((await issuesOf(text)).map(({ path }) => path)).toEqual(["id", "objectives.rto", "world.backups.1.name"]);
  });
  test.each([
    ["backups:", "backup:"],
    ["id: drop-table", "id: Drop_Table"],
    ["world:", "wrld:"],
    ["age: 9h", "age: -9h"],
  ])("none is named twice: %s → %s", async (right, wrong) =>
    expect(await issuesOf(changed(right, wrong))).toHaveLength(1),
  );
});
