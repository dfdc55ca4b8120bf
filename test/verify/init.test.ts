/** The first file and the overview, of a real directory: what is written loads, and nothing is downloaded. */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { readConfig } from "../../src/config/config.ts";
import { durationWord, propose } from "../../src/verify/init.ts";
import { keepKnown } from "../../src/verify/known.ts";
import { overviewText } from "../../src/verify/overview-text.ts";
import { openSources } from "../../src/verify/sources.ts";
import { overviews } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { configOf } from "../support/verifying.ts";

const HEAD =
  "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n-- Dumped by pg_dump version 15.4\n\n";
const WHOLE = `${HEAD}CREATE TABLE t ();\n\n--\n-- PostgreSQL database dump complete\n--\n`;
const MARIA =
  "-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB, for Linux\n--\n-- Host: localhost    Database: crm\n-- ------\n-- Server version\t10.11.6-MariaDB\n\nCREATE TABLE `t` (\n-- Dump completed on 2026-11-20\n";

const DAY = 86_400_000;
let folder = "";
const url = () => `directory:${folder}`;
const { signal } = new AbortController();
const request = () => ({ catalog, stores: [url()], engine: null, rtoMs: null, rpoMs: null, signal });

async function put(key: string, text: string, atMs: number): Promise<void> {
  const path = join(folder, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await utimes(path, atMs / 1000, atMs / 1000);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fogbell-init-"));
  const now = Date.now();
  for (let day = 0; day < 40; day++) {
    // Two nights are missing.
    if (day === 3 || day === 4) continue;
    await put(
      `daily/shop-${stamp(now - day * DAY - 3_600_000)}.sql`,
      day === 1 ? WHOLE.repeat(9) : WHOLE,
      now - day * DAY,
    );
  }
  for (let week = 0; week < 5; week++)
    await put(`weekly/crm-${stamp(now - week * 7 * DAY - 7_200_000)}.sql`, MARIA, now - week * 7 * DAY);
  await put("README.txt", "hello", now);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("init", () => {
  test("proposes what loads, with a source, a rhythm and an objective for each database", async () => {
    const { text, databases, notes } = await propose(request());
    expect(databases).toEqual([
      { name: "crm", engine: "mariadb", points: 5 },
      { name: "shop", engine: "postgres", points: 38 },
    ]);
    const [crm, shop] = readConfig("fogbell.yaml", text).config.databases;
    expect(shop?.sources).toEqual([{ store: url(), pattern: "daily/shop-*.sql", every: DAY }]);
    expect(crm?.sources).toEqual([{ store: url(), pattern: "weekly/crm-*.sql", every: 7 * DAY }]);
    expect(shop?.objectives).toEqual({ rto: 4 * 3_600_000, rpo: 25 * 3_600_000 });
    expect(notes.join()).toContain("README.txt");
  });
  test("takes what it is told, and refuses a secret and a store without backups", async () => {
    expect((await propose({ ...request(), rtoMs: 1_800_000 })).text).toContain("rto: 30m");
    await expect(propose({ ...request(), stores: ["s3://a:hunter2@bucket/x"] })).rejects.toMatchObject({
      code: "FB_STORE_URL",
    });
    await expect(propose({ ...request(), stores: [`${url()}/none`] })).rejects.toMatchObject({ exitCode: 4 });
  });
  test("--engine is one that there is, and is said to be unused where nothing is encrypted", async () => {
    await expect(propose({ ...request(), engine: "oracle", stores: [`${url()}/none`] })).rejects.toMatchObject({
      code: "FB_ENGINE_UNKNOWN",
    });
    await expect(propose({ ...request(), engine: "mariadbb" })).rejects.toThrow(/did you mean "mariadb"/);
    const { notes, databases } = await propose({ ...request(), engine: "mariadb" });
    expect(databases.map(({ engine }) => engine)).toEqual(["mariadb", "postgres"]);
    expect(notes).toContain(
      "--engine mariadb was not used: nothing is encrypted, and backups tell their engine themselves",
    );
    expect((await propose(request())).notes.join()).not.toContain("--engine");
  });
  test("--engine makes encrypted jobs a source, and is asked for where they are", async () => {
    const sealed = await mkdtemp(join(tmpdir(), "fogbell-sealed-"));
    try {
      const key = `vault-${stamp(Date.now() - DAY)}.dump.age`;
      await writeFile(join(sealed, key), "age-encryption.org/v1\n-> X25519 x\ny\n--- z\n");
      const stores = [`directory:${sealed}`];
      await expect(propose({ ...request(), stores })).rejects.toThrow(/encrypted with age: say --engine/);
      const { notes, databases, text } = await propose({ ...request(), stores, engine: "mariadb" });
      expect(databases).toEqual([{ name: "vault", engine: "mariadb", points: 0 }]);
      expect(text).toContain("encryption: { with: age, key-env: BACKUP_KEY }");
      expect(notes).toEqual([expect.stringContaining("put the key into BACKUP_KEY")]);
    } finally {
      await rm(sealed, { recursive: true });
    }
  });
  test.each([
    [90_000, "2m"],
    [3_600_000, "1h"],
    [25 * 3_600_000, "25h"],
    [7 * DAY, "7d"],
  ])("%d ms is %s", (ms, word) => expect(durationWord(ms)).toBe(word));
});

describe("backups", () => {
  const loaded = async () => {
    const { text } = await propose(request());
    return configOf(text);
  };
  test("name the gap, the strange size, the answers, and what would be lost", async () => {
    const outFolder = join(folder, "results");
    const all = await overviews({
      catalog,
      config: await loaded(),
      storeUrl: null,
      names: ["shop"],
      signal,
      outFolder,
    });
    const [shop] = all;
    expect(shop?.points).toHaveLength(38);
    expect(shop?.gaps).toMatchObject([{ missing: 2 }]);
    expect(shop?.points[1]?.sizeOfUsual).toBeGreaterThan(500);
    expect(shop?.answers.map(({ id, verified }) => [id !== null, verified])).toEqual([
      [true, "never verified"],
      [true, "never verified"],
      [true, "never verified"],
    ]);
    expect(shop?.lossMs).toBeGreaterThan(3_599_000);
    expect(shop?.verifiedLossMs).toBeNull();
    if (shop !== undefined) expect(overviewText(shop)).toMatch(/Counting only verified backups: EVERYTHING/);
  });
  test("know what was verified, and by which run", async () => {
    const outFolder = join(folder, "results");
    const config = await loaded();
    const request = { catalog, config, storeUrl: null, names: ["shop"], signal };
    await using opened = await openSources(request, "backups");
    const point = opened.databases[0]?.stocks[0]?.candidates[1]?.point;
    if (point === undefined) throw new Error("no point");
    await keepKnown(outFolder, "postgres shop", [
      {
        id: point.id,
        store: point.store,
        momentAt: point.moment.at,
        sizeBytes: point.sizeBytes,
        sha256: "x",
        runId: "run-1",
        verifiedAt: new Date().toISOString(),
        holds: true,
        because: "",
        rows: {},
        catalogue: {},
        behind: [],
        lags: {},
      },
    ]);
    const [shop] = await overviews({ ...request, outFolder });
    expect(shop?.points[1]?.verified).toMatchObject({ holds: true, runId: "run-1" });
    expect(shop?.verifiedLossMs).toBeGreaterThan(DAY);
  });
  test("refuse a name that nobody told of, with the nearest", async () => {
    const config = await loaded();
    const asked = { catalog, storeUrl: null, names: ["shopp"], signal, outFolder: folder };
    await expect(overviews({ ...asked, config })).rejects.toMatchObject({
      code: "FB_DATABASE_UNKNOWN",
      message: 'fogbell.yaml has no database "shopp"; did you mean "shop"?',
      next: ["fogbell backups shop", "fogbell backups crm"],
    });
    await expect(
      overviews({ ...asked, config: { ...config, file: "other place.yaml" }, names: ["nobody"] }),
    ).rejects.toMatchObject({
      next: ["fogbell backups crm --config 'other place.yaml'", "fogbell backups shop --config 'other place.yaml'"],
    });
    await expect(overviews({ ...asked, config: null, names: [] })).rejects.toMatchObject({
      code: "FB_NO_SOURCES",
      next: expect.arrayContaining(["fogbell backups --store /path/to/backups"]),
    });
  });
  test("refuse a name that the store does not hold, and do not call the store empty", async () => {
    const asked = { catalog, config: null, storeUrl: url(), names: ["shopp"], signal };
    await expect(openSources(asked, "verify")).rejects.toMatchObject({
      code: "FB_DATABASE_UNKNOWN",
      message: `${url()} has no database "shopp"; did you mean "shop"?`,
      next: [`fogbell verify shop --store ${url()}`, `fogbell verify crm --store ${url()}`],
    });
  });
});
