/** Which copies a source holds, which are asked for, and what a store that nobody described seems to hold. */
import { describe, expect, test } from "vitest";
import { entriesOf } from "../../src/backups/entries.ts";
import { jobsOf } from "../../src/backups/jobs.ts";
import { listedPrefix, matcher } from "../../src/backups/patterns.ts";
import { catalog } from "../../src/catalog.ts";
import type { Engine, RecoveryPoint, Store, StoredObject } from "../../src/parts.ts";
import { allowedLossMs, askedMs, upTo } from "../../src/verify/points.ts";
import { proposalsFrom, rhythmMs } from "../../src/verify/proposals.ts";
import { stockOf } from "../../src/verify/source-stock.ts";
import { serverFor } from "../../src/verify/task.ts";
import { DUMP_FACTS } from "../support/stored.ts";

const engine = catalog.engines[0] as Engine;
const DUMP =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n-- Dumped by pg_dump version 15.4\n";
const WHOLE = `${DUMP}CREATE TABLE t ();\n-- PostgreSQL database dump complete\n`;

function storeOf(files: Readonly<Record<string, string>>, modifiedAt = "2026-11-21T03:00:00.000Z"): Store {
  return {
    place: "memory:/",
    async *list(prefix) {
      for (const [key, text] of Object.entries(files)) {
        if (key.startsWith(prefix)) yield { key, sizeBytes: text.length, modifiedAt };
      }
    },
    async *read(object, from = 0, to) {
      yield Buffer.from(files[object.key] ?? "").subarray(from, to);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const source = { store: "memory:/" };
const ids = (stock: { candidates: readonly { point: RecoveryPoint }[] }) =>
  stock.candidates.map(({ point }) => point.id);

describe("patterns", () => {
  test.each([
    ["daily/*.dump", "daily/a.dump", true],
    ["daily/*.dump", "daily/x/a.dump", false],
    ["**/*.dump", "daily/x/a.dump", true],
    ["**/*.dump", "a.dump", true],
    ["a?c", "abc", true],
    ["a.c", "abc", false],
    ["shop+1/*", "shop+1/x", true],
  ])("%s on %s: %s", (pattern, key, fits) => expect(matcher(pattern)(key)).toBe(fits));
  test("are listed by what stands before the first star", () => {
    expect(listedPrefix("daily/shop-*.dump")).toBe("daily/");
    expect(listedPrefix(undefined)).toBe("");
    expect(listedPrefix("daily/one.dump")).toBe("daily/one.dump");
  });
});

describe("a source", () => {
  test("holds what is recognised, newest first, and only what fits its pattern", async () => {
    const store = storeOf({
      "a/shop-20261119T0300.sql": WHOLE,
      "a/shop-20261120T0300.sql": WHOLE,
      "b/x-20261121T0300.sql": WHOLE,
    });
    expect(ids(await stockOf(store, { ...source, pattern: "a/*.sql" }, engine))).toEqual([
      "a/shop-20261120T0300.sql",
      "a/shop-20261119T0300.sql",
    ]);
  });
  test("an empty or foreign object of the same job is the newest and bad, not passed over", async () => {
    const store = storeOf({
      "shop-20261119T0300.sql": WHOLE,
      "shop-20261120T0300.sql": "",
      "shop-20261121T0300.sql": "pg_dump: error: connection failed",
      "README.txt": "hello",
    });
    const stock = await stockOf(store, source, engine);
    expect(stock.candidates.map(({ point }) => point.facts.complete)).toEqual(["no", "no", "yes"]);
    expect(stock.unknown.map(({ key }) => key)).toEqual(["README.txt"]);
  });
  test("with a key, what is sealed is a copy; without one it cannot be read, and is named", async () => {
    const store = storeOf({ "shop-20261120T0300.sql.age": "age-encryption.org/v1\nxxxx" });
    const encryption = { with: "age", "key-env": "K" } as const;
    expect(ids(await stockOf(store, { ...source, encryption }, engine))).toEqual(["shop-20261120T0300.sql.age"]);
    const [left] = (await stockOf(store, source, engine)).candidates;
    expect(left?.point.unreadable?.because).toMatch(/encrypted with age/);
  });
});

describe("moments", () => {
  const nowMs = Date.parse("2026-11-21T04:00:00Z");
  const momentsIn = async (files: Readonly<Record<string, string>>, more: object = {}) => {
    const { candidates } = await stockOf(storeOf(files), { ...source, ...more }, engine, { nowMs });
    return candidates.map(({ point }) => [point.objects[0]?.key, point.moment.at]);
  };
  test("of broken and sealed objects are told by their names, as those of whole ones", async () => {
    const store = {
      "shop-20261120T0300Z.sql": WHOLE,
      "shop-20261119T0300Z.sql": "",
      "shop-20261118T0300Z.sql": "age-encryption.org/v1\nxxxx",
    };
    const found = await momentsIn(store, { encryption: { with: "age", "key-env": "K" } });
    expect(found).toEqual([20, 19, 18].map((day) => [`shop-202611${day}T0300Z.sql`, `2026-11-${day}T03:00:00.000Z`]));
  });
  test("are read in the zone of their source", async () => {
    expect(await momentsIn({ "shop-20261120T0300.sql": WHOLE }, { timezone: "Asia/Kolkata" })).toEqual([
      ["shop-20261120T0300.sql", "2026-11-19T21:30:00.000Z"],
    ]);
  });
  test("keep the order of names though objects were copied in another", async () => {
    const files = { "s-20261119.sql": WHOLE, "s-20261121.sql": WHOLE, "s-20261120.sql": WHOLE };
    expect((await momentsIn(files)).map(([key]) => key)).toEqual([
      "s-20261121.sql",
      "s-20261120.sql",
      "s-20261119.sql",
    ]);
  });
});

describe("what is asked for", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  test("last week is the newest copy from a week ago or older", async () => {
    const store = storeOf({ "s-20261113T0300.sql": WHOLE, "s-20261115T0300.sql": WHOLE, "s-20261121T0300.sql": WHOLE });
    const { candidates } = await stockOf(store, source, engine);
    expect(ids({ candidates: upTo(candidates, askedMs("last-week", now)) })).toEqual(["s-20261113T0300.sql"]);
    expect(upTo(candidates, askedMs("last-month", now))).toEqual([]);
    expect(allowedLossMs("last-week", 1000)).toBe(7 * 86_400_000);
    expect(allowedLossMs("newest", 1000)).toBe(1000);
  });
  test.each([
    ["15.4", "15.4", "15"],
    ["14.2", "14.2", "15"],
    ["15.4", "17.0", "17"],
    ["16.1", "16.1", "17"],
    ["17.0", "17.0", "17"],
  ])("a dump of server %s by %s is restored by %s", (serverVersion, toolVersion, version) => {
    expect(serverFor(engine, { ...DUMP_FACTS, serverVersion, toolVersion }).version).toBe(version);
  });
  test("a newer server than any that is known is no fault of the backup", () => {
    expect(() => serverFor(engine, { ...DUMP_FACTS, serverVersion: "19.1" })).toThrow(/no sandbox restores that/);
  });
});

describe("a store that nobody described", () => {
  const point = (id: string): RecoveryPoint => {
    const at = /(\d{4})(\d{2})(\d{2})/.exec(id);
    const moment = { at: `${at?.[1]}-${at?.[2]}-${at?.[3]}T03:00:00.000Z`, from: "name" } as const;
    const object = { key: id, sizeBytes: 1, modifiedAt: moment.at };
    return {
      id,
      name: id,
      store: "m",
      objects: [object],
      log: [],
      moment,
      reach: moment,
      sizeBytes: 1,
      facts: DUMP_FACTS,
    };
  };
  const days = ["20261117", "20261118", "20261119", "20261120"];
  test("is told apart by databases and jobs, with a rhythm and a pattern for each", async () => {
    const points = [
      ...days.map((day) => point(`daily/shop-${day}.sql`)),
      point("monthly/shop-20261101.sql"),
      ...days.map((day) => point(`daily/crm_${day}T0300.sql`)),
    ];
    const jobs = await jobsOf(entriesOf({ points, unknown: [] }).entries, async () => null);
    const { proposals } = proposalsFrom("directory:/b", jobs);
    expect(proposals.map(({ name }) => name)).toEqual(["crm", "shop"]);
    const [crm, shop] = proposals;
    expect(crm?.sources.map(({ pattern }) => pattern)).toEqual(["daily/crm_*.sql"]);
    expect(shop?.sources).toMatchObject([
      { pattern: "daily/shop-*.sql", every: 86_400_000 },
      { pattern: "monthly/shop-*.sql" },
    ]);
    expect(shop?.objectives.rpo).toBe(25 * 3_600_000);
  });
  test("a rhythm is told by three moments", () => {
    const points = days.map((day) => point(`backups/daily/shop-${day}T030000Z.sql.gz`));
    expect(rhythmMs(points)).toBe(86_400_000);
    expect(rhythmMs(points.slice(0, 2))).toBeNull();
  });
});

describe("what cannot be read", () => {
  const at = (key: string, modifiedAt: string, unreadable?: StoredObject["unreadable"]): StoredObject => ({
    key,
    sizeBytes: WHOLE.length,
    modifiedAt,
    ...(unreadable === undefined ? {} : { unreadable }),
  });
  const denied = { kind: "denied", because: "no", next: ["ask"] } as const;
  const listing = (objects: readonly StoredObject[]): Store => ({
    ...storeOf(Object.fromEntries(objects.map(({ key }) => [key, WHOLE]))),
    async *list() {
      yield* objects;
    },
  });
  const [old, young] = ["2026-11-20T03:00:00.000Z", "2026-11-21T03:00:00.000Z"];
  test("is the newest of its job, and nothing is known against it", async () => {
    const store = listing([at("shop-1.sql", old), at("shop-2.sql", young, denied)]);
    const { candidates } = await stockOf(store, { ...source, pattern: "shop-*.sql" }, engine);
    expect(candidates.map(({ point }) => [point.id, point.unreadable?.kind, point.facts.complete])).toEqual([
      ["shop-2.sql", "denied", "unknown"],
      ["shop-1.sql", undefined, "yes"],
    ]);
  });
  test("is all there is: a point, and not nothing", async () => {
    expect(ids(await stockOf(listing([at("x", young, denied)]), source, engine))).toEqual(["x"]);
  });
  test("is a folder in which the pattern's backups may lie; lost+found is none", async () => {
    const store = listing([at("a/shop-1.sql", old), at("b/", young, denied), at("lost+found/", young, denied)]);
    const stock = await stockOf(store, { ...source, pattern: "*/shop-*.sql" }, engine);
    expect(ids(stock)).toEqual(["b/", "a/shop-1.sql"]);
    expect((await stockOf(store, { ...source, pattern: "a/shop-*.sql" }, engine)).candidates).toHaveLength(1);
  });
});
