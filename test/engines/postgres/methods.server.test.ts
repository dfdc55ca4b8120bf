/** Every way to back up PostgreSQL brings a dropped table back, exact to the row, and says why when it cannot. */
import { describe, expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import type { Store } from "../../../src/parts.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import { someVariants, testFor } from "../../support/long.ts";
import { play, rewriting } from "../../support/play.ts";

const sandbox = "local";
const MINUTE = 60_000;

/** The writer places an order a minute, and the newest backup is 40 minutes old. */
const LOSES: Readonly<Record<string, { rpaMs: number; orders: number }>> = {
  logical: { rpaMs: 40 * MINUTE, orders: 40 },
  physical: { rpaMs: 40 * MINUTE, orders: 40 },
  snapshot: { rpaMs: 40 * MINUTE, orders: 40 },
  "physical + log": { rpaMs: 0, orders: 0 },
  repository: { rpaMs: 0, orders: 0 },
  "replica, delayed": { rpaMs: 0, orders: 0 },
};

describe("each way to back up", () => {
  test("is one of those whose loss is known here", () =>
    expect(variantNames(postgres).sort()).toEqual(Object.keys(LOSES).sort()));
  test.each(someVariants(postgres))("%s", async (variant) => {
    const { result } = await play({ sandbox, variant, worlds: null });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    const { rpaMs, rowsMissing, rowsExtra } = result.measured;
    expect({ rpaMs, orders: rowsMissing, rowsExtra }).toEqual({ ...LOSES[variant], rowsExtra: 0 });
    expect(result.cleanup?.failed).toEqual([]);
  });
});

const steps =
  (change: (options: object) => object) =>
  (plan: Plan): Plan => ({
    ...plan,
    recovery: plan.recovery.map((step) =>
      step.part.name === "restore-beside" ? { ...step, options: change(step.options as object) } : step,
    ),
  });

describe("a log is stopped", () => {
  test("by position, at the same row as by time", async () => {
    const change = steps((options) => ({ ...options, by: "position" }));
    const { result } = await play({ sandbox, variant: "physical + log", change });
    expect(result.verdict).toBe("recovered");
    expect(result.measured).toMatchObject({ rpaMs: 0, rowsMissing: 0 });
  });
  // The next one takes the same way and needs less time.
  testFor(false)("at a name that somebody gave before the damage", async () => {
    const { result } = await play({
      sandbox,
      variant: "physical + log",
      change: named("before-migration", "before-migration"),
    });
    expect(result.verdict).toBe("recovered");
    expect(result.measured).toMatchObject({ rpaMs: 0, rowsMissing: 0 });
  });
  test("at a name that nobody gave: lost, and told which target was not met", async () => {
    const { result } = await play({ sandbox, variant: "physical + log", change: named("before-migration", "another") });
    expect(result.verdict).toBe("lost");
    expect(result.reasons[0]).toContain("recovery ended before configured recovery target was reached");
  });
  test("at its end, the damage included: the table is not there to be copied", async () => {
    const change = steps((options) => ({ ...options, to: "end-of-log" }));
    const { result } = await play({ sandbox, variant: "physical + log", change });
    expect(result.verdict).toBe("lost");
    expect(result.reasons[0]).toContain("Copy orders from the side database");
  });
});

/** Gives a name before the damage, and asks for one. */
const named =
  (given: string, asked: string) =>
  (plan: Plan): Plan => ({
    ...steps((options) => ({ ...options, to: "named-point", point: asked }))(plan),
    disaster: [
      {
        part: {
          ...(plan.disaster[0] as Plan["disaster"][number]).part,
          name: "name-point",
          lines: ({ log }) => (log?.namePoint === undefined ? [] : [log.namePoint(given)]),
        },
        options: {},
        line: 1,
      },
      ...plan.disaster,
    ],
  });

const hiding =
  (isHidden: (key: string) => boolean) =>
  (store: Store): Store => ({
    ...store,
    async *list(prefix) {
      for await (const object of store.list(prefix)) if (!isHidden(object.key)) yield object;
    },
  });

/** Takes out the piece before the last. */
const holed = (store: Store): Store => ({
  ...store,
  async *list(prefix) {
    const objects = [];
    for await (const object of store.list(prefix)) objects.push(object);
    const pieces = objects.filter(({ key }) => PIECE.test(key)).sort((a, b) => (a.key < b.key ? -1 : 1));
    yield* objects.filter((object) => object !== pieces.at(-2));
  },
});

const PIECE = /^log\/[0-9A-F]{24}$/;

describe("a log that cannot be used is told from one that can, and the next best copy is taken", () => {
  const sources = (result: { sources: readonly { id: string; rejected: string | null; chosen: boolean }[] }) =>
    result.sources.map(({ rejected }) => rejected ?? "").join("\n");
  test("a piece is missing: the same base comes back without its log, and what that loses is counted", async () => {
    const { result } = await play({ sandbox, variant: "physical + log", tamper: holed });
    expect(sources(result)).toContain("the log has a hole before");
    expect(result.sources.find(({ chosen }) => chosen)?.id).toMatch(/base\.tar\.gz@alone$/);
    expect(result.verdict).toBe("recovered");
    expect(result.measured).toMatchObject({ rpaMs: 40 * MINUTE, rowsMissing: 40 });
  });
  test("a piece of another server", async () => {
    const tamper = rewriting((bytes, key) => {
      if (PIECE.test(key)) bytes.writeBigUInt64LE(42n, 24);
      return bytes;
    });
    const { result } = await play({ sandbox, variant: "physical + log", tamper });
    expect(result.measured.rpaMs).toBe(40 * MINUTE);
    expect(sources(result)).toContain("is of another server");
  });
  test("a piece that was cut off", async () => {
    const tamper = rewriting((bytes, key) => (PIECE.test(key) ? bytes.subarray(0, 1_000_000) : bytes));
    const { result } = await play({ sandbox, variant: "physical + log", tamper });
    expect(sources(result)).toContain("has 1000000 of 16777216 bytes");
  });
  test("no piece at all: the base comes back as it was taken", async () => {
    const { result } = await play({ sandbox, variant: "physical + log", tamper: hiding((key) => PIECE.test(key)) });
    expect(result.verdict).toBe("recovered");
    expect(result.measured.rpaMs).toBe(40 * MINUTE);
  });
  test("an incremental whose full backup is gone: rejected, and the reason said", async () => {
    const { result } = await play({
      sandbox,
      variant: "repository",
      tamper: hiding((key) => /backup\/main\/[^_/]+F\/bundle/.test(key)),
    });
    expect(result.verdict).toBe("lost");
    expect(sources(result)).toContain("status: error");
  });
  test("a base without its manifest", async () => {
    const { result } = await play({
      sandbox,
      variant: "physical",
      tamper: hiding((key) => key.endsWith("backup_manifest")),
    });
    expect(result.verdict).toBe("lost");
  });
});
