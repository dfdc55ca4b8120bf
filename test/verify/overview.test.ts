import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { overviews, overviewText } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { configOf } from "../support/verifying.ts";

const { signal } = new AbortController();
const HOUR = 3_600_000;
const ago = (hours: number) => stamp(Date.now() - hours * HOUR);
const dump =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.18\n-- Dumped by pg_dump version 15.18\n\nSELECT 1;\n--\n-- PostgreSQL database dump complete\n--\n\n";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "overview-"));
  for (const hours of [1, 25, 49]) await writeFile(join(folder, `shop-${ago(hours)}.sql`), dump);
});
afterAll(() => rm(folder, { recursive: true }));

async function look(retention: string) {
  const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    sources: [{ store: "directory:${folder}"${retention} }]\n`;
  const config = configOf(content);
  const [shop] = await overviews({ catalog, config, storeUrl: null, names: [], signal, outFolder: folder });
  if (shop === undefined) throw new Error("nothing was told");
  return shop;
}

test("retention that was told: when each goes, what should be gone, and that the newest goes soon", async () => {
  const shop = await look(", retention: 2d");
  const [newest, , oldest] = shop.points;
  expect(Date.parse(newest?.expiresAt ?? "") - Date.parse(newest?.momentAt ?? "")).toBe(48 * HOUR);
  expect(newest?.expiresBy).toBe("retention set in fogbell.yaml");
  const text = overviewText(shop);
  expect(text).toMatch(/expires in 1d 22h \(retention set in fogbell\.yaml\)/);
  expect(text.split("\n").find((line) => line.includes(oldest?.id ?? "?"))).toMatch(
    /SHOULD HAVE BEEN DELETED 1h 0\dm ago/,
  );
  expect(text).toMatch(/EXPIRES SOON: the newest backup is deleted in 1d 22h/);
});
test("nothing is said of expiry where nobody said anything", async () => {
  const shop = await look("");
  expect(shop.points.map(({ expiresAt, lockedBy }) => [expiresAt, lockedBy])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
  expect(overviewText(shop)).not.toMatch(/expire|DELETED|locked/i);
});
