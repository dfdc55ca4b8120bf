import { gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { entriesOf } from "../../src/backups/entries.ts";
import { leadKey } from "../../src/backups/generations.ts";
import { jobsOf } from "../../src/backups/jobs.ts";
import { takeStock } from "../../src/backups/locate.ts";
import { assertAnyRead } from "../../src/backups/unreadable.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import { UnavailableError, UnreadableError } from "../../src/errors.ts";
import type { Store, StoredObject } from "../../src/parts.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const head =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18 (Debian 15.18-0)\n-- Dumped by pg_dump version 15.18\n\n";
const tail = "--\n-- PostgreSQL database dump complete\n--\n\n";
const bytes = (text: string) => Buffer.from(text);

test("points are told by their content, whatever they are called", async () => {
  const whole = `${head}SELECT 1;\n${tail}`;
  const { points, unknown } = await takeStock(
    memoryStore({
      "a/shop-20261120T130000Z.txt": bytes(whole),
      "b/no-moment.bin": gzipSync(whole),
      "c/shop.zip": zstdCompressSync(bytes(whole)),
      "d/cut.sql": bytes(head),
      "e/empty.dump": bytes(""),
      "f/photo.sql.gz": bytes("JFIF not a dump"),
      "f/broken.gz": Buffer.concat([bytes("\x1f\x8b"), bytes("rubbish")]),
      "g/x.globals.sql": bytes("CREATE ROLE app;"),
    }),
    [postgres],
  );
  const shown = points.map(({ id, facts, moment }) => [
    id,
    facts.packing,
    facts.complete,
    facts.serverVersion,
    moment.from,
  ]);
  expect(shown).toEqual([
    ["a/shop-20261120T130000Z.txt", [], "yes", "15.18", "name"],
    ["b/no-moment.bin", ["gzip"], "unknown", "15.18", "object-time"],
    ["c/shop.zip", ["zstd"], "unknown", "15.18", "object-time"],
    ["d/cut.sql", [], "no", "15.18", "object-time"],
  ]);
  expect(unknown.map(({ key }) => key)).toEqual(["e/empty.dump", "f/photo.sql.gz", "f/broken.gz"]);
});
const integer = (value: number) => [0, value, 0, 0, 0];

test("a directory backup is one point with its members and its roles", async () => {
  const toc = Buffer.from(
    // The lengths and the moment: 2026-11-20 13:00:00.
    [
      "PGDMP",
      1,
      14,
      0,
      4,
      8,
      3,
      ...[0, 0, 0, 13, 20, 10, 126, 0].flatMap(integer),
      ...Array<number>(60).fill(0),
    ].flatMap((part) => (typeof part === "string" ? [...bytes(part)] : [part])),
  );
  const { points } = await takeStock(
    memoryStore({
      "n/shop-20261120T130000Z.dir/1.dat.gz": bytes("x"),
      "n/shop-20261120T130000Z.dir/toc.dat": toc,
      "n/shop-20261120T130000Z.globals.sql": bytes("r"),
    }),
    [postgres],
  );
  expect(points).toHaveLength(1);
  expect(points[0]).toMatchObject({
    name: "n",
    facts: { format: "directory" },
    globals: { key: "n/shop-20261120T130000Z.globals.sql" },
  });
  expect(points[0]?.objects).toHaveLength(2);
});

test("a copy that another program has not finished is none, however much of it is there", async () => {
  const names = [
    "s.dump.part",
    "s.dump.tmp",
    "s.sql.inprogress",
    "s.sql.in-progress",
    "s.sql.3fa1.partial",
    ".s.sql.Xq3bZk",
  ];
  const { points, unknown } = await takeStock(
    memoryStore(Object.fromEntries(["s.sql", ...names].map((name) => [name, bytes(head)]))),
    [postgres],
  );
  expect(points.map(({ id }) => id)).toEqual(["s.sql"]);
  expect(unknown.map(({ because }) => because)).toEqual(names.map(() => "by its name a copy that is not finished"));
});

test("what is no backup is told with the reason: encrypted, and with what; empty; unknown", async () => {
  const { points, unknown } = await takeStock(
    memoryStore({
      "a.dump.age": bytes("age-encryption.org/v1\n-> X25519 …"),
      "b.dump.gpg": Buffer.from([0x85, 0x01, 0x0c, 0x03, 1, 2, 3]),
      "c.dump.asc": bytes("-----BEGIN PGP MESSAGE-----\n\nhQEM"),
      "d.dump.enc": bytes("Salted__abcdefgh"),
      "e.dump": bytes(""),
      "f.sql.gz": gzipSync("pg_dump: error: connection refused"),
    }),
    [postgres],
  );
  expect(points).toEqual([]);
  expect(Object.fromEntries(unknown.map(({ key, because }) => [key, because]))).toEqual({
    "a.dump.age": "encrypted with age: decrypt it first",
    "b.dump.gpg": "encrypted with OpenPGP (gpg): decrypt it first",
    "c.dump.asc": "encrypted with OpenPGP (gpg): decrypt it first",
    "d.dump.enc": "encrypted with openssl: decrypt it first",
    "e.dump": "empty",
    "f.sql.gz": 'no dump but a message of the dump program: "pg_dump: error: connection refused"',
  });
});
test("older versions of a key are points of their own, each read by itself; what is removed meanwhile is none", async () => {
  const whole = bytes(`${head}SELECT 1;\n${tail}`);
  const version = (key: string, name: string, sizeBytes: number): StoredObject => ({
    key,
    version: name,
    sizeBytes,
    modifiedAt: `2026-11-20T0${name.slice(1)}:00:00.000Z`,
  });
  const all = new Map([
    [version("shop.sql", "v3", head.length), bytes(head)],
    [version("shop.sql", "v2", whole.length), whole],
    [version("gone.sql", "v1", whole.length), null],
  ]);
  const store: Store = {
    ...memoryStore({}),
    async *list() {
      yield* all.keys();
    },
    async *read(object, from = 0, to = object.sizeBytes) {
      const content = all.get(object);
      if (content == null) throw new UnavailableError("removed", { code: "FB_OBJECT_GONE" });
      yield content.subarray(from, to);
    },
  };
  const { points, unknown } = await takeStock(store, [postgres]);
  expect(points.map(({ id, facts }) => [id, facts.complete])).toEqual([
    ["shop.sql@v3", "no"],
    ["shop.sql@v2", "yes"],
  ]);
  expect(unknown).toEqual([]);
});
test("a version's name is no part of what a job calls its backups", async () => {
  const point = (version: string) => ({
    facts: { packing: [] },
    id: `daily/shop-20261120T030000Z.dump@${version}`,
    objects: [{ key: "daily/shop-20261120T030000Z.dump", version, sizeBytes: 1, modifiedAt: "" }],
  });
  expect(leadKey(point("v1.x"))).toBe("daily/shop-20261120T030000Z.dump");
  const rest = { log: [], moment: { at: "", from: "name" }, facts: { engine: "postgres" } };
  const points = [point("v1"), point("v2")].map((one) => ({ ...one, ...rest }));
  const { entries } = entriesOf({ points: points as never, unknown: [] });
  const { jobs } = await jobsOf(entries, async () => null);
  expect(jobs.map(({ name, series }) => [name, series.map(({ pattern }) => pattern)])).toEqual([
    ["shop", ["daily/shop-*.dump"]],
  ]);
});

describe("what cannot be read is one object, and the rest is told", () => {
  const dump = bytes(`${head}SELECT 1;\n${tail}`);
  const files = { "a.sql": dump, "b.sql": dump, "c.sql": dump };
  const failing = (fails: (key: string) => unknown): Store => {
    const store = memoryStore(files);
    return {
      ...store,
      async *read(object, from, to) {
        const error = fails(object.key);
        if (error !== undefined) throw error;
        yield* store.read(object, from, to);
      },
    };
  };
  const archived = new UnreadableError("reading b.sql: no", {
    kind: "archived",
    because: "it lies in GLACIER",
    next: ["thaw it"],
  });
  const brokenAnswer = new UnavailableError("the connection broke", {
    code: "FB_STORE_UNREADABLE",
    next: ["run again"],
  });
  test.each([
    ["archived", archived, { kind: "archived", because: "it lies in GLACIER", next: ["thaw it"] }],
    ["broken", brokenAnswer, { kind: "broken", because: "the connection broke", next: ["run again"] }],
  ])("%s", async (_name, error, unreadable) => {
    const { points, unknown } = await takeStock(
      failing((key) => (key === "b.sql" ? error : undefined)),
      [postgres],
    );
    expect(points.map(({ id }) => id)).toEqual(["a.sql", "c.sql"]);
    expect(unknown).toMatchObject([{ key: "b.sql", because: unreadable.because, unreadable }]);
  });
  test("all of them archived: each says so", async () => {
    const { points, unknown } = await takeStock(
      failing(() => archived),
      [postgres],
    );
    expect(points).toEqual([]);
    expect(unknown).toHaveLength(3);
    expect(() => assertAnyRead({ points, unknown })).toThrow(/a\.sql cannot be read: it lies in GLACIER/);
  });
  test("all of them broken: that is the store", () =>
    expect(
      takeStock(
        failing(() => brokenAnswer),
        [postgres],
      ),
    ).rejects.toMatchObject({
      code: "FB_STORE_UNREADABLE",
      exitCode: 4,
    }));
  test("many in a row: nobody waits for the thousands that follow", async () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}.sql`, dump]));
    let asked = 0;
    const store: Store = {
      ...memoryStore(many),
      // biome-ignore lint/correctness/useYield: it fails instead.
      async *read({ key }) {
        if (++asked > 1) throw brokenAnswer;
        throw new UnreadableError(key, { kind: "denied", because: "no", next: [] });
      },
    };
    await expect(takeStock(store, [postgres])).rejects.toMatchObject({ code: "FB_STORE_UNREADABLE" });
    expect(asked).toBeLessThan(100);
  });
  test("credentials that are refused are no matter of one object", () =>
    expect(
      takeStock(
        failing(() => new UnavailableError("no", { code: "FB_S3_CREDENTIALS" })),
        [postgres],
      ),
    ).rejects.toMatchObject({ code: "FB_S3_CREDENTIALS" }));
});
test("what is written all the while is looked at once more, and then is one that cannot be read", async () => {
  const dump = bytes(`${head}SELECT 1;\n${tail}`);
  const store = memoryStore({ "a.sql": dump, "b.sql": dump });
  let listings = 0;
  const { points, unknown } = await takeStock(
    {
      ...store,
      list(prefix) {
        listings += 1;
        return store.list(prefix);
      },
      async *read(object, from, to) {
        if (object.key === "b.sql") throw new UnavailableError("it changed", { code: "FB_OBJECT_CHANGED" });
        yield* store.read(object, from, to);
      },
    },
    [postgres],
  );
  expect(points.map(({ id }) => id)).toEqual(["a.sql"]);
  expect(unknown).toMatchObject([{ key: "b.sql", unreadable: { kind: "changing" } }]);
  expect(listings).toBe(2);
});
