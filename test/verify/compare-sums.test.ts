/** What was once written down of a file against what was fetched: a difference is a fault of the copy, and nothing else is. */
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RecoveryPoint, Store, StoredObject } from "../../src/parts.ts";
import { compareSums } from "../../src/verify/compare-sums.ts";
import { memoryStore } from "../fakes/memory-store.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbell-sums-"));
  await writeFile(join(folder, "shop.sql"), "rows");
  await writeFile(join(folder, "other.sql"), "other");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const hexOf = (text: string, algorithm: string) => createHash(algorithm).update(text).digest("hex");
const files = ["shop.sql", "other.sql"].map((name) => ({ key: `b/${name}`, path: name }));
const fetched = () => files.map(({ key, path }) => ({ key, path: join(folder, path) }));

/** Compares with sums that say this, by the key that each is of. */
function compare(told: Readonly<Record<string, string>>, store?: Store): Promise<number> {
  const texts = Object.fromEntries(Object.entries(told).map(([of, text]) => [`${of}.sum`, Buffer.from(text)]));
  const object = (key: string): StoredObject => ({ key, sizeBytes: 1, modifiedAt: "" });
  const sums = Object.keys(told).map((of) => ({ of, object: object(`${of}.sum`) }));
  return compareSums(store ?? memoryStore(texts), { sums } as unknown as RecoveryPoint, fetched());
}

test.each(["md5", "sha1", "sha256", "sha512"])("a file that is what its %s says is counted", async (algorithm) => {
  expect(await compare({ "b/shop.sql": `${hexOf("rows", algorithm)}  shop.sql\n` })).toBe(1);
});

test("each of several is compared with its own", async () => {
  const own = { "b/shop.sql": hexOf("rows", "sha256"), "b/other.sql": hexOf("other", "sha256") };
  expect(await compare(own)).toBe(2);
  await expect(compare({ ...own, "b/other.sql": hexOf("rows", "sha256") })).rejects.toMatchObject({
    code: "FB_COPY_SUM",
    message: `b/other.sql is not what was once written down of it: b/other.sql.sum says sha256 ${hexOf("rows", "sha256").slice(0, 12)}…, and it hashes to ${hexOf("other", "sha256").slice(0, 12)}…`,
  });
});

test("nothing is held against a copy by a sum that says nothing, cannot be read, or is of what was not fetched", async () => {
  expect(await compare({})).toBe(0);
  expect(await compare({ "b/shop.sql": "see the other list" })).toBe(0);
  expect(await compare({ "b/missing.sql": hexOf("rows", "sha256") })).toBe(0);
  const unread = memoryStore({ "b/missing.sql.sum": Buffer.from(hexOf("rows", "sha256")) });
  expect([await compare({ "b/missing.sql": "x" }, unread), unread.reads]).toEqual([0, 0]);
  const broken = {
    ...memoryStore({}),
    // biome-ignore lint/correctness/useYield: it breaks before there is anything
    async *read(): AsyncIterable<Uint8Array> {
      throw new Error("gone");
    },
  };
  expect(await compare({ "b/shop.sql": "x" }, broken)).toBe(0);
  expect(await compareSums(memoryStore({}), {} as RecoveryPoint, fetched())).toBe(0);
});
