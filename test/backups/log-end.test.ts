/** Up to when a log goes: by its objects' times only while the pieces themselves vouch for them. */
import { describe, expect, test } from "vitest";
import { asReached, logEnd, reachOf } from "../../src/backups/log-end.ts";
import type { LogArchive, LogTimes, RecoveryPoint, StoredObject } from "../../src/parts.ts";

const at = (hour: number) => new Date(Date.UTC(2026, 2, 10, hour)).toISOString();
const ms = (hour: number) => Date.parse(at(hour));
const object = (key: string, hour: number): StoredObject => ({ key, sizeBytes: 9, modifiedAt: at(hour), tag: key });

/** Each piece's times by its key; those without one say nothing. */
const end = (pieces: readonly [string, number][], times: Readonly<Record<string, LogTimes>>, leadHour = 0) =>
  logEnd(
    { lead: object("base", leadHour), pieces: pieces.map(([key, hour]) => object(key, hour)) },
    {
      log: {
        reached: () => expect.unreachable(),
        timesIn: ({ head }: { head: Buffer }) => times[head.toString()] ?? null,
      } as unknown as LogArchive,
      start: async ({ key }) => ({ head: Buffer.from(key), tail: null, packing: [] }),
    },
  );

describe("the end of a log", () => {
  test("is its last object's time while each piece was there before the next one went on", async () => {
    expect(await end([["a", 2], ["b", 5]], { b: { begunMs: ms(2) } })).toEqual({}); // biome-ignore format: pairs
  });

  test("is what it says itself where all have the time of one copying", async () => {
    const times = { a: { begunMs: ms(0) }, b: { begunMs: ms(2), seenMs: ms(3) } };
    const found = await end([["a", 22], ["b", 22]], times, 22); // biome-ignore format: pairs
    expect(found).toEqual({ endMs: ms(3), times: "copied" });
    expect(reachOf(found, at(22))).toEqual({
      at: at(3),
      from: "content",
      doubt: { kind: "differs", other: "object-time", otherAt: at(22) },
    });
  });

  test("is asked of earlier pieces where the last ones hold no commit, and open where none does or there is one alone", async () => {
    const times = { a: { begunMs: ms(0) } };
    expect(await end([["z", 22], ["a", 22], ["b", 22]], times)).toEqual({ endMs: ms(0), times: "copied" }); // biome-ignore format: pairs
    expect(await end([["b", 22]], times)).toEqual({ times: "open" });
    expect(await end([["a", 22]], times)).toEqual({ times: "open" });
    expect(await end([["a", 22]], times, 22)).toEqual({ endMs: ms(0), times: "copied" });
  });
});

describe("once it was gone through", () => {
  const moment = { at: at(1), from: "content" } as const;
  const point = (reachHour: number) =>
    ({
      moment,
      reach: { at: at(reachHour), from: "object-time" },
      log: [object("a", 22)],
      objects: [object("base", 22)],
    }) as unknown as RecoveryPoint;
  test.each([
    ["the last commit counts", ms(9), at(9)],
    ["nothing in it leaves the backup where it stood", null, at(1)],
    ["a commit before the backup does, too", ms(0), at(1)],
    ["clocks that differ by minutes are none", ms(22) - 60_000, at(22)],
    ["a commit after the copying is another clock", ms(23), at(22)],
  ])("%s", (_, reached, expected) => expect(asReached(point(22), reached).reach.at).toBe(expected));
});
