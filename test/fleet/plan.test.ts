/** The plan of a fleet: what fits nowhere, what waits for whom, and ten thousand databases in seconds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diskFor, type PlannedJob, secondsFor } from "../../src/fleet/estimate.ts";
import { planText } from "../../src/fleet/fleet-text.ts";
import { misfitOf, planFleet } from "../../src/fleet/plan.ts";
import type { KnownCopy } from "../../src/verify/known.ts";

const job = (more: Partial<PlannedJob> = {}): PlannedJob => ({
  database: "Shop",
  engine: "postgres",
  at: "newest",
  copy: null,
  configHash: "",
  fetchBytes: 1e9,
  seconds: 60,
  diskBytes: 5e9,
  label: null,
  group: "store",
  known: [],
  ...more,
});
const worker = (name: string, more: object = {}) => ({ name, slots: 1, diskBytes: 100e9, labels: [], ...more });
const plainly = { perStore: 64, windowSeconds: null };

describe("a plan", () => {
  it("gives the largest first, and says when all is done", () => {
    const jobs = [
      job({ database: "small", seconds: 10, diskBytes: 1e9 }),
      job({ database: "large", seconds: 100, diskBytes: 50e9 }),
    ];
    const plan = planFleet(jobs, { ...plainly, workers: [worker("a")] });
    expect(plan.placed.map(({ job: { database } }) => database)).toEqual(["large", "small"]);
    expect(plan.endsAt).toBe(110);
  });
  it("holds a store to its limit", () => {
    const plan = planFleet([job(), job(), job()], {
      workers: [worker("a"), worker("b"), worker("c")],
      perStore: 1,
      windowSeconds: 100,
    });
    expect(plan).toMatchObject({ endsAt: 180, tooLate: 2 });
  });
  it("refuses what fits nobody, with the numbers", () => {
    expect(misfitOf(job({ diskBytes: 200e9 }), [worker("a")])).toBe(
      "it needs 200.0 GB of disk, and no worker has more than 100.0 GB",
    );
    expect(misfitOf(job({ label: "eu" }), [worker("a")])).toBe("no worker has the label eu");
    expect(misfitOf(job(), [])).toBe("no worker is there");
    expect(misfitOf(job({ label: "eu" }), [worker("a", { labels: ["eu"] })])).toBeNull();
    const plan = planFleet([job({ label: "eu" })], { ...plainly, workers: [worker("a")] });
    expect(planText(plan, null)).toContain("FITS NOWHERE  Shop: no worker has the label eu");
  });
  it("never gives a worker more than its slots and disk, a store more than its limit, or a job twice", () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            seconds: fc.integer({ min: 1, max: 500 }),
            disk: fc.integer({ min: 1, max: 120 }),
            group: fc.integer({ min: 0, max: 3 }),
            label: fc.constantFrom(null, "eu"),
          }),
          { maxLength: 60 },
        ),
        fc.array(
          fc.record({
            slots: fc.integer({ min: 1, max: 4 }),
            disk: fc.integer({ min: 1, max: 150 }),
            eu: fc.boolean(),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 4 }),
        (some, machines, perStore) => {
          const jobs = some.map(({ seconds, disk, group, label }, at) =>
            job({ database: `db${at}`, seconds, diskBytes: disk * 1e9, group: `g${group}`, label }),
          );
          const workers = machines.map(({ slots, disk, eu }, at) =>
            worker(`w${at}`, { slots, diskBytes: disk * 1e9, labels: eu ? ["eu"] : [] }),
          );
          const { placed, misfits } = planFleet(jobs, { workers, perStore, windowSeconds: null });
          expect(placed.length + misfits.length).toBe(jobs.length);
          expect(new Set(placed.map((one) => one.job.database)).size).toBe(placed.length);
          for (const { beginsAt } of placed) {
            const now = placed.filter((one) => one.beginsAt <= beginsAt && beginsAt < one.endsAt);
            for (const { name, slots, diskBytes, labels } of workers) {
              const mine = now.filter((one) => one.worker === name);
              expect(mine.length).toBeLessThanOrEqual(slots);
              expect(mine.reduce((sum, one) => sum + one.job.diskBytes, 0)).toBeLessThanOrEqual(diskBytes);
              for (const one of mine)
                expect(one.job.label === null || (labels as readonly string[]).includes("eu")).toBe(true);
            }
            for (const group of ["g0", "g1", "g2", "g3"])
              expect(now.filter((one) => one.job.group === group).length).toBeLessThanOrEqual(perStore);
          }
        },
      ),
    ));
  it("of 10,000 databases on 60 workers takes seconds", () => {
    const jobs = Array.from({ length: 10_000 }, (_, at) =>
      job({ database: `db${at}`, seconds: 10 + (at % 977), diskBytes: 1e8 + (at % 990) * 4e7, group: `g${at % 40}` }),
    );
    const workers = Array.from({ length: 60 }, (_, at) => worker(`w${at}`, { slots: 2 }));
    const before = performance.now();
    const plan = planFleet(jobs, { workers, perStore: 8, windowSeconds: null });
    expect(plan.placed).toHaveLength(10_000);
    expect(performance.now() - before).toBeLessThan(8000);
    const sum = jobs.reduce((all, { seconds }) => all + seconds, 0);
    expect(plan.endsAt).toBeLessThan((sum / 120) * 1.2 + 1000);
  });
});

describe("an estimate", () => {
  const known = (sizeBytes: number, fetch: number, restore: number) =>
    ({ holds: true, sizeBytes, tookMs: { fetch, restore } }) as unknown as KnownCopy;
  it("goes by this database's own history, scaled by its size", () => {
    expect(secondsFor(1e9, [known(1e9, 10_000, 50_000)], null)).toBe(63.5);
    expect(secondsFor(2e9, [known(1e9, 10_000, 50_000)], null)).toBe(123.5);
  });
  it("with what a fleet measured beside the phases, which doesn't grow", () => {
    const copy = {
      holds: true,
      sizeBytes: 1e9,
      tookMs: { fetch: 10_000, restore: 50_000, around: 7000 },
    } as unknown as KnownCopy;
    expect(secondsFor(2e9, [copy], null)).toBe(127.5);
  });
  it("by the link, where that is slower", () => expect(secondsFor(1e9, [known(1e9, 10_000, 50_000)], 1e7)).toBe(153.5));
  it("by size where nothing is known; and disk never less than a server needs", () => {
    expect(secondsFor(0, [], null)).toBe(5);
    expect(diskFor(0, false)).toBe(200_000_000);
    expect(diskFor(1e9, false)).toBe(6_000_000_000);
  });
});
