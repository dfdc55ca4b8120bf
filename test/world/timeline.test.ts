import fc from "fast-check";
import { expect, test } from "vitest";
import { momentInName } from "../../src/backups/moments.ts";
import type { PlannedBackup } from "../../src/plan/plan.ts";
import { stamp, stretches } from "../../src/world/timeline.ts";

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
