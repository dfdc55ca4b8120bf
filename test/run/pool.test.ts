import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { inPool } from "../../src/run/pool.ts";

const calm = new AbortController().signal;

describe("a pool", () => {
  test.each([1, 2, 3, 10])("of %i never works on more at once, and keeps the order", async (jobs) => {
    let now = 0;
    let most = 0;
    const done = await inPool([5, 1, 4, 2, 3], { jobs, signal: calm }, async (item) => {
      now += 1;
      most = Math.max(most, now);
      await wait(item);
      now -= 1;
      return item * 10;
    });
    expect(done).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(Math.min(jobs, 5));
  });
  test("begins nothing after the signal, and waits for what runs", async () => {
    const controller = new AbortController();
    const begun: number[] = [];
    const done = await inPool([1, 2, 3, 4, 5], { jobs: 2, signal: controller.signal }, async (item) => {
      begun.push(item);
      if (item === 2) controller.abort();
      await wait(10);
      return item;
    });
    expect([begun, done]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });
  test.each([
    [1, [1, 2]],
    [2, [1, 2, 3]],
  ])("begins nothing after the last, and waits for what runs: %i at once", async (jobs, wanted) => {
    const isLast = (item: number) => item === 2;
    const work = async (item: number) => {
      await wait(item === 3 ? 30 : item * 5);
      return item;
    };
    expect(await inPool([1, 2, 3, 4, 5], { jobs, signal: calm, isLast }, work)).toEqual(wanted);
  });
  test("an error is thrown when all others have come to their end", async () => {
    const ended: number[] = [];
    const work = inPool([1, 2, 3], { jobs: 2, signal: calm }, async (item) => {
      if (item === 1) throw new Error("one broke");
      await wait(5);
      ended.push(item);
    });
    await expect(work).rejects.toThrow("one broke");
    expect(ended).toEqual([2, 3]);
  });
  test("of nothing does nothing", async () => {
    expect(await inPool([], { jobs: 4, signal: calm }, async () => 1)).toEqual([]);
  });
});
