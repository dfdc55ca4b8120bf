import { describe, expect, test } from "vitest";
import { changed, issuesOf, lineOf } from "../support/issues.ts";

describe("one mistake, one complaint, at its place", () => {
  test.each([
    // right, wrong, the message, the suggestion
    ["do: drop-table", "doo: drop-table", /unknown key "doo" in disaster\.steps\.0$/, "do"],
    ["probe: grants", "prob: grants", /unknown key "prob" in verify\.5$/, "probe"],
    ["phase: contain, do", "phas: contain, do", /unknown key "phas"/, "phase"],
    ["phase: contain, do", "do", /recovery\.steps\.0\.phase is missing$/, undefined],
    ["phase: contain", "phase: contian", /"contian" is not known here; one of: contain, preserve,/, "contain"],
    ["do: drop-table", "phase: restore, do: drop-table", /unknown key "phase" in disaster\.steps\.0$/, undefined],
    ["copy-table-back, table", "copy-table-back, tabel", /unknown key "tabel"/, "table"],
    ["do: drop-table, table: $table", "do: drop-table", /disaster\.steps\.0\.table is missing$/, undefined],
    ["format: custom", "fromat: custom", /unknown key "fromat" in world\.backups\.0\.postgres$/, "format"],
    ["compress: gzip", "compress: gzp", /"gzp" is not known here/, "gzip"],
    ["rows: 200000", "row: 200000", /unknown key "row" in world\.dataset$/, "rows"],
    ["rows: 200000", "rows: 200000, sql: [a.sql]", /key "sql" does not go with the others/, undefined],
    ["preset: shop, rows: 200000", "sql: [a.sql], databse: a", /unknown key "databse"/, "database"],
    ["when: elapsed", "when: elapse", /"elapse" is not known here; one of: elapsed, disk-free/, "elapsed"],
    ["severity: sev1", "severty: sev1", /unknown key "severty" in story$/, "severity"],
    ["version: 1", 'version: "1"', /^version: "1" is not known here; one of: 1$/, undefined],
    ['postgres: ["15", "17", "18"]', "postgres: [15]", /the number 15 is not known here; one of: "15"/, undefined],
    ["probe: grants", "probe: constructor", /"constructor" is not known here/, undefined],
    ["version: 1", "version: 1\n__proto__: { a: 1 }", /unknown key "__proto__"$/, undefined],
  ])("%s → %s", async (right, wrong, message, suggestion) => {
    const [issue, ...more] = await issuesOf(changed(right, wrong));
    expect(more).toEqual([]);
    expect(issue?.message).toMatch(message);
    expect(issue?.suggestion).toBe(suggestion);
    expect(Math.abs((issue?.line ?? 0) - lineOf(right))).toBeLessThanOrEqual(1);
  });
});

describe("values are asked for in plain words", () => {
  test.each([
    ["rto: 15m", "rto: 15", /^objectives\.rto: a duration such as "250ms", "15m"/],
    ["under: 1GiB", "under: 1 gig", /^abort\.1\.under: a size such as/],
    ["seed: 4242", "seed: 1.5", /^world\.seed: a whole number is needed, not the number 1\.5$/],
    ["title:", "title: 5 #", /^title: text is needed, not the number 5$/],
    [/title: .*/, 'title: ""', /^title: at least 1 character is needed$/],
    ["rows: 200000", "rows: 10", /^world\.dataset\.rows: at least 1000 is needed$/],
    ["difficulty: 1", "difficulty: 9", /^story\.difficulty: at most 5 is allowed$/],
    ["decoy: true", "decoy: yes", /^world\.backups\.2\.decoy: true or false is needed, not "yes"$/],
    [/writer: .*/, "writer:", /^world\.writer: a map is needed, not nothing$/],
    ["- { do: drop-table, table: $table }", "- drop-table", /^disaster\.steps\.0: a map is needed, not "drop-table"$/],
    [/healthy:\n(?: {2}- .*\n)+/, "healthy: []\n", /^healthy: at least 1 entry is needed$/],
    [/verify:\n[\s\S]*?\nabort/, "verify: []\nabort", /^verify: at least 1 entry is needed$/],
    [/ {2}steps:\n(?: {4}- \{ phase.*\n)+/, "  steps: []\n", /^recovery\.steps: at least 1 entry is needed$/],
  ])("%s → %s", async (right, wrong, message) => {
    expect((await issuesOf(changed(right, wrong))).map((issue) => issue.message)).toEqual([
      expect.stringMatching(message),
    ]);
  });
});
