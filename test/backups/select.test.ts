/** Which of several recovery points is taken, and why each other one is not: a rule that may never prefer what holds the damage. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALONE, alone, reason, type SelectionRule, select } from "../../src/backups/select.ts";
import type { BackupFacts, RecoveryPoint } from "../../src/parts.ts";

const MINUTE = 60_000;
const DAMAGED_MS = Date.parse("2026-11-20T12:00:00.000Z");
const rule: SelectionRule = { damagedAtMs: DAMAGED_MS, engine: "postgres", version: "15.4", only: null };
const facts: BackupFacts = {
  engine: "postgres",
  method: "logical",
  format: "custom",
  packing: [],
  complete: "unknown",
  because: "cut off",
};
const isoAt = (minutesBefore: number) => new Date(DAMAGED_MS - minutesBefore * MINUTE).toISOString();

/** A backup of so many minutes before the damage. */
const point = (name: string, minutesBefore: number, more: Partial<RecoveryPoint> = {}): RecoveryPoint => {
  const moment = { at: isoAt(minutesBefore), from: "name" } as const;
  const object = { key: `${name}.dump`, sizeBytes: 10, modifiedAt: moment.at };
  return {
    id: name,
    name,
    store: "s",
    objects: [object],
    log: [],
    moment,
    reach: moment,
    sizeBytes: 10,
    facts,
    ...more,
  };
};
const piece = { key: "log/1", sizeBytes: 500, modifiedAt: isoAt(0) };
const reaching = (name: string, minutesBefore: number, upTo: number, more: Partial<RecoveryPoint> = {}) =>
  point(name, minutesBefore, {
    log: [piece],
    reach: { at: isoAt(upTo), from: "object-time" },
    sizeBytes: 510,
    facts: { ...facts, hasLog: true },
    ...more,
  });
const kindOf = (one: RecoveryPoint, more: Partial<SelectionRule> = {}) =>
  select([one], { ...rule, ...more }).find(({ point: { id } }) => id === one.id)?.rejected?.kind ?? null;

describe("what is no candidate", () => {
  test("one that was taken after the damage holds it; at the very moment it does not", () => {
    expect(kindOf(point("x", -1 / 60_000))).toBe("younger-than-damage");
    expect(kindOf(point("x", 0))).toBeNull();
    // What runs is asked, not guessed.
    expect(kindOf(point("x", -5, { facts: { ...facts, isLive: true } }))).toBeNull();
  });

  test.each([
    ["15.5", "newer-server"],
    ["16", "newer-server"],
    ["15.4", null],
    ["15.4.9", null],
    ["15", null],
    ["14.99", null],
    ["9.6.24", null],
  ])("of a server %s, restored by 15.4: %s", (serverVersion, kind) =>
    expect(kindOf(point("x", 5, { facts: { ...facts, serverVersion } }))).toBe(kind),
  );

  test("a newer server's is told with both versions", () =>
    expect(select([point("x", 5, { facts: { ...facts, serverVersion: "17.2" } })], rule)[0]?.rejected?.because).toBe(
      "taken by a newer server (17.2) than the one that is to restore it (15.4)",
    ));

  test("empty, cut off, not asked for, of another engine: each by its own name, the gravest first", () => {
    expect(kindOf(point("x", 5, { sizeBytes: 0 }))).toBe("empty");
    expect(kindOf(point("x", 5, { facts: { ...facts, complete: "no" } }))).toBe("incomplete");
    expect(kindOf(point("x", 5, { facts: { ...facts, complete: "yes" } }))).toBeNull();
    expect(kindOf(point("x", 5), { only: "y" })).toBe("not-asked-for");
    expect(kindOf(point("x", 5), { only: "x" })).toBeNull();
    expect(kindOf(point("x", -5, { sizeBytes: 0, facts: { ...facts, engine: "redis" } }))).toBe("other-engine");
  });

  test("and each says so", () => {
    const said = (one: RecoveryPoint, more: Partial<SelectionRule> = {}) =>
      select([one], { ...rule, ...more })[0]?.rejected?.because;
    expect(said(point("x", 5, { facts: { ...facts, engine: "redis" } }))).toBe("made by redis");
    expect(said(point("x", -5))).toBe("younger than the damage");
    expect(said(point("x", 5, { sizeBytes: 0 }))).toBe("empty");
    expect(said(point("x", 5, { facts: { ...facts, complete: "no" } }))).toBe("cut off");
    expect(said(point("x", 5), { only: "y" })).toBe("the scenario asks for y");
  });

  test("nobody has the copy that production stands for, nor anything as new", () => {
    const production = point("production", 10);
    const why = (one: RecoveryPoint) =>
      select([one], { ...rule, production }).find(({ point: { id } }) => id === one.id)?.rejected;
    expect(why(production)).toEqual({ kind: "is-production", because: "it is what production stands for here" });
    expect(why(point("same-moment", 10))).toEqual({
      kind: "is-production",
      because: "not older than the copy that production stands for",
    });
    expect(why(point("younger", 9))?.kind).toBe("is-production");
    expect(why(point("older", 11))).toBeNull();
    // The same objects, brought further or listed under another moment, are the same copy; in another store they are not.
    expect(why(point("production", 60))?.because).toBe("it is what production stands for here");
    expect(why(point("production", 60, { store: "t" }))).toBeNull();
    expect(why(point("replica", 5, { facts: { ...facts, isLive: true } }))).toBeNull();
  });
});

describe("of those that are left", () => {
  const names = (points: readonly RecoveryPoint[]) => select(points, rule).map((one) => one.point.id);

  test("the one that reaches closest comes first; of two that reach as far the one that was taken later; then by name", () => {
    const long = reaching("long", 900, 0);
    const short = reaching("short", 60, 0);
    expect(names([point("hourly", 40), long, short]).slice(0, 3)).toEqual(["short", "long", "hourly"]);
    expect(names([point("b", 40), point("a", 40)])).toEqual(["a", "b"]);
    // What reaches beyond the damage reaches no closer than to it.
    expect(names([reaching("beyond", 90, -30), reaching("up-to", 60, 0)]).slice(0, 2)).toEqual(["up-to", "beyond"]);
  });

  test("whatever the order of listing, the same; no rejected one before a candidate; nothing is lost", () => {
    const one = fc.record({
      minutes: fc.integer({ min: -50, max: 50 }),
      empty: fc.boolean(),
      log: fc.option(fc.integer({ min: -10, max: 50 }), { nil: null }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.nat(), (told, turn) => {
        const points = told.map(({ minutes, empty, log }, index) =>
          log === null
            ? point(`p${index}`, minutes, empty ? { sizeBytes: 0 } : {})
            : reaching(`p${index}`, minutes, log),
        );
        const found = select(points, rule);
        const at = points.length === 0 ? 0 : turn % points.length;
        expect(select([...points.slice(at), ...points.slice(0, at)], rule)).toEqual(found);
        const rejected = found.map((each) => each.rejected !== null);
        expect([...rejected].sort()).toEqual(rejected);
        expect(found).toHaveLength(points.length + told.filter(({ log }) => log !== null).length);
        for (const each of found)
          if (each.rejected === null) expect(Date.parse(each.point.moment.at)).toBeLessThanOrEqual(DAMAGED_MS);
      }),
    );
  });

  test("a backup whose log turns out to be torn is one as it was taken, with its own size and reach", () => {
    const whole = reaching("weekly", 600, 0);
    const bare = alone(whole);
    expect(bare).toMatchObject({ id: `weekly${ALONE}`, name: "weekly", log: [], reach: whole.moment, sizeBytes: 10 });
    expect(bare.facts).not.toHaveProperty("hasLog");
    expect(select([whole], rule).map(({ point: { id } }) => id)).toEqual(["weekly", "weekly@alone"]);
    expect(select([point("plain", 5)], rule)).toHaveLength(1);
  });
});

test("the reason says how far it reaches, and by what", () => {
  const live = point("x", 40, { facts: { ...facts, isLive: true } });
  expect(reason(live, DAMAGED_MS)).toBe("a running copy: nothing to fetch, and it has received all that was committed");
  expect(reason(point("x", 40), DAMAGED_MS)).toBe("taken 40m 00s before the damage, the closest there is");
  expect(reason(reaching("x", 40, 0), DAMAGED_MS)).toBe("its log reaches up to the damage");
  expect(reason(reaching("x", 40, -5), DAMAGED_MS)).toBe("its log reaches up to the damage");
  expect(reason(reaching("x", 40, 7), DAMAGED_MS)).toBe("its log ends 7m 00s before the damage");
});
