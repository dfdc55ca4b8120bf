import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { momentInName } from "../../src/backups/moments.ts";
import type { PlannedBackup } from "../../src/plan/plan.ts";
import { beginning, stamp, stretches } from "../../src/world/timeline.ts";

const MINUTE = 60_000;
const backup = (ageMs: number, live?: object) =>
  ({ name: `b${ageMs}`, ageMs, method: { live }, options: {} }) as unknown as PlannedBackup;

test("stretches join without a gap, end with the damage, and each has a tick on its very end", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { maxLength: 6 }), (ages) => {
      const damagedAtMs = Date.UTC(2026, 10, 20);
      const backups = ages.map((age) => backup(age * MINUTE));
      const all = stretches({ backups, damagedAtMs, everyMs: MINUTE, logEveryMs: 5 * MINUTE, afterDamageMs: 0 });
      expect(all.at(-1)).toMatchObject({ toMs: damagedAtMs, end: { kind: "damage" } });
      expect(all.slice(1).map(({ fromMs }) => fromMs)).toEqual(all.slice(0, -1).map(({ toMs }) => toMs));
      for (const { fromMs, toMs, everyMs } of all) {
        expect(Math.floor((toMs - fromMs) / everyMs)).toBeLessThanOrEqual(2000);
        expect(everyMs % MINUTE).toBe(0);
      }
    }),
  );
});

test("the newest piece of log is as old as a piece can be when the damage comes", () => {
  const damagedAtMs = Date.UTC(2026, 10, 20);
  const at = (logEveryMs: number | null) =>
    stretches({ backups: [backup(60 * MINUTE)], damagedAtMs, everyMs: MINUTE, logEveryMs, afterDamageMs: 0 }).map(
      ({ toMs, end }) => [end.kind, (damagedAtMs - toMs) / MINUTE],
    );
  expect(at(5 * MINUTE)).toEqual([
    ["backup", 60],
    ["log", 5],
    ["damage", 0],
  ]);
  const without = [
    ["backup", 60],
    ["damage", 0],
  ];
  expect(at(null)).toEqual(without);
  // Archived less often than the world is old: nothing was.
  expect(at(2 * 60 * MINUTE)).toEqual(without);
});

test("a moment survives its name", () => {
  const at = Date.UTC(2026, 10, 20, 13, 5, 9);
  expect(momentInName(`nightly/shop-${stamp(at)}.sql.gz`)).toBe(new Date(at).toISOString());
});
test.each([
  ["backup_2026-11-20_03-00.dump", "2026-11-20T03:00:00.000Z"],
  ["db-20261120-0300.sql", "2026-11-20T03:00:00.000Z"],
  ["shop.dump", null],
  ["20269999T999999Z", null],
])("%s", (name, at) => expect(momentInName(name)).toBe(at));

test("a replica is held where its delay keeps it when the damage is found, and never before it was made", () => {
  const damagedAtMs = Date.UTC(2026, 10, 20);
  const holds = (delay: number, age: number, afterDamage: number) =>
    stretches({
      backups: [backup(age * MINUTE, { delayMs: () => delay * MINUTE })],
      damagedAtMs,
      everyMs: MINUTE,
      logEveryMs: null,
      afterDamageMs: afterDamage * MINUTE,
    })
      .filter(({ end }) => end.kind === "hold")
      .map(({ toMs }) => (damagedAtMs - toMs) / MINUTE);
  expect(holds(60, 120, 20)).toEqual([40]);
  expect(holds(600, 120, 20)).toEqual([120]);
  expect(holds(0, 120, 20)).toEqual([]);
  // Found after the delay has passed: the damage went through.
  expect(holds(20, 120, 20)).toEqual([]);
});

describe("at its edges", () => {
  const damagedAtMs = Date.UTC(2026, 10, 20);
  const told = (backups: readonly PlannedBackup[], more: { logEveryMs?: number; everyMs?: number } = {}) =>
    stretches({ backups, damagedAtMs, everyMs: MINUTE, logEveryMs: null, afterDamageMs: 0, ...more });
  const ago = (all: ReturnType<typeof stretches>) =>
    all.map(({ fromMs, toMs, end }) => [end.kind, damagedAtMs - fromMs, damagedAtMs - toMs]);

  test("the writer begins one beat before the oldest backup; without any, one beat before the damage", () => {
    expect(damagedAtMs - beginning([backup(5), backup(70), backup(20)], damagedAtMs, 7)).toBe(77);
    expect(ago(told([]))).toEqual([["damage", MINUTE, 0]]);
  });

  test("a backup of no age is not taken before the damage", () => {
    expect(ago(told([backup(0), backup(3 * MINUTE)]))).toEqual([
      ["backup", 4 * MINUTE, 3 * MINUTE],
      ["damage", 3 * MINUTE, 0],
    ]);
    expect(ago(told([backup(0, { delayMs: () => 60 * MINUTE })]))).toEqual([["damage", MINUTE, 0]]);
  });

  test("backups come in the order of their age, whatever the order in which they are told; each stretch tells its own", () => {
    const made = told([backup(2 * MINUTE), backup(9 * MINUTE), backup(4 * MINUTE)]);
    expect(made.map(({ end }) => ("backup" in end ? end.backup.name : end.kind))).toEqual([
      "b540000",
      "b240000",
      "b120000",
      "damage",
    ]);
  });

  test("a log that is archived as seldom as the world is old tells nothing; a moment sooner it does", () => {
    const kinds = (logEveryMs: number) => told([backup(9 * MINUTE)], { logEveryMs }).map(({ end }) => end.kind);
    expect(kinds(10 * MINUTE)).toEqual(["backup", "damage"]);
    expect(kinds(10 * MINUTE - 1)).toEqual(["log", "backup", "damage"]);
  });

  test("two thousand beats are written as told, one more at half the speed", () => {
    const beat = (ageMs: number) => told([backup(ageMs)]).at(-1)?.everyMs;
    expect(beat(2000 * MINUTE)).toBe(MINUTE);
    expect(beat(2001 * MINUTE)).toBe(2 * MINUTE);
    expect(beat(4001 * MINUTE)).toBe(3 * MINUTE);
    // Shorter than a beat: one beat all the same.
    expect(beat(MINUTE / 2)).toBe(MINUTE);
  });

  test("a stamp names no zone but UTC, and sorts as its moment does", () => {
    expect(stamp(Date.UTC(2026, 0, 2, 3, 4, 5, 678))).toBe("20260102T030405Z");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 0, max: 4e12 }), (a, b) => {
        if (a < b) expect(stamp(a) <= stamp(b)).toBe(true);
      }),
    );
  });
});
