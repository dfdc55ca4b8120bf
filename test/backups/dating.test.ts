/** Moments of copies by what names, insides and objects say, in whatever zone their clocks stand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Datable } from "../../src/backups/datable.ts";
import { momentsOf } from "../../src/backups/dating.ts";
import { writtenIn } from "../../src/backups/moments.ts";
import { withMade } from "../../src/backups/told-moment.ts";
import { momentsOnWall, offsetMinutes } from "../../src/host/time-zone.ts";

const NOW = Date.parse("2026-11-28T00:00:00Z");
const HOUR = 3_600_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** A moment as a clock of a zone shows it: `2026-11-27_03-06-16`. */
function wall(
  zone: string,
  atMs: number,
  write = (d: Date) => d.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-"),
) {
  return write(new Date(atMs + offsetMinutes(zone, atMs) * 60_000));
}
const object = (key: string, writtenMs: number, made?: Datable["made"]): Datable => ({
  key,
  modifiedAt: iso(writtenMs),
  made,
});
const only = (one: Datable, timezone?: string) => momentsOf([one], { nowMs: NOW, timezone })[0];
const ageHours = (at: string | undefined) => Math.round(((NOW - Date.parse(at ?? "")) / HOUR) * 100) / 100;

const ZONES = [
  "Asia/Tokyo",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Australia/Adelaide",
  "Pacific/Auckland",
  "Pacific/Kiritimati",
  "Europe/Berlin",
];

describe("a name in a zone to the east", () => {
  it.each(ZONES)("of %s is dated by the object that was there before it", (zone) => {
    const made = NOW - 30 * HOUR;
    const moment = only(object(`stock_${wall(zone, made)}.sql`, made));
    expect(moment).toEqual({
      at: iso(made),
      from: "name",
      order: expect.any(Number),
      doubt: { kind: "zone-found", offsetMinutes: offsetMinutes(zone, made), nights: 1 },
    });
  });

  it.each(ZONES)("of %s is dated by the other nights when its object was copied later", (zone) => {
    const nights = [5, 4, 3, 2].map((days) => NOW - days * 24 * HOUR - 5 * HOUR);
    const newest = NOW - 29 * HOUR;
    const objects = [
      ...nights.map((made) => object(`stock_${wall(zone, made)}.sql`, made + 90_000)),
      object(`stock_${wall(zone, newest)}.sql`, NOW - 60_000),
    ];
    const moments = momentsOf(objects, { nowMs: NOW });
    expect(moments.map(({ at }) => at)).toEqual([...nights, newest].map(iso));
    expect(moments.at(-1)?.doubt).toMatchObject({ kind: "zone-found", offsetMinutes: offsetMinutes(zone, newest) });
  });

  it("never makes an age negative, and is not younger than its object", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES, "America/New_York", "UTC"),
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(600),
        (zone, minutes, tookS) => {
          const made = NOW - minutes * 60_000;
          const written = Math.min(NOW, made + tookS * 1000);
          const moment = only(object(`stock_${wall(zone, made)}.sql`, written));
          expect(Date.parse(moment?.at ?? "")).toBeLessThanOrEqual(written);
        },
      ),
    );
  });
});

describe("a name in a zone to the west", () => {
  it("counts as of UTC, and both are said", () => {
    const made = NOW - 20 * HOUR;
    const moment = only(object(`stock_${wall("America/Los_Angeles", made)}.sql`, made));
    expect(ageHours(moment?.at)).toBe(28);
    expect(moment).toMatchObject({
      latest: iso(made),
      doubt: { kind: "differs", other: "object-time", otherAt: iso(made) },
    });
  });

  it("is guessed from several nights, and still does not flatter", () => {
    const nights = [2, 1, 0].map((days) => NOW - days * 24 * HOUR - 3 * HOUR);
    const moments = momentsOf(
      nights.map((made) => object(`s_${wall("America/New_York", made)}.sql`, made + 20_000)),
      { nowMs: NOW },
    );
    expect(ageHours(moments[2]?.at)).toBe(8);
    expect(moments[2]?.doubt).toEqual({ kind: "zone-west", offsetMinutes: -300, nights: 3 });
  });

  it("is read by the zone that was told", () => {
    const made = NOW - 20 * HOUR;
    expect(only(object(`stock_${wall("America/Los_Angeles", made)}.sql`, made), "America/Los_Angeles")).toMatchObject({
      at: iso(made),
      from: "name",
    });
  });

  it("may be a job that runs for an hour: nothing to say", () => {
    const made = NOW - 5 * HOUR;
    expect(only(object(`s_${wall("UTC", made)}.sql`, made + HOUR))).toEqual({
      at: iso(made),
      from: "name",
      order: made,
    });
  });
});

describe("a zone that is written", () => {
  it.each([
    ["stock_2026-11-27T03:06:16+09:00.sql", "2026-11-26T18:06:16.000Z"],
    ["stock_2026-11-27T18:46:17-05:00.sql", "2026-11-27T23:46:17.000Z"],
    ["stock-20261127-220618+0545.sql", "2026-11-27T16:21:18.000Z"],
    ["stock_2026-11-27_03-06-16_JST.sql", "2026-11-26T18:06:16.000Z"],
    ["stock_2026-07-27_03-06-16_CEST.sql", "2026-07-27T01:06:16.000Z"],
    ["stock 2026-11-27 22:06 GMT+2.sql", "2026-11-27T20:06:00.000Z"],
    ["stock_2026-11-27T22:06:18Z.sql", "2026-11-27T22:06:18.000Z"],
    ["backup-1795122310345.sql.gz", "2026-11-19T21:05:10.345Z"],
    ["1795122310345/shop.sql.gz", "2026-11-19T21:05:10.345Z"],
    ["backup-1795122310.sql.gz", "2026-11-19T21:05:10.000Z"],
    // India's, and not Dublin's: the earliest that it can be.
    ["stock_2026-11-27_12-00-00_IST.sql", "2026-11-27T06:30:00.000Z"],
  ])("%s", (key, at) => expect(only(object(key, NOW - 60_000))?.at).toBe(at));

  it("counts though the object was copied long after, which is said", () => {
    const moment = only(object("s_2026-11-26T18:00:00Z.sql", NOW - HOUR));
    expect(moment).toMatchObject({
      at: "2026-11-26T18:00:00.000Z",
      from: "name",
      doubt: { kind: "differs", other: "object-time" },
    });
  });

  it("does not make a copy younger than its object", () => {
    const moment = only(object("s_2026-11-27_21-00-00_UTC.sql", NOW - 96 * HOUR));
    expect(moment).toEqual({
      at: iso(NOW - 96 * HOUR),
      from: "object-time",
      order: Date.parse("2026-11-27T21:00:00Z"),
      doubt: { kind: "differs", other: "name", otherAt: "2026-11-27T21:00:00.000Z" },
    });
  });
});

describe("nothing that tells the zone", () => {
  it("leaves the whole width of the world", () => {
    // All copied at once: their times say nothing.
    const moments = momentsOf(
      [3, 2, 1].map((days) => object(`s_${wall("UTC", NOW - days * 24 * HOUR)}.sql`, NOW - HOUR)),
      { nowMs: NOW },
    );
    expect(moments.map(({ doubt }) => doubt?.kind)).toEqual(["no-zone", "no-zone", "no-zone"]);
    expect(moments.map(({ at }) => ageHours(at))).toEqual([86, 62, 38]);
    expect(moments.map(({ latest }) => ageHours(latest))).toEqual([60, 36, 12]);
  });

  it("is mended by telling it", () => {
    const objects = [3, 2, 1].map((days) =>
      object(`s_${wall("Asia/Kolkata", NOW - days * 24 * HOUR)}.sql`, NOW - HOUR),
    );
    const moments = momentsOf(objects, { nowMs: NOW, timezone: "Asia/Kolkata" });
    expect(moments.map(({ at }) => ageHours(at))).toEqual([72, 48, 24]);
  });

  it.each(["1970-01-01T00:00:00.000Z", "2031-01-01T00:00:00.000Z", "nonsense"])(
    "an object's time of %s says nothing",
    (modifiedAt) => {
      const [moment] = momentsOf([{ key: "s_2026-11-27_12-00-00.sql", modifiedAt }], { nowMs: NOW });
      expect(moment).toMatchObject({ from: "name", doubt: { kind: "no-zone" } });
      expect(ageHours(moment?.at)).toBe(26);
      const [exact] = momentsOf([{ key: "s_2026-11-27T12:00:00Z.sql", modifiedAt }], { nowMs: NOW });
      expect(exact?.at).toBe("2026-11-27T12:00:00.000Z");
    },
  );
});

describe("the future", () => {
  it("is said where an object's time is all there is", () => {
    expect(only(object("shop.sql", NOW + 3 * HOUR))?.doubt).toEqual({ kind: "ahead" });
    expect(only(object("shop.sql", NOW + 60_000))?.doubt).toBeUndefined();
  });

  it("is said of a name with a zone, unless the object tells better", () => {
    expect(only(object("s_2026-12-03T00:00:00Z.sql", NOW + 3 * HOUR))?.doubt).toEqual({ kind: "ahead" });
    expect(only(object("s_2026-12-03T00:00:00Z.sql", NOW - 3 * HOUR))).toMatchObject({
      at: iso(NOW - 3 * HOUR),
      from: "object-time",
      doubt: { kind: "differs", other: "name" },
    });
  });
});

describe("a name in the future", () => {
  it("is said where nothing else tells a moment", () => {
    expect(only(object("s_20271128-030000.sql", NOW + 8000 * HOUR))?.doubt).toEqual({ kind: "ahead" });
    expect(only(object("s_20271128.sql", NOW + 8000 * HOUR))?.doubt).toEqual({ kind: "ahead" });
  });

  it.each(["s_20271128-030000.sql.gz", "s_20271128.sql.gz", "s_2027-11-28T03:00:00Z.sql.gz", "s.sql.gz"])(
    "is not vouched for by a file inside: %s, its object ahead as well",
    (key) => {
      const ahead = { ...object(key, NOW + 8000 * HOUR), fileAt: iso(NOW - HOUR) };
      expect(momentsOf([ahead], { nowMs: NOW })[0]?.doubt).toEqual({ kind: "ahead" });
    },
  );

  it("does not make the newest of an old object", () => {
    const [slip, last] = momentsOf(
      [object("s_20271019-030000.sql", NOW - 960 * HOUR), object("s_20261127-220000.sql", NOW - 2 * HOUR)],
      { nowMs: NOW },
    );
    expect(slip?.order).toBeLessThan(last?.order ?? 0);
  });
});

describe("a date that may be read in two ways", () => {
  const days = (names: readonly string[]) =>
    momentsOf(
      names.map((name) => object(`s_${name}.sql`, NOW)),
      { nowMs: NOW, timezone: "UTC" },
    ).map(({ at }) => at.slice(0, 10));

  it("is read as the job's other names prove", () => {
    expect(days(["31-10-2026", "01-11-2026", "03-11-2026"])).toEqual(["2026-10-31", "2026-11-01", "2026-11-03"]);
    expect(days(["10.31.2026", "11.01.2026", "11.03.2026"])).toEqual(["2026-10-31", "2026-11-01", "2026-11-03"]);
    expect(days(["261031", "261101", "261103"])).toEqual(["2026-10-31", "2026-11-01", "2026-11-03"]);
  });

  it("is the earliest where nothing proves it", () => {
    expect(days(["03-11-2026"])).toEqual(["2026-03-11"]);
    expect(days(["11-11-2026", "03-11-2026"])).toEqual(["2026-11-11", "2026-03-11"]);
  });
});

describe("a day without a time", () => {
  it.each([
    // The object's time says more closely when.
    ["shop-2026-11-27.sql", "2026-11-27T03:00:00.000Z", "2026-11-27T03:00:00.000Z", "object-time"],
    ["shop_27.11.2026.sql", "2026-11-27T03:00:00.000Z", "2026-11-27T03:00:00.000Z", "object-time"],
    ["shop-27-November-2026.dmp", "2026-11-27T03:00:00.000Z", "2026-11-27T03:00:00.000Z", "object-time"],
    ["shop-27-listopada-2026.dmp", "2026-11-27T03:00:00.000Z", "2026-11-27T03:00:00.000Z", "object-time"],
    // A day ahead: a zone to the east.
    ["shop-2026-11-28.sql", "2026-11-27T16:00:00.000Z", "2026-11-27T16:00:00.000Z", "object-time"],
    // Done after midnight: not younger than its day.
    ["shop-2026-11-26.sql", "2026-11-27T02:00:00.000Z", "2026-11-26T23:59:59.999Z", "name"],
    // Older than its name can be in any zone.
    ["shop-2026-11-27.sql", "2026-11-24T02:00:00.000Z", "2026-11-24T02:00:00.000Z", "object-time"],
    // Copied days later: the earliest that the day begins anywhere.
    ["shop-2026-11-20.sql", "2026-11-27T02:00:00.000Z", "2026-11-19T10:00:00.000Z", "name"],
    ["2026/11/27/shop.sql", "2026-11-27T03:00:00.000Z", "2026-11-27T03:00:00.000Z", "object-time"],
    ["shop-2026-W47.sql", "2026-11-18T03:00:00.000Z", "2026-11-18T03:00:00.000Z", "object-time"],
    ["shop-October-2026.sql", "2026-10-31T03:00:00.000Z", "2026-10-31T03:00:00.000Z", "object-time"],
    ["shop-31-October.sql", "2026-10-31T03:00:00.000Z", "2026-10-31T03:00:00.000Z", "object-time"],
    // No such day: a counter, and the object's time is all there is.
    ["shop-20261345.sql", "2026-11-20T03:00:00.000Z", "2026-11-20T03:00:00.000Z", "object-time"],
    ["shop-20260229.sql", "2026-11-20T03:00:00.000Z", "2026-11-20T03:00:00.000Z", "object-time"],
  ])("%s, written %s, is of %s by its %s", (key, modifiedAt, at, from) => {
    expect(momentsOf([{ key, modifiedAt }], { nowMs: NOW })[0]).toMatchObject({ at, from });
  });

  it("orders copies that were copied in another order, and counts from its beginning", () => {
    const objects = [object("s-2026-11-26.sql", NOW - 600_000), object("s-2026-11-27.sql", NOW - 1_200_000)];
    const [older, newer] = momentsOf(objects, { nowMs: NOW });
    expect(newer?.order).toBeGreaterThan(older?.order ?? 0);
    expect(older).toMatchObject({ from: "name", at: "2026-11-25T10:00:00.000Z" });
  });

  it("is of the zone that was told", () => {
    const moment = only(object("s-2026-11-20.sql", NOW - HOUR), "Pacific/Auckland");
    expect(moment).toMatchObject({ at: "2026-11-19T11:00:00.000Z", latest: "2026-11-20T10:59:59.999Z" });
  });

  it("whose month may be either is the one that the object speaks for", () => {
    expect(only(object("s-03-04-2026.sql", Date.parse("2026-03-04T03:00:00Z")))?.at).toBe("2026-03-04T03:00:00.000Z");
    expect(only(object("s-03-04-2026.sql", Date.parse("2026-04-03T03:00:00Z")))?.at).toBe("2026-04-03T03:00:00.000Z");
    // For neither: the earlier.
    expect(only(object("s-03-04-2026.sql", NOW - HOUR))?.at).toBe("2026-03-03T10:00:00.000Z");
  });
});

describe("what is inside", () => {
  it("counts when it is older than name and object: an old backup under a new name", () => {
    const moment = only(
      object("s_2026-11-27T12:00:00Z.dump", NOW - 11 * HOUR, { text: "2026-11-20 12:00:00 UTC", at: "begin" }),
    );
    expect(moment).toMatchObject({
      at: "2026-11-20T12:00:00.000Z",
      from: "content",
      doubt: { kind: "differs", other: "name", otherAt: "2026-11-27T12:00:00.000Z" },
    });
  });

  it.each(["2026-11-27 12:00:03", "2026-11-28 01:00:00", "2026-11-27 02:00:00", "nonsense", ""])(
    "says nothing more as %s",
    (text) => {
      expect(only(object("s_2026-11-27T12:00:00Z.dump", NOW - 11.9 * HOUR, { text, at: "begin" }))).toMatchObject({
        at: "2026-11-27T12:00:00.000Z",
        from: "name",
      });
    },
  );
});

describe("the order of one job", () => {
  it("is that of its names in one zone, on nights whose clocks change, too", () => {
    for (const zone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]) {
      fc.assert(
        fc.property(
          fc.constantFrom(Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25), Date.UTC(2026, 10, 1), Date.UTC(2026, 3, 5)),
          (night) => {
            const made = [-48, -24, 0, 24].map((hours) => night + hours * HOUR);
            const objects = made.map((at) => object(`s_${wall(zone, at)}.sql`, NOW - HOUR));
            const orders = momentsOf(objects, { nowMs: NOW }).map(({ order }) => order ?? 0);
            expect(orders).toEqual([...orders].sort((a, b) => a - b));
            const told = momentsOf(objects, { nowMs: NOW, timezone: zone });
            for (const [index, { at, latest }] of told.entries()) {
              expect(Date.parse(at)).toBeLessThanOrEqual(made[index] ?? 0);
              expect(Date.parse(latest ?? at)).toBeGreaterThanOrEqual(made[index] ?? 0);
            }
          },
        ),
      );
    }
  });

  it("does not depend on the order of the listing", () => {
    const night = fc.record({ minutes: fc.nat(20_000), late: fc.integer({ min: -900, max: 3000 }) });
    fc.assert(
      fc.property(fc.array(night, { maxLength: 12 }), fc.nat(11), (nights, by) => {
        const objects = nights.map(({ minutes, late }, index) =>
          object(`s_${wall("UTC", NOW - minutes * 60_000 - index)}.sql`, NOW - minutes * 60_000 + late * 60_000),
        );
        const turned = [...objects.slice(by), ...objects.slice(0, by)];
        const byKey = (all: readonly Datable[]) =>
          new Map(momentsOf(all, { nowMs: NOW }).map((moment, index) => [all[index]?.key, moment]));
        const [one, other] = [byKey(objects), byKey(turned)];
        // Two of one name are told apart by nothing here.
        if (one.size === objects.length) for (const [key, moment] of one) expect(other.get(key)).toEqual(moment);
      }),
    );
  });

  it("is found in seconds for ten thousand, on a busy machine, too", () => {
    const objects = Array.from({ length: 10_000 }, (_, n) => {
      const made = NOW - n * HOUR;
      return object(`daily/shop_${wall("Asia/Tokyo", made)}.sql.gz`, made + 1000);
    });
    const began = performance.now();
    expect(momentsOf(objects, { nowMs: NOW })[0]?.at).toBe(iso(NOW));
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe("a clock on the wall", () => {
  it("is what the zone says, twice where clocks go back", () => {
    expect(momentsOnWall("Europe/Berlin", Date.UTC(2026, 9, 25, 2, 30))).toEqual({
      earliestMs: Date.UTC(2026, 9, 25, 0, 30),
      latestMs: Date.UTC(2026, 9, 25, 1, 30),
    });
    expect(momentsOnWall("Europe/Berlin", Date.UTC(2026, 2, 29, 2, 30)).earliestMs).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });

  it("comes back for every moment", () => {
    const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES, "America/St_Johns", "Australia/Lord_Howe", "UTC"), moment, (zone, atMs) => {
        const { earliestMs, latestMs } = momentsOnWall(zone, atMs + offsetMinutes(zone, atMs) * 60_000);
        expect([earliestMs, latestMs]).toContain(atMs);
      }),
    );
  });
});

describe("the inside of a backup", () => {
  const names = [3, 2, 1, 0].map((days) => NOW - (days * 24 + 20) * HOUR);
  const copiedAt = NOW - HOUR;

  it("says when its file was written, which a copy of the object does not change", () => {
    const objects = names.map((at) => ({
      ...object(`stock_${wall("Asia/Tokyo", at)}.tar.gz`, copiedAt),
      fileAt: iso(at),
    }));
    expect(momentsOf(objects, { nowMs: NOW }).map(({ at }) => at)).toEqual(names.map(iso));
  });

  it("says that an old file is packed anew every night", () => {
    const old = NOW - 6 * 24 * HOUR;
    const [moment] = momentsOf([{ ...object("stock.tar.gz", copiedAt), fileAt: iso(old) }], { nowMs: NOW });
    expect(moment).toMatchObject({ at: iso(old), from: "content" });
    const named = momentsOf([{ ...object(`stock_${wall("UTC", copiedAt)}.tar.gz`, copiedAt), fileAt: iso(old) }], {
      nowMs: NOW,
    });
    expect(named[0]).toMatchObject({ at: iso(old), from: "content", doubt: { kind: "differs", other: "name" } });
  });

  it("leaves nothing open where it says its zone", () => {
    const objects = names.map((at) =>
      object(`stock_${wall("UTC", at)}.sql`, copiedAt, { text: `${iso(at).slice(0, 19)} UTC`, at: "begin" }),
    );
    const moments = momentsOf(objects, { nowMs: NOW });
    expect(moments.map(({ at, from }) => [at.slice(0, 19), from])).toEqual(
      names.map((at) => [iso(at).slice(0, 19), "content"]),
    );
  });

  it("is older than the name, known when it was read to its end", () => {
    const [moment] = momentsOf([object(`stock_${wall("UTC", copiedAt)}.sql.gz`, copiedAt)], { nowMs: NOW });
    if (moment === undefined) throw new Error("no moment");
    const old = withMade(moment, { text: "2026-11-20 03:00:00", at: "end" }, { nowMs: NOW });
    expect(old).toMatchObject({ from: "content", doubt: { kind: "differs", other: "name" } });
    expect(ageHours(old.at)).toBeGreaterThan(7 * 24);
    expect(withMade(moment, { text: iso(copiedAt).slice(0, 19), at: "end" }, { nowMs: NOW })).toBe(moment);
    expect(withMade(moment, undefined, { nowMs: NOW })).toBe(moment);
  });
});

describe("numbers that look like dates, beside the date", () => {
  it.each([
    ["erp_2024_05-11-2026.sql.gz", "2026-11-05"],
    ["erp_2024_05.11.2026.sql.gz", "2026-11-05"],
    ["acme_1999_12_27-11-2026_0200.sql", "2026-11-27"],
    ["t_20240115_20261127.sql.gz", "2026-11-27"],
    ["app_10.12.2024_backup_27.11.2026.sql", "2026-11-27"],
    ["stock-20261127-expires-20271227.sql", "2026-11-27"],
    ["stock-20260101-until-20261115.sql", "2026-01-01"],
    ["dump_2026-11-01_2026-11-27.sql", "2026-11-01"],
    ["erp_2024-11-05_2026.sql", "2024-11-05"],
  ])("%s is of %s", (key, day) => {
    expect(new Date(writtenIn(key, NOW)?.spans[0]?.fromMs ?? 0).toISOString().slice(0, 10)).toBe(day);
  });
});

describe("two dates of one name that lie far apart", () => {
  const day = (at: string | undefined) => at?.slice(0, 10);
  it("are of the later one when its object was written then", () =>
    expect(day(only(object("tenant_20240115_20261127.sql", NOW - 20 * HOUR))?.at)).toBe("2026-11-27"));
  it("are of the older one when nothing else says the later", () =>
    expect(day(only(object("tenant_20240115_20261101.sql", NOW - 2 * HOUR))?.at)).toMatch(/^2024-01-1[45]$/));
  it("are of the later one when the older stands in several nights", () => {
    const all = momentsOf(
      [object("tenant_20240115_20261126.sql", NOW - HOUR), object("tenant_20240115_20261125.sql", NOW - HOUR)],
      { nowMs: NOW },
    );
    expect(all.map(({ at }) => day(at))).toEqual(["2026-11-25", "2026-11-24"]);
  });
  it("are never of the day on which it was moved", () =>
    expect(day(only(object("snapshot_20250101_copied_20261127.sql", NOW - 20 * HOUR))?.at)).toMatch(
      /^202(5-01-01|4-12-31)$/,
    ));
});

describe("a year on both sides of a day", () => {
  it.each([
    ["erp_2024_05_11_2026.sql", "2026-11-05", Date.parse("2026-11-05T03:00:00Z")],
    ["erp_2024_05_11_2026.sql", "2024-05-1", Date.parse("2024-05-11T20:26:00Z")],
    ["shop_2026_11_27_2024.sql", "2026-11-27", Date.parse("2026-11-27T20:24:00Z")],
    ["shop_2026_11_27_2030.sql", "2026-11-27", Date.parse("2026-11-27T20:30:00Z")],
  ])("%s is of %s", (key, day, writtenMs) => expect(only(object(key, writtenMs))?.at).toMatch(new RegExp(`^${day}`)));
});

describe("the time of files in an archive", () => {
  const packed = (fileAt: string, more: object = {}) =>
    only({ ...object("shop_20261127_2200.tar.gz", NOW - 2 * HOUR), fileAt, ...more });
  it.each([
    ["of a day's beginning", "2020-01-01T00:00:00Z", {}],
    ["the same for all", "2023-11-14T22:13:20Z", { isOneTime: true }],
    ["of 1980", "1980-01-01T00:00:00Z", {}],
  ])("is none of the copy when it was given to them: %s", (_, fileAt, more) =>
    expect(packed(fileAt, more)).toMatchObject({
      from: "name",
      at: "2026-11-27T22:00:00.000Z",
      doubt: { kind: "set-time" },
    }),
  );
  it("counts when it is a file's own, and when no name says otherwise", () => {
    expect(packed("2023-11-14T22:13:20Z")?.at).toBe("2023-11-14T22:13:20.000Z");
    expect(packed("2026-11-20T00:00:00Z")?.at).toBe("2026-11-20T00:00:00.000Z");
    const nameless = only({ ...object("shop.tar.gz", NOW - 2 * HOUR), fileAt: "2020-01-01T00:00:00Z" });
    expect(nameless?.at).toBe("2020-01-01T00:00:00.000Z");
  });
});
