/** Backups that lie: every way in traps.md to be exit 0 and not whole. Lost or void with the reason, never recovered. */
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Store } from "../../src/parts.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { some } from "../support/long.ts";
import { play, rewriting } from "../support/play.ts";

const sandbox = "local";
const only =
  (name: string) =>
  (plan: Plan): Plan => ({
    ...plan,
    scenario: { ...plan.scenario, recovery: { ...plan.scenario.recovery, source: name } },
  });
const plain = (change: (text: string) => string) =>
  rewriting((bytes, key) => (key.endsWith(".sql.gz") ? gzipSync(change(gunzipSync(bytes).toString())) : bytes));

describe("the only backup is", () => {
  test.each<[string, (store: Store) => Store, string, RegExp]>([
    [
      "cut after its last COPY: every row, no key",
      plain((text) => text.slice(0, text.lastIndexOf("\n\\.\n") + 4)),
      "hourly",
      /cut off/,
    ],
    [
      "cut inside a COPY",
      plain((text) => text.slice(0, text.indexOf("COPY public.orders") + 2000)),
      "hourly",
      /cut off/,
    ],
    [
      "cut in its compressed stream",
      rewriting((bytes, key) => (key.endsWith(".gz") ? bytes.subarray(0, bytes.length / 2) : bytes)),
      "hourly",
      /cut off|unexpected end/,
    ],
    [
      "a failed dump piped to gzip: nothing, well packed",
      rewriting((bytes, key) => (key.endsWith(".gz") ? gzipSync("") : bytes)),
      "hourly",
      /no recovery point|store is empty|asks for/,
    ],
    [
      "an archive cut off, whose table of contents still lists",
      rewriting((bytes, key) => (key.endsWith(".dump") ? bytes.subarray(0, Math.floor(bytes.length * 0.9)) : bytes)),
      "nightly",
      /end of file|could not/,
    ],
    [
      "an archive cut to nothing",
      rewriting((bytes, key) => (key.endsWith(".dump") ? Buffer.alloc(0) : bytes)),
      "nightly",
      /no recovery point/,
    ],
  ])("%s", async (_name, tamper, name, why) => {
    const { result } = await play({ sandbox, tamper, change: only(name) });
    expect(result.verdict).toBe("lost");
    expect(result.reasons.join("; ")).toMatch(why);
    expect(result.cleanup?.failed).toEqual([]);
  });
  test("one that drops and rebuilds its original: refused", async () => {
    const { result } = await play({
      sandbox,
      change: only("hourly"),
      tamper: plain((text) =>
        text.replace("SET statement_timeout", "DROP DATABASE shop;\n\\connect shop\nSET statement_timeout"),
      ),
    });
    expect(result.verdict).toBe("refused");
    expect(result.problems[0]?.message).toMatch(/act outside the database it is restored into/);
  });
  test("a row that looks like a meta-command is only a row", async () => {
    // In a COPY block a backslash is escaped; the words of a statement are data.
    const { result } = await play({ sandbox, change: only("hourly"), tamper: plain((text) => text) });
    expect(result.verdict).toBe("recovered");
  });
});

test("the newest is cut: the next older is taken, and the drill is late, not recovered", async () => {
  const { result } = await play({
    sandbox,
    tamper: rewriting((bytes, key) => (key.endsWith(".gz") ? bytes.subarray(0, bytes.length - 50) : bytes)),
  });
  expect(result.verdict).toBe("late");
  expect(result.sources.map(({ name, chosen }) => [name, chosen])).toEqual([
    ["hourly", false],
    ["nightly", true],
  ]);
  expect(result.sources[0]?.rejected).toMatch(/cannot be unpacked to its end/);
});
test("a backup that this run did not make is refused where the sandbox is not cut off", async () => {
  const { result } = await play({
    sandbox,
    trustBackups: false,
    tamper: rewriting((bytes, key) => (key.endsWith(".gz") ? gzipSync(gunzipSync(bytes), { level: 1 }) : bytes)),
    change: only("hourly"),
  });
  const untouched = await play({ sandbox, trustBackups: false });
  expect(untouched.result.verdict).toBe("recovered");
  expect(result).toMatchObject({ verdict: "refused", problems: [{ code: "FB_FOREIGN_BACKUP" }] });
});
test("an empty store", async () => {
  const { result } = await play({ sandbox, tamper: (store) => ({ ...store, async *list() {} }) });
  expect(result).toMatchObject({
    verdict: "lost",
    problems: [{ code: "FB_NO_SOURCE", message: expect.stringContaining("the store is empty") }],
  });
});
test("a source that changed behind our back is noticed", async () => {
  let reads = 0;
  const { result } = await play({
    sandbox,
    tamper: (store) => ({
      ...store,
      async *read(object, from, to) {
        for await (const chunk of store.read(object, from, to)) {
          // The first two whole reads are inspection and fetch; the last one comes after the recovery.
          if (from === 0 && to === object.sizeBytes && object.key.endsWith(".gz") && ++reads > 2)
            chunk[100] = (chunk[100] ?? 0) ^ 1;
          yield chunk;
        }
      },
    }),
  });
  expect(result.verdict).toBe("lost");
  expect(result.findings.find(({ probe }) => probe === "source-unchanged")?.held).toBe("no");
});

describe("every format and compression goes through backup, inspect, check and recovery", () => {
  test.each(
    some(
      "forms of pg_dump",
      [
        { format: "plain" },
        { format: "plain", compress: "gzip" },
        { format: "plain", compress: "zstd" },
        { format: "custom" },
        { format: "custom", compress: "none" },
        { format: "custom", compress: "zstd" },
        { format: "directory" },
        { format: "directory", compress: "none" },
      ],
      2,
    ),
  )("%j", async (options) => {
    const { result } = await play({
      sandbox,
      change: (plan) => ({ ...plan, backups: plan.backups.slice(1).map((backup) => ({ ...backup, options })) }),
    });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    const [source] = result.sources;
    // What a dry run promises must be what the made backup says of itself.
    const { logical } = await import("../../src/engines/postgres/logical.ts");
    const { format, packing } = logical.facts(options);
    expect(source?.facts).toMatchObject({ format, packing });
  });
});
