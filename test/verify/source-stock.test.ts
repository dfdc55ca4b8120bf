/** What a source means, whatever its pattern says of what belongs to it, and what is newer and understood by nobody. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine, Store } from "../../src/parts.ts";
import { stockOf } from "../../src/verify/source-stock.ts";
import { newerThan, youngerError } from "../../src/verify/younger.ts";

const engineOf = (name: string) => catalog.engines.find((one) => one.name === name) as Engine;
const [postgres, mariadb] = [engineOf("postgres"), engineOf("mariadb")];
const WHOLE =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n-- Dumped by pg_dump version 15.4\n\nCREATE TABLE t ();\n-- PostgreSQL database dump complete\n";
const PLACED = `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for Linux\n--\n-- Host: localhost    Database: store\n-- ------\n-- Server version\t10.11.6-MariaDB\n\n-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000002', MASTER_LOG_POS=42;\n-- Dump completed on 2026-11-20\n`;

/** A day apart, in the order in which they are written down. */
function storeOf(files: Readonly<Record<string, string>>): Store {
  const keys = Object.keys(files);
  return {
    place: "memory:/",
    async *list(prefix) {
      for (const [index, key] of keys.entries()) {
        if (!key.startsWith(prefix)) continue;
        const modifiedAt = new Date(Date.UTC(2026, 10, 20 + index, 3)).toISOString();
        yield { key, sizeBytes: Buffer.byteLength(files[key] ?? ""), modifiedAt };
      }
    },
    async *read(object, from = 0, to) {
      yield Buffer.from(files[object.key] ?? "").subarray(from, to);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

const source = { store: "memory:/" };
const stock = (files: Readonly<Record<string, string>>, told: object = {}, isOthers?: (key: string) => boolean) =>
  stockOf(storeOf(files), { ...source, ...told }, postgres, isOthers === undefined ? {} : { isOthers });
const ids = ({ candidates }: { candidates: readonly { point: { id: string } }[] }) =>
  candidates.map(({ point }) => point.id);
const keys = ({ younger }: { younger: readonly { key: string }[] }) => younger.map(({ key }) => key);

const OLDER = { "shop-20261120.sql": WHOLE, "shop-20261121.sql": WHOLE };

describe("newer, and understood by nobody", () => {
  test.each([
    ["another packing", "shop-20261122.sql.7z", "7z\u00bc\u00af\u0027\u001c"],
    ["an encryption", "shop-20261122.sql.bin", "Salted__12345678"],
    ["under a new ending", "shop-20261122.backup", "?"],
    ["a whole dump that the pattern does not mean", "shop-20261122.psql", WHOLE],
  ])("%s", async (_, key, text) => {
    for (const told of [{ pattern: "shop-*.sql" }, {}]) {
      const found = await stock({ ...OLDER, [key]: text }, told);
      const isMeant = ids(found).includes(key);
      expect(isMeant || keys(found).includes(key)).toBe(true);
    }
    expect(keys(await stock({ ...OLDER, [key]: text }, { pattern: "shop-*.sql" }))).toEqual([key]);
  });
  test.each([
    ["a note", "README.md"],
    ["a sum of it", "shop-20261121.sql.sha256"],
    ["a log of the job", "shop-20261122.log"],
    ["a copy that another program has not finished", "shop-20261122.sql.tmp"],
    ["a hidden file", ".shop-20261122.sql.Xa7f2c"],
    ["another database's", "stock-20261122.sql.7z"],
    ["files of the application", "shop-uploads-20261122.tar.gz"],
    ["another folder's, of another name", "media/2026/11/22.jpg"],
  ])("not %s", async (_, key) => {
    expect(keys(await stock({ ...OLDER, [key]: "?" }, { pattern: "shop-*.sql" }))).toEqual([]);
    expect(keys(await stock({ ...OLDER, [key]: "?" }))).toEqual([]);
  });
  test("not what is older, what is told to be ignored, and what another source means", async () => {
    const key = "shop-20261122.sql.7z";
    expect(keys(await stock({ [key]: "?", ...OLDER }, { pattern: "shop-*.sql" }))).toEqual([key]);
    expect(keys(await stock({ "shop-20261118.sql.7z": "?", ...OLDER }, { pattern: "shop-*.sql" }))).toEqual([]);
    const all = { ...OLDER, [key]: "?" };
    expect(keys(await stock(all, { pattern: "shop-*.sql", ignore: ["*.7z"] }))).toEqual([]);
    expect(keys(await stock(all, { pattern: "shop-*.sql" }, (one) => one.endsWith(".7z")))).toEqual([]);
  });
  test("is said with what it is and what to type", async () => {
    const { younger, candidates } = await stock(
      { ...OLDER, "shop-20261122.sql.bin": "Salted__12345678" },
      { pattern: "shop-*.sql" },
    );
    const [newest] = candidates;
    if (newest === undefined) throw new Error("no candidate");
    const { message, next, exitCode } = youngerError(newerThan(younger, newest), newest);
    expect(message).toMatch(
      /^shop-20261122\.sql\.bin is newer than shop-20261121\.sql but wasn't understood: .*openssl/,
    );
    expect(next.at(-1)).toContain('ignore: ["shop-*.sql.bin"]');
    expect(exitCode).toBe(4);
  });
});

describe("a pattern", () => {
  test("means its own job where another's names fit, too", async () => {
    const files = { ...OLDER, "shop-eu-20261122.sql": WHOLE };
    expect(ids(await stock(files, { pattern: "shop-*.sql" }))).toEqual(["shop-20261121.sql", "shop-20261120.sql"]);
    expect(ids(await stock(files, { pattern: "*.sql" }))).toHaveLength(3);
    expect(ids(await stock(files, { pattern: "shop-*.sql", ignore: ["shop-2026112?.sql"] }))).toEqual([
      "shop-eu-20261122.sql",
    ]);
  });
  test("never hides the log, wherever it lies", async () => {
    const files = {
      "dumps/store-20261120.sql": PLACED,
      "binlog/binlog.000002": "\u00febin",
      "binlog/binlog.000003": "\u00febin",
    };
    for (const pattern of ["dumps/store-*.sql", "**/store-*.sql"]) {
      const { candidates } = await stockOf(storeOf(files), { ...source, pattern }, mariadb);
      expect(candidates.map(({ point }) => point.log.map(({ key }) => key))).toEqual([
        ["binlog/binlog.000002", "binlog/binlog.000003"],
      ]);
    }
  });
  test("and a database: only what names it in its own header", async () => {
    const other = PLACED.replace("Database: store", "Database: blog");
    const files = { "0f1e2d3c4b5a": PLACED, "1f2e3d4c5b6a": other };
    const found = await stockOf(storeOf(files), { ...source, pattern: "*", database: "blog" }, mariadb);
    expect(ids(found)).toEqual(["1f2e3d4c5b6a"]);
  });
  test("one store is listed once for all its sources", async () => {
    let listed = 0;
    const store = storeOf(OLDER);
    const counting: Store = {
      ...store,
      list: (prefix) => {
        listed += 1;
        return store.list(prefix);
      },
    };
    for (const pattern of ["shop-*.sql", "stock-*.sql"]) await stockOf(counting, { ...source, pattern }, postgres);
    expect(listed).toBe(1);
  });
});

describe("nothing is a backup of it, and the place is not empty", () => {
  const passed = async (files: Readonly<Record<string, string>>, told: object = {}) => {
    const found = await stock(files, told);
    return [found.candidates.length, found.passed.map(({ key, because }) => `${key}: ${because}`)];
  };
  test.each([
    [
      "a pattern that means nothing",
      OLDER,
      { pattern: "app-*.sql" },
      /shop-20261121\.sql: a backup that "app-\*\.sql" does not mean/,
    ],
    [
      "a form that nobody reads",
      { "a.bin": "?" },
      { pattern: "app-*.sql" },
      /a\.bin: no backup that Fogbell recognises/,
    ],
    ["another way to back up", OLDER, { method: "physical" }, /a logical backup, and fogbell\.yaml says physical/],
    ["another engine", { "a.sql": PLACED }, { pattern: "b*" }, /a dump of a server by MariaDB 10\.11\.6/],
  ])("%s", async (_, files, told, because) => {
    const [candidates, [first = ""] = []] = (await passed(files as Record<string, string>, told)) as [number, string[]];
    expect(candidates).toBe(0);
    expect(first).toMatch(because);
  });
  test("without a pattern the form itself is the copy that cannot be read", async () => {
    const { candidates } = await stock({ "a.bin": "?" });
    expect(candidates[0]?.point.unreadable?.because).toMatch(/no backup that Fogbell recognises/);
  });
  test("an empty place says nothing", async () => expect(await passed({})).toEqual([0, []]));
});
