/** Series of names: what is one job's, what its database is called, and that tomorrow's object fits today's pattern. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitter } from "../../src/backups/patterns.ts";
import { jobsAmong, nightly, pointOf, toldApart } from "../support/stored.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 27, 3, 5, 7);
const two = (value: number) => String(value).padStart(2, "0");

interface Stamps {
  readonly at: Date;
  readonly date: string;
  readonly dashed: string;
  readonly time: string;
  readonly weekday: string;
  readonly month: string;
  readonly uuid: string;
  readonly hex: string;
}

/** What a night puts into names; numbers are new every night. */
function stamps(night: number, locale = "en"): Stamps {
  const at = new Date(NOW - night * DAY_MS);
  const dashed = at.toISOString().slice(0, 10);
  const word = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(at);
  const noise = (seed: number, length: number) =>
    Array.from({ length }, (_, index) => ((seed + 7) * (index + 3) * 2_654_435_761).toString(16).at(-2)).join("");
  const hex = `a${noise(night, 10)}7`;
  return {
    at,
    date: dashed.replaceAll("-", ""),
    dashed,
    time: at.toISOString().slice(11, 19).replaceAll(":", ""),
    weekday: word({ weekday: "long" }),
    month: word({ month: "long" }),
    uuid: `${noise(night, 8)}-${noise(night + 1, 4)}-4${noise(night, 3)}-a${noise(night, 3)}-${noise(night + 2, 12)}`,
    hex,
  };
}

type Layout = (database: string, one: Stamps, night: number) => string;

/** Names as people's tools write them. Sources: the tools' own pages and the scripts that are copied around. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  "cron, date": (db, { date }) => `${db}-${date}.sql.gz`,
  "cron, date and time": (db, { date, time }) => `${db}_${date}_${time}.dump`,
  "date first": (db, { dashed }) => `${dashed}-${db}.sql.gz`,
  "date and zone": (db, { dashed }) => `${db}-${dashed}T03-05-07Z.dump`,
  "offset in the name": (db, { dashed }) => `${db}_${dashed}T03:05:07-05:00.sql.gz`,
  "a folder for each day": (db, { dashed }) => `${dashed}/${db}.sql.gz`,
  "nested folders": (db, { at }) =>
    `${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${db}.sql.gz`,
  kartoza: (db, { at, month }) => {
    const year = at.getUTCFullYear();
    return `${year}/${month}/PG_${db}.${two(at.getUTCDate())}-${month}-${year}.dmp`;
  },
  autopostgresqlbackup: (db, { dashed, weekday }) => `daily/${db}/${db}_${dashed}_03h05m.${weekday}.sql.gz`,
  AutoMySQLBackup: (db, { dashed, weekday }) => `daily/${db}/daily_${db}_${dashed}_03h05m_${weekday}.sql.gz`,
  "postgres-backup-local": (db, { date, time }) => `last/${db}-${date}-${time}.sql.gz`,
  "backup-manager": (db, { date }) => `myhost-${db}.${date}.sql.bz2`,
  databack: (db, { dashed }) => `${db}_backup_${dashed}T03:05:07Z.tgz`,
  "weekdays in rotation": (db, { weekday }) => `${db}-${weekday}.sql.gz`,
  epoch: (db, { at }) => `${db}-${Math.floor(at.getTime() / 1000)}.dump`,
  milliseconds: (db, { at }) => `${db}.${at.getTime()}.sql.gz`,
  uuid: (db, { uuid }) => `${db}/${uuid}.dump`,
  hex: (db, { hex }) => `${db}-${hex}.dump`,
  counter: (db, _, night) => `${db}.${1000 - night}.sql.gz`,
  "a CronJob's pod": (db, { at, hex }) =>
    `db-backup-${Math.floor(at.getTime() / 60_000)}-${hex.slice(1, 6)}/${db}.sql.gz`,
  "rhythm in the middle": (db, { date }) => `${db}-daily-${date}.sql.gz`,
  "encrypted ending": (db, { date }) => `${db}-${date}.sql.gz.gpg`,
  "a directory archive": (db, { date }) => `${db}-${date}/toc.dat`,
};

const keysOf = (layout: Layout, database: string, nights: number, locale?: string) =>
  Array.from({ length: nights }, (_, index) => {
    const night = nights - 1 - index;
    return layout(database, stamps(night, locale), night);
  });

describe("every layout", () => {
  test.each(Object.entries(LAYOUTS))("%s: two databases are two jobs, each with one pattern", async (_, layout) => {
    const points = ["shop", "stock"].flatMap((database) => nightly(keysOf(layout, database, 6)));
    const { jobs } = await jobsAmong(points);
    expect(jobs.map(({ name }) => name).sort()).toEqual(["shop", "stock"]);
    for (const { series } of jobs) expect(series.map((one) => one.points.length)).toEqual([6]);
  });
  test.each(Object.entries(LAYOUTS))(
    "%s: tomorrow's object fits, and the other database's does not",
    async (_, layout) => {
      const all = keysOf(layout, "shop", 6);
      const { jobs } = await jobsAmong([...nightly(all.slice(0, -1)), ...nightly(keysOf(layout, "stock", 5))]);
      const [own] = jobs.filter(({ name }) => name === "shop");
      const fits = own?.series.some(({ pattern }) => fitter(pattern)(all.at(-1) ?? ""));
      expect([own?.series[0]?.pattern, fits]).toEqual([own?.series[0]?.pattern, true]);
      const theirs = keysOf(layout, "stock", 1)[0] ?? "";
      expect(own?.series.some(({ pattern }) => fitter(pattern)(theirs))).toBe(false);
    },
  );
  test("in any language, from any first night, and from one night alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(LAYOUTS)),
        fc.constantFrom("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "fi", "hu", "ro", "tr"),
        fc.constantFrom("shop", "wp_blog", "crm-prod", "kunden2"),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 2, max: 9 }),
        async (name, locale, database, from, nights) => {
          const layout = LAYOUTS[name] as Layout;
          const all = Array.from({ length: nights }, (_, index) => {
            const night = from + nights - 1 - index;
            return layout(database, stamps(night, locale), night);
          });
          const { jobs } = await jobsAmong(nightly([...new Set(all.slice(0, -1))]));
          const patterns = jobs.flatMap(({ series }) => series.map(({ pattern }) => pattern));
          const newest = all.at(-1) ?? "";
          if (!patterns.some((pattern) => fitter(pattern)(newest))) throw new Error(`${patterns}: ${newest}`);
          if (jobs.length !== 1) throw new Error(`several jobs: ${jobs.map((job) => job.name)} of ${all}`);
        },
      ),
      { numRuns: 400 },
    );
  });
});

const dates = (make: (date: string) => string) => ["20261124", "20261125", "20261126", "20261127"].map(make);
const of = (...series: string[][]) => series.flatMap((keys) => nightly(keys));

describe("jobs", () => {
  test.each<readonly [string, ReturnType<typeof of>, readonly string[]]>([
    [
      "words tell them apart",
      of(
        dates((d) => `shop_prod-${d}.sql.gz`),
        dates((d) => `shop_staging-${d}.sql.gz`),
      ),
      ["prod: shop_prod-*.sql.gz", "staging: shop_staging-*.sql.gz"],
    ],
    [
      "what all begin with is no name",
      of(
        dates((d) => `my-blog-${d}.sql.gz`),
        dates((d) => `my-shop-${d}.sql.gz`),
      ),
      ["blog: my-blog-*.sql.gz", "shop: my-shop-*.sql.gz"],
    ],
    [
      "one beginning is the other's name: each pattern leaves the other's out",
      of(
        dates((d) => `shop-${d}.sql.gz`),
        dates((d) => `shop-archive2-${d}.sql.gz`),
      ),
      ["shop-archive2: shop-archive2-*.sql.gz", "shop: shop-*.sql.gz"],
    ],
    [
      "tenants in folders",
      of(
        dates((d) => `tenants/a/app-${d}.dump`),
        dates((d) => `tenants/b/app-${d}.dump`),
      ),
      ["a-app: tenants/a/app-*.dump", "b-app: tenants/b/app-*.dump"],
    ],
    [
      "tenants by number",
      of(
        dates((d) => `tenants/17/app-${d}.dump`),
        dates((d) => `tenants/18/app-${d}.dump`),
      ),
      ["17-app: tenants/17/app-*.dump", "18-app: tenants/18/app-*.dump"],
    ],
    [
      "rhythms are one database's, with a source each",
      of(
        dates((d) => `daily/shop-${d}.sql.gz`),
        ["weekly/shop-202646.sql.gz", "weekly/shop-202647.sql.gz"],
        ["monthly/shop-202610.sql.gz", "monthly/shop-202611.sql.gz"],
      ),
      ["shop: daily/shop-*.sql.gz weekly/shop-*.sql.gz monthly/shop-*.sql.gz"],
    ],
    [
      "another packing is another source of the same",
      of(
        dates((d) => `${d}/shop.sql.gz`),
        dates((d) => `${d}/shop.custom`),
      ),
      ["shop: */shop.sql.gz */shop.custom"],
    ],
    [
      "latest has its place among the dated",
      of([...dates((d) => `shop-${d}.sql.gz`), "shop-latest.sql.gz"]),
      ["shop: shop-*.sql.gz"],
    ],
    ["latest alone is a name that stays", of(["shop-latest.sql.gz"]), ["shop: shop-latest.sql.gz"]],
    [
      "events and users are databases where no structure lies beside them",
      of(
        dates((d) => `events-${d}.sql.gz`),
        dates((d) => `users-${d}.sql.gz`),
      ),
      ["events: events-*.sql.gz", "users: users-*.sql.gz"],
    ],
    [
      "a weekday that is none is a name",
      of(["sun-20261125.sql", "sun-20261126.sql"], ["oracle-20261125.sql", "oracle-20261126.sql"]),
      ["oracle: oracle-*.sql", "sun: sun-*.sql"],
    ],
    [
      "customers by number, of one night alone",
      of(["kunde_0001_20261124.sql"], ["kunde_0002_20261124.sql"]),
      ["0001: kunde_0001_*.sql", "0002: kunde_0002_*.sql"],
    ],
    [
      "hosts and domains stay whole",
      of(
        dates((d) => `shop.example.com-${d}.sql`),
        dates((d) => `shop.example.org-${d}.sql`),
      ),
      ["shop.example.com: shop.example.com-*.sql", "shop.example.org: shop.example.org-*.sql"],
    ],
    [
      "a program's version is no name",
      of(["shop-v1.2.3-20261125.sql", "shop-v1.2.4-20261126.sql", "shop-v1.3.0-20261127.sql"]),
      ["shop: shop-*.sql"],
    ],
    [
      "May is a month below a year, and beside a date that says so",
      of(["2026/May/PG_shop.30-May-2026.dmp", "2026/May/PG_shop.31-May-2026.dmp"]),
      ["shop: */*/PG_shop.*.dmp"],
    ],
    [
      "years beside a whole date are names of databases, this year's, too",
      of(
        dates((d) => `erp_2025_${d}.sql.gz`),
        dates((d) => `erp_2026_${d}.sql.gz`),
      ),
      ["erp_2025: erp_2025_*.sql.gz", "erp_2026: erp_2026_*.sql.gz"],
    ],
    [
      "a month that is not the date's is a name, and no rhythm's neighbour",
      of(
        ["march-20261125-0300.dump", "march-20261126-0300.dump"],
        ["daily-20261125-0300.dump", "daily-20261126-0300.dump"],
        ["march_x-20261125-0300.dump", "march_x-20261126-0300.dump"],
      ),
      ["march: march-*.dump", "march_x: march_x-*.dump", "postgres: daily-*.dump"],
    ],
    [
      "a system called sun stays one through its own Sunday",
      of(["sun-20261127.dump", "sun-20261128.dump", "sun-20261129.dump", "sun-20261130.dump", "sun-20261201.dump"]),
      ["sun: sun-*.dump"],
    ],
    [
      "tenants whose numbers look like dates",
      of(
        dates((d) => `t_20240115_${d}.sql.gz`),
        dates((d) => `t_20240220_${d}.sql.gz`),
      ),
      ["20240115: t_20240115_*.sql.gz", "20240220: t_20240220_*.sql.gz"],
    ],
    [
      "since when and until when are both of the night",
      of(dates((d) => `shop_20261101_${d}.sql.gz`)),
      ["shop: shop_*.sql.gz"],
    ],
    ["rotated by numbers", of(["shop.sql.gz.1", "shop.sql.gz.2", "shop.sql.gz.3"]), ["shop: shop.sql.gz.*"]],
  ])("%s", async (_, points, expected) => {
    expect(toldApart((await jobsAmong(points)).jobs)).toEqual(expected);
  });

  test("a pattern that would mean another job's backups leaves them out by name", async () => {
    const { jobs } = await jobsAmong(
      of(
        dates((d) => `shop-${d}.sql`),
        dates((d) => `shop-eu-${d}.sql`),
      ),
    );
    const not = Object.fromEntries(jobs.map(({ name, series }) => [name, series[0]?.not]));
    expect(not).toEqual({ shop: ["shop-eu-*.sql"], "shop-eu": [] });
  });
  test("names that tell nothing: the content does, unless a database was renamed", async () => {
    const uuid = (n: number) => stamps(n).uuid;
    const points = [0, 1, 2, 3].flatMap((night) =>
      ["shop", "stock"].map((database, at) => pointOf(uuid(night * 2 + at), NOW - night * DAY_MS, { database })),
    );
    const { jobs } = await jobsAmong(points);
    expect(jobs.map(({ name, series }) => [name, series[0]?.database, series[0]?.points.length])).toEqual([
      ["shop", "shop", 4],
      ["stock", "stock", 4],
    ]);
    const renamed = [3, 2, 1, 0].map((night) =>
      pointOf(uuid(night), NOW - night * DAY_MS, { database: night > 1 ? "old" : "new" }),
    );
    expect((await jobsAmong(renamed)).jobs).toHaveLength(1);
  });
  test("databases called daily, latest and weekly are told by their headers, rhythms of one are not", async () => {
    const rhythm = (word: string, database: string) =>
      nightly(dates((d) => `${word}-${d}.sql.gz`)).map((point) => ({ ...point, facts: { ...point.facts, database } }));
    const words = ["daily", "latest", "weekly"];
    const { jobs } = await jobsAmong(words.flatMap((word) => rhythm(word, word)));
    expect(jobs.map(({ name, series }) => [name, series.map(({ pattern }) => pattern)])).toEqual(
      words.map((word) => [word, [`${word}-*.sql.gz`]]),
    );
    expect((await jobsAmong(words.flatMap((word) => rhythm(word, "shop")))).jobs.map(({ name }) => name)).toEqual([
      "shop",
    ]);
  });
  test("the header's name counts where it stands in the name, whole, and is nobody else's", async () => {
    const named = (key: string, database: string) =>
      nightly(dates((d) => `${key}-${d}.dump`)).map((point) => ({ ...point, facts: { ...point.facts, database } }));
    const names = async (...points: ReturnType<typeof named>[]) =>
      (await jobsAmong(points.flat())).jobs.map(({ name }) => name).sort();
    expect(await names(named("web3-shop", "shop"))).toEqual(["shop"]);
    expect(await names(named("shopping", "shop"))).toEqual(["shopping"]);
    expect(await names(named("shop_prod", "shop"), named("shop_staging", "shop"))).toEqual(["prod", "staging"]);
    expect(await names(named("backup", "billing"))).toEqual(["billing"]);
  });
  test("ten thousand objects of two hundred databases take no second a thousand", async () => {
    const points = Array.from({ length: 200 }, (_, db) =>
      Array.from({ length: 50 }, (_night, night) =>
        pointOf(`base${db}x-${stamps(night).date}.sql.gz`, NOW - night * DAY_MS),
      ),
    ).flat();
    const beganMs = performance.now();
    expect((await jobsAmong(points)).jobs).toHaveLength(200);
    expect(performance.now() - beganMs).toBeLessThan(10_000);
  });
});
