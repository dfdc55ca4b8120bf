/** Which of several logs is a backup's own, what of it is read, and what is said of what is not. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { takeStock } from "../../src/backups/locate.ts";
import { nearness, pieceOf } from "../../src/backups/log-names.ts";
import { mariadb } from "../../src/engines/mariadb/engine.ts";
import { log as wal } from "../../src/engines/postgres/log.ts";
import type { LogArchive, StoredObject } from "../../src/parts.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const dump = (piece: string | null, more = "") =>
  Buffer.from(
    `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for Linux\n--\n-- Host: localhost    Database: store\n-- ------\n-- Server version\t10.11.6-MariaDB\n\n${piece === null ? "" : `-- CHANGE MASTER TO MASTER_LOG_FILE='${piece}', MASTER_LOG_POS=42;\n`}${more}-- Dump completed on 2026-11-20\n`,
  );

interface Written {
  readonly server?: number;
  /** Domain, server and number of what it begins after. */
  readonly after?: readonly (readonly [number, number, number])[];
}

/** The first events of a binary log. */
function piece({ server = 7, after = [] }: Written = {}): Buffer {
  const event = (type: number, body: Buffer) => {
    const head = Buffer.alloc(19);
    head[4] = type;
    head.writeUInt32LE(server, 5);
    head.writeUInt32LE(19 + body.length, 9);
    return Buffer.concat([head, body]);
  };
  const list = Buffer.alloc(4 + after.length * 16);
  list.writeUInt32LE(after.length, 0);
  for (const [index, [domain, of, number]] of after.entries()) {
    list.writeUInt32LE(domain, 4 + index * 16);
    list.writeUInt32LE(of, 8 + index * 16);
    list.writeBigUInt64LE(BigInt(number), 12 + index * 16);
  }
  return Buffer.concat([Buffer.from("\xfebin", "latin1"), event(15, Buffer.alloc(100)), event(163, list)]);
}

const stock = async (files: Readonly<Record<string, Buffer>>) => {
  const { points, unknown } = await takeStock(memoryStore(files), [mariadb]);
  expect(unknown).toEqual([]);
  return points;
};
const keys = (objects: readonly StoredObject[] = []) => objects.map(({ key }) => key);

describe("a piece by its name", () => {
  const named = (log: LogArchive | undefined, key: string) => {
    const found = log === undefined ? null : pieceOf(log, { key } as StoredObject);
    return found === null ? null : [found.name, found.wrapping?.is ?? "plain"];
  };
  test.each([
    ["binlog.000012", ["binlog.000012", "plain"]],
    ["x/mysql-bin.000012.gz", ["mysql-bin.000012", "packed"]],
    ["x/db1.example.org-bin.000012.zst", ["db1.example.org-bin.000012", "packed"]],
    ["binlog.000012.gz.gpg", ["binlog.000012", "unread"]],
    ["binlog.000012.br", ["binlog.000012", "unread"]],
    ["binlog.index", null],
    ["shop.sql.gz", null],
    ["000001.gz", null],
  ])("of MariaDB: %s", (key, expected) => expect(named(mariadb.log, key)).toEqual(expected));
  test.each([
    ["00000001000000000000000A", ["00000001000000000000000A", "plain"]],
    ["wals/0000000100000000/00000001000000000000000A.gz", ["00000001000000000000000A", "packed"]],
    ["wal_005/00000001000000000000000A.lz4", ["00000001000000000000000A", "packed"]],
    ["00000001000000000000000B.partial", ["00000001000000000000000B", "unfinished"]],
    ["00000001000000000000000B.gz.partial", ["00000001000000000000000B", "unfinished"]],
    ["00000002.history.gz", ["00000002.history", "packed"]],
    ["00000001000000000000000A.00000028.backup", null],
  ])("of PostgreSQL: %s", (key, expected) => expect(named(wal, key)).toEqual(expected));
});

test("nearness goes by folders, then by words", () => {
  expect(nearness("db1/dumps/x.sql", ["db1", "log"])).toBeGreaterThan(nearness("db1/dumps/x.sql", ["db2", "log"]));
  expect(nearness("dumps/alpha-1.sql", ["alpha"])).toBeGreaterThan(nearness("dumps/alpha-1.sql", ["beta"]));
  expect(nearness("shop/x.sql", ["log-shop"])).toBeGreaterThan(nearness("shop/x.sql", ["log-shop-old"]));
});

describe("the log of a dump", () => {
  test("is read packed or not, by name or by content, each piece once", async () => {
    const [point] = await stock({
      "shop.sql": dump("binlog.000002"),
      "log/binlog.000001": piece(),
      "log/binlog.000002": gzipSync(piece()),
      "log/binlog.000003.zst": piece(),
      "log/binlog.000004": piece(),
      "log/binlog.000004.gz": gzipSync(piece()),
    });
    expect(keys(point?.log)).toEqual(["log/binlog.000002", "log/binlog.000003.zst", "log/binlog.000004"]);
    expect(point?.facts).toMatchObject({ hasLog: true, logPacking: ["zstd", "gzip"] });
    expect(point?.leftLog).toBeUndefined();
  });

  test("ends before a piece that is not read here", async () => {
    const [point] = await stock({
      "shop.sql": dump("binlog.000002"),
      "binlog.000002": piece(),
      "binlog.000003.gpg": piece(),
      "binlog.000004": piece(),
    });
    expect(keys(point?.log)).toEqual(["binlog.000002"]);
    expect(point?.leftLog).toMatchObject({
      kind: "unread",
      key: "binlog.000003.gpg",
      because: expect.stringContaining("gpg"),
    });
  });

  test("has a hole where its first piece is missing, and is pruned where a newer backup goes on", async () => {
    const files = { "a.sql": dump("binlog.000002"), "binlog.000005": piece(), "binlog.000006": piece() };
    const [alone] = await stock(files);
    expect(alone).toMatchObject({
      log: [],
      leftLog: { kind: "hole", wanted: "binlog.000002", key: "binlog.000005" },
    });
    const [old, newer] = await stock({ ...files, "b.sql": dump("binlog.000005") });
    expect([old?.log.length, old?.leftLog]).toEqual([0, undefined]);
    expect(keys(newer?.log)).toEqual(["binlog.000005", "binlog.000006"]);
  });

  test("that ends before the backup is none", async () => {
    const [point] = await stock({
      "shop.sql": dump("binlog.000002"),
      "binlog.000002": Buffer.from("\xfebin", "latin1"),
    });
    expect([point?.log, point?.leftLog]).toEqual([[], undefined]);
  });

  test("of another name is none of its own, and one that nobody uses is said", async () => {
    const [point] = await stock({ "shop.sql": dump("binlog.000002"), "relay-bin.000002": piece() });
    expect([point?.log, point?.leftLog]).toEqual([[], undefined]);
  });

  test.each<[string, Record<string, Buffer>, string | null]>([
    ["by its folder", { "one/binlog.000002": piece(), "two/binlog.000002": piece() }, "one/binlog.000002"],
    [
      "by its transactions, wherever it lies",
      {
        "one/binlog.000002": piece({ server: 8, after: [[0, 8, 4]] }),
        "two/binlog.000002": piece({ after: [[0, 7, 4]] }),
      },
      "two/binlog.000002",
    ],
    [
      "by its life: it cannot begin after later ones",
      { "one/binlog.000002": piece({ after: [[0, 7, 400]] }), "two/binlog.000002": piece({ after: [[0, 7, 4]] }) },
      "two/binlog.000002",
    ],
  ])("is told %s", async (_, logs, expected) => {
    const [point] = await stock({
      "one/shop.sql": dump("binlog.000002", "-- SET GLOBAL gtid_slave_pos='0-7-9';\n"),
      ...logs,
    });
    expect(point?.leftLog?.kind).toBe(undefined);
    expect(keys(point?.log)).toEqual([expected]);
  });

  test("of several that nothing tells apart is none, and neither is another server's", async () => {
    const [several] = await stock({
      "shop.sql": dump("binlog.000002"),
      "a/binlog.000002": piece(),
      "b/binlog.000002": piece(),
    });
    expect(several).toMatchObject({ log: [], leftLog: { kind: "several", key: "a/binlog.000002" } });
    const other = piece({ server: 8, after: [[0, 8, 4]] });
    const [foreign] = await stock({
      "shop.sql": dump("binlog.000002", "-- SET GLOBAL gtid_slave_pos='0-7-9';\n"),
      "binlog.000002": other,
      "binlog.000003": other,
    });
    expect(foreign).toMatchObject({ log: [], leftLog: { kind: "other-server", key: "binlog.000002" } });
  });
});

describe("times that a log says itself", () => {
  /** A piece that was begun, and whose last event was written, at these seconds. */
  const timed = (begun: number, ended: number | null) => {
    const start = piece();
    start.writeUInt32LE(begun, 4);
    if (ended === null) return Buffer.concat([start, Buffer.alloc(30, 1)]);
    const last = Buffer.alloc(40);
    last.writeUInt32LE(ended, 0);
    last.writeUInt32LE(40, 9);
    last.writeUInt32LE(start.length + 40, 13);
    return Buffer.concat([start, last]);
  };
  const [begun, ended] = [Date.UTC(2020, 0, 1) / 1000, Date.UTC(2020, 0, 2) / 1000];
  test("its last event counts where the object's time is later", async () => {
    const [point] = await stock({ "shop.sql": dump("binlog.000002"), "binlog.000002": timed(begun, ended) });
    expect(point?.log.length).toBe(1);
    expect(
      mariadb.log?.timesIn?.({ head: timed(begun, ended), tail: timed(begun, ended) }, timed(begun, ended).length),
    ).toEqual({
      begunMs: begun * 1000,
      endedMs: ended * 1000,
    });
  });
  test("nothing is told by an end that is torn, and by what is no log", () => {
    const torn = timed(begun, null);
    expect(mariadb.log?.timesIn?.({ head: torn, tail: torn }, torn.length)).toEqual({ begunMs: begun * 1000 });
    expect(mariadb.log?.timesIn?.({ head: dump(null), tail: dump(null) }, 10)).toBeNull();
  });
});

describe("pieces under other names", () => {
  test("are named when the backup says them, and not gone through", async () => {
    const store = memoryStore({
      "shop.sql": dump("master.000002"),
      "log/master.000002": piece(),
      "log/other.000009": piece(),
    });
    const { points } = await takeStock(store, [mariadb]);
    expect(points[0]?.leftLog).toMatchObject({ kind: "unread", key: "log/master.000002", wanted: "master.000002" });
  });
  test("of an earlier number, or another name, are none", async () => {
    const store = memoryStore({
      "shop.sql": dump("master.000007"),
      "log/master.000002": piece(),
      "log/slave.000009": piece(),
    });
    const { points } = await takeStock(store, [mariadb]);
    expect(points[0]?.leftLog).toBeUndefined();
  });
});
