/** Coverage: every copy is looked at in time, evenly, and none twice for nothing. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverageText } from "../../src/paper/coverage.ts";
import type { RecoveryPoint, Store } from "../../src/parts.ts";
import { type CoverageRequest, coverageOf, keepSeen, readCoverage, readSeen } from "../../src/verify/coverage.ts";
import type { KnownCopy } from "../../src/verify/known.ts";
import type { Candidate } from "../../src/verify/task.ts";

const DAY = 86_400_000;
const START = Date.parse("2026-11-01T03:00:00Z");
const iso = (ms: number) => new Date(ms).toISOString();

const copy = (id: string, atMs: number, more: Partial<RecoveryPoint> = {}): Candidate => {
  const moment = { at: iso(atMs), from: "name" } as const;
  const point: RecoveryPoint = {
    id,
    name: id,
    store: "place",
    objects: [{ key: id, sizeBytes: 1, modifiedAt: iso(atMs) }],
    log: [],
    moment,
    reach: moment,
    sizeBytes: 1,
    facts: { engine: "postgres", method: "logical", format: "custom", packing: [], complete: "yes", because: "" },
    ...more,
  } as RecoveryPoint;
  return { store: {} as Store, storeUrl: "x", point, encryption: null };
};
const judged = ({ point }: Candidate, holds = true): KnownCopy =>
  ({
    id: point.id,
    store: point.store,
    momentAt: point.moment.at,
    writtenAt: point.objects[0]?.modifiedAt,
    holds,
  }) as KnownCopy;
const ask = (more: Partial<CoverageRequest>) =>
  coverageOf({
    database: "Shop",
    engine: "postgres",
    candidates: [],
    known: [],
    first: {},
    withinMs: 10 * DAY,
    nowMs: START,
    ...more,
  });

describe("coverage", () => {
  it("takes each copy within its time, with equal nights, whatever there is and is added", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }),
        (old, nights, added) => {
          let candidates = Array.from({ length: old }, (_, at) => copy(`old-${at}`, START - (at + 1) * DAY));
          const found = new Map(candidates.map(({ point }) => [point.id, 0]));
          const looked = new Map<string, number>();
          let first: Readonly<Record<string, string>> = {};
          const known: KnownCopy[] = [];
          const counts: number[] = [];
          for (let night = 0; night < nights + 45; night++) {
            const fresh = Array.from({ length: added[night] ?? 0 }, (_, at) =>
              copy(`new-${night}-${at}`, START + night * DAY),
            );
            for (const { point } of fresh) found.set(point.id, night);
            candidates = [...candidates, ...fresh];
            const covered = ask({ candidates, known, first, withinMs: nights * DAY, nowMs: START + night * DAY });
            first = covered.first;
            counts.push(covered.due.length);
            for (const one of covered.due) {
              expect(looked.has(one.point.id)).toBe(false);
              looked.set(one.point.id, night);
              known.push(judged(one));
            }
          }
          for (const [id, night] of found) expect((looked.get(id) ?? 1e9) - night).toBeLessThanOrEqual(nights);
          // What was there at first is spread: no night takes more than its share and what came since.
          expect(Math.max(...counts)).toBeLessThanOrEqual(Math.ceil(old / nights) + 3 * nights);
          if (added.every((one) => one === 0)) expect(Math.max(...counts)).toBe(Math.ceil(old / nights));
        },
      ),
      { numRuns: 60 },
    ));
  it("asks for a copy again that was written again, and for none that was judged, good or bad", () => {
    const [a, b] = [copy("a", START - DAY), copy("b", START - 2 * DAY)];
    const known = [judged(a), judged(b, false)];
    expect(ask({ candidates: [a, b], known }).coverage).toMatchObject({
      copies: 2,
      looked: 2,
      bad: 1,
      due: 0,
      doneBy: null,
    });
    expect(ask({ candidates: [copy("a", START), b], known }).due.map(({ point }) => point.id)).toEqual(["a"]);
  });
  it("counts what is archived or deleted apart, and what is late as overdue", () => {
    const cold = copy("cold", START, { unreadable: { kind: "archived", because: "it is archived", next: [] } });
    const first = ask({ candidates: [copy("a", START), cold] });
    expect(first.coverage).toMatchObject({ copies: 1, unreadable: 1, due: 1 });
    const later = ask({ candidates: [copy("a", START)], first: first.first, nowMs: START + 11 * DAY });
    expect(later.coverage).toMatchObject({ overdue: 1, due: 1 });
    expect(coverageText(later.coverage)).toBe(
      "0 of 1 verified; 1 due tonight, 1 OVERDUE, all by 2026-11-11 (every copy within 10d)",
    );
  });
  it("is kept beside the results, and read again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "seen-"));
    const covered = ask({ candidates: [copy("a", START)] });
    await keepSeen(folder, "postgres Shop", covered);
    expect(await readSeen(folder, "postgres Shop")).toEqual(covered.first);
    expect(await readCoverage(folder)).toEqual([covered.coverage]);
    expect(await readCoverage(join(folder, "nowhere"))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
