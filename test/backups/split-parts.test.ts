/** Parts of one file are one recovery point, whatever `split` called them; a hole is named; rotations stay what they are. */
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { takeStock } from "../../src/backups/locate.ts";
import { mariadb } from "../../src/engines/mariadb/engine.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const dump = gzipSync(
  `-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for debian-linux-gnu (x86_64)\n-- Host: localhost    Database: shop\n-- Server version\t10.11.6-MariaDB\n${Array.from({ length: 3000 }, (_, row) => `${Math.sin(row)}`).join("\n")}\n-- Dump completed\n`,
);

function parts(
  name: (index: number) => string,
  count = 4,
  without: readonly number[] = [],
): Record<string, Uint8Array> {
  const size = Math.ceil(dump.length / count);
  const all = Array.from(
    { length: count },
    (_, index) => [name(index), dump.subarray(index * size, (index + 1) * size)] as const,
  );
  return Object.fromEntries(all.filter((_, index) => !without.includes(index)));
}
const letters = (index: number) => String.fromCharCode(97 + Math.floor(index / 26), 97 + (index % 26));
const two = (index: number) => String(index).padStart(2, "0");

test.each([
  ["split's own letters", (index: number) => `n/shop.sql.gz.${letters(index)}`],
  ["the manual's", (index: number) => `n/shop.sql.gz.part${letters(index)}`],
  ["numbers", (index: number) => `n/shop.sql.gz.${two(index)}`],
  ["numbers from one", (index: number) => `n/shop.sql.gz.${two(index + 1)}`],
  ["numbers without zeros", (index: number) => `n/shop.sql.gz.part-${index + 1}`],
  ["no name at all", (index: number) => `n/x${letters(index)}`],
])("%s", async (_, name) => {
  const { points, unknown } = await takeStock(memoryStore(parts(name)), [mariadb]);
  expect(unknown).toEqual([]);
  expect(points).toMatchObject([{ facts: { packing: [{ join: 4 }, "gzip"], database: "shop", complete: "unknown" } }]);
  expect(points[0]?.objects.map(({ key }) => key)).toEqual([0, 1, 2, 3].map(name));
  expect(points[0]?.sizeBytes).toBe(dump.length);
});

test("a part that is missing is named, in the middle and at the beginning", async () => {
  const name = (index: number) => `shop.sql.gz.part${letters(index)}`;
  const middle = await takeStock(memoryStore(parts(name, 4, [1])), [mariadb]);
  expect(middle.points).toMatchObject([
    { facts: { complete: "no", because: expect.stringContaining("shop.sql.gz.partab") } },
  ]);
  const first = await takeStock(memoryStore(parts(name, 4, [0])), [mariadb]);
  expect(first.points).toEqual([]);
  expect(first.unknown).toMatchObject([
    { form: { kind: "damaged", name: expect.stringContaining("shop.sql.gz.partaa") } },
  ]);
});

test("backups that a rotation numbers are backups", async () => {
  const { points } = await takeStock(
    memoryStore({
      "shop.sql.gz.01": dump,
      "shop.sql.gz.02": dump,
      "shop.sql.gz.03": dump,
      "a.sql.gz.1": dump,
      "a.sql.gz.2": dump,
    }),
    [mariadb],
  );
  expect(points).toHaveLength(5);
});
