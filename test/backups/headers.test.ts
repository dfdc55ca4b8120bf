/** Whatever bytes lie in a store and whatever they are called: no reader of headers throws, hangs or repeats them. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { takeStock } from "../../src/backups/locate.ts";
import { momentInName } from "../../src/backups/moments.ts";
import { wordsOf } from "../../src/backups/name-words.ts";
import { formOf, formWords } from "../../src/backups/unrecognised.ts";
import { catalog } from "../../src/catalog.ts";
import { viewsOf } from "../../src/host/unpack-head.ts";
import type { StoredObject } from "../../src/parts.ts";
import { proposalsOf } from "../../src/verify/proposals.ts";
import { stockText } from "../../src/verify/stock.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const methods = catalog.engines.flatMap(({ methods: all }) => all);
const text = (words: string) => Buffer.from(words, "latin1");

/** What the readers look for, so that what follows is really read. */
const STARTS: readonly Buffer[] = [
  ...[
    "",
    "\0",
    "PGDMP",
    "PGDMP\u0001\u000e\0\u0004\u0008\u0001",
    "PGDMP\u0001\u0010\0\u0004\u0008\u0005",
    "XBSTCK01",
    "Salted__",
  ],
  ...[
    "BZh9",
    "BZh91AY&SY",
    "\u00fd7zXZ\0",
    '\u0004"M\u0018',
    "(\u00b5/\u00fd",
    "\u001f\u008b\u0008\0\0\0\0\0\0\u0003",
    "PK\u0003\u0004",
  ],
  ...[
    "-----BEGIN PGP MESSAGE-----",
    "age-encryption.org/v1\n",
    "\u00ff\u00fe-\0-\0",
    "\u00ef\u00bb\u00bf--\n",
    "SQLite format 3\0",
  ],
  ...[
    "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version ",
    "--\n-- PostgreSQL database cluster dump\n--\n\n\\connect ",
  ],
  ...[
    "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for ",
    "-- MySQL dump 10.13  Distrib 8.4.0, for Linux (x86_64)\n-- Host: x    Database: ",
  ],
  ...[
    "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump ",
    "-- Server version\t",
    "tool_name = mariadb-backup\nserver_version = ",
    "START WAL LOCATION: ",
  ],
  ...["tool_name = mariabackup\nbinlog_pos = filename '", "[backup]\nlabel=", "<html", "<?xml version", "#!/bin/sh\n"],
].map(text);

const number = fc.oneof(fc.integer(), fc.constantFrom(-1, 0, 1, 2 ** 31 - 1, -(2 ** 31), 0x7fffff00));
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)) },
  fc.constantFrom(...STARTS),
  fc.nat(20_000).map((length) => Buffer.alloc(length)),
  fc.nat(20_000).map((length) => Buffer.alloc(length, "A")),
  fc.tuple(fc.constantFrom(1, 4), number).map(([width, value]) => {
    const bytes = Buffer.alloc(1 + width);
    bytes.writeUInt8(value < 0 ? 1 : 0);
    for (let at = 0; at < width; at++) bytes.writeUInt8((Math.abs(value) >>> (8 * at)) & 0xff, 1 + at);
    return bytes;
  }),
  fc.string({ unit: "binary", maxLength: 300 }).map((words) => Buffer.from(words)),
);
const content = fc
  .tuple(fc.constantFrom(...STARTS), fc.array(piece, { maxLength: 8 }), fc.boolean())
  .map(([start, pieces, isPacked]) => {
    const bytes = Buffer.concat([start, ...pieces]);
    return isPacked ? gzipSync(bytes) : bytes;
  });

/** Longer than this for some kilobytes is a reader that goes back and forth. */
const LONGEST_MS = 1500;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test("readers of bytes", async () => {
  await fc.assert(
    fc.asyncProperty(content, content, async (head, tail) => {
      const beganMs = performance.now();
      const views = await viewsOf(head, true);
      const form = formOf({ key: "shop.sql", sizeBytes: head.length, head: Buffer.from(head), views });
      expect(formWords(form).length).toBeLessThan(500);
      for (const { bytes, packing } of [...views, { bytes: head, packing: [] }]) {
        for (const method of methods) {
          method.inspect({ head: bytes, tail, packing });
          method.inspect({ head: bytes, tail: null, packing });
        }
      }
      expect(performance.now() - beganMs).toBeLessThan(LONGEST_MS);
    }),
    { numRuns: 400 },
  );
});

test("a store of such things: each is listed, and what is said of it is short and only shows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { maxLength: 6 }),
      fc.string({ unit: "binary", maxLength: 80 }),
      async (all, odd) => {
        const store = memoryStore(Object.fromEntries(all.map((bytes, index) => [`${odd}/${index}${odd}.dump`, bytes])));
        const inventory = await takeStock(store, catalog.engines);
        for (const { facts } of inventory.points) {
          const said = Object.values(facts).filter((value) => typeof value === "string");
          for (const value of said) expect(value.length).toBeLessThan(300);
          expect(said.join(" ")).not.toMatch(UNSEEN);
        }
        expect(stockText(inventory, 0).replaceAll("\n", "")).not.toMatch(UNSEEN);
        await proposalsOf("memory:", { store, engines: catalog.engines, inventory });
      },
    ),
    { numRuns: 150 },
  );
});

describe("readers of names", () => {
  const word = fc.constantFrom(
    "toc.dat",
    "2026-11-20",
    "T03:00Z",
    "base.tar.gz",
    "xtrabackup_info",
    ".aa",
    "_",
    "-",
    "/",
    "//",
    ".",
    "Fri",
    "global/pg_control",
    "backup.info",
    "backup_label",
    "partaa",
    ".001",
  );
  const key = fc
    .array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 30 })), { maxLength: 12 })
    .map((all) => all.join(""));
  test("moments and words", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          key,
          fc.string({ minLength: 500, maxLength: 1024 }),
          fc.nat(1024).map((n) => "1".repeat(n)),
        ),
        (name) => {
          const beganMs = performance.now();
          const moment = momentInName(name);
          if (moment !== null) expect(Number.isNaN(Date.parse(moment))).toBe(false);
          wordsOf(name);
          expect(performance.now() - beganMs).toBeLessThan(LONGEST_MS);
        },
      ),
      { numRuns: 500 },
    );
  });
  test("what belongs together: only objects that are there", () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), (keys) => {
        const objects: StoredObject[] = keys.map((one) => ({
          key: one,
          sizeBytes: 9,
          modifiedAt: "2026-11-20T03:00:00.000Z",
        }));
        for (const method of methods) {
          for (const { lead, members } of method.gather?.(objects) ?? []) {
            expect(objects).toContain(lead);
            for (const member of members) expect(objects).toContain(member);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
