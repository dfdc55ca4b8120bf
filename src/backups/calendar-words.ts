/**
 * The words that people's calendars use in names of backups: months, weekdays and time zones in many languages. Taken
 * from Intl, not from a list of ours, and read once, when the first name asks. Pure.
 */
import { offsetMinutes } from "../host/time-zone.ts";

/** Languages whose months and weekdays are known. Their own digits and signs are not words, and are left out below. */
const LOCALES =
  "en en-GB de fr es it pt pt-PT nl pl cs sk ru uk sv da nb fi hu ro hr sl bg el tr et lv lt ca id ms vi".split(" ");

/** Letters that people write plainly where no mark can be taken off. */
const PLAIN: Readonly<Record<string, string>> = { ı: "i", ł: "l", ø: "o", ß: "ss" };

/** What is compared: small letters without marks and dots. `sept.`, `Déc` and `SÁB` are one word each. */
function plainLetters(text: string): string {
  return text
    .normalize("NFD")
    .replaceAll(/[\p{M}.]/gu, "")
    .toLowerCase()
    .replaceAll(/[ıłøß]/g, (letter) => PLAIN[letter] ?? letter)
    .replaceAll(/[\s_-]+/g, "-");
}

export interface CalendarName {
  /** 1 to 12, or 1 (Monday) to 7; several where languages disagree. */
  readonly values: readonly number[];
  /** An abbreviation: often an ordinary word, too (`mar`, `sat`, `set`). */
  readonly isShort: boolean;
}

type Names = ReadonlyMap<string, CalendarName>;

/** The longest abbreviation that Intl knows has as many letters; a whole name of fewer is as ambiguous (`may`). */
const SHORT_LETTERS = 4;

function collect(kind: "month" | "weekday"): Names {
  const found = new Map<string, Set<number>>();
  const count = kind === "month" ? 12 : 7;
  for (const locale of LOCALES) {
    // With a day beside it a month stands in another case in many languages: `listopad`, `27 listopada`.
    const styles: Intl.DateTimeFormatOptions[] =
      kind === "month"
        ? [{ month: "long" }, { month: "short" }, { month: "long", day: "numeric" }, { month: "short", day: "numeric" }]
        : [{ weekday: "long" }, { weekday: "short" }];
    for (const style of styles) {
      const format = new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" });
      for (let value = 1; value <= count; value += 1) {
        // 1 January 2024 was a Monday.
        const day = kind === "month" ? Date.UTC(2024, value - 1, 15) : Date.UTC(2024, 0, value);
        const name = plainLetters(format.formatToParts(day).find(({ type }) => type === kind)?.value ?? "");
        if (!/^\p{L}{2}/u.test(name)) continue;
        found.set(name, (found.get(name) ?? new Set()).add(value));
      }
    }
  }
  return new Map([...found].map(([name, values]) => [name, { values: [...values], isShort: isShort(name) }]));
}

const isShort = (name: string) => name.length <= SHORT_LETTERS;

/** A store repeats its words thousands of times; so many different ones are remembered. */
const MOST_REMEMBERED = 5000;

function lookUp(kind: "month" | "weekday"): (text: string) => CalendarName | null {
  let names: Names | undefined;
  const found = new Map<string, CalendarName | null>();
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    names ??= collect(kind);
    const one = names.get(plainLetters(text)) ?? null;
    if (found.size >= MOST_REMEMBERED) found.clear();
    found.set(text, one);
    return one;
  };
}

/** The month that a word names, in any case, with marks and dots or without. */
export const monthNamed = lookUp("month");

/** The weekday that a word names. */
export const weekdayNamed = lookUp("weekday");

/** Countries whose people write abbreviations of zones, by the English in which Intl has them. */
const REGIONS: Readonly<Record<string, readonly string[]>> = {
  "en-US": ["US"],
  "en-CA": ["CA"],
  "en-AU": ["AU"],
  "en-NZ": ["NZ"],
  "en-IN": ["IN"],
  "en-ZA": ["ZA"],
  "en-GB": "GB IE DE FR ES IT PT PL AT CH NL BE SE NO DK FI GR RO BG UA EE LV LT".split(" "),
};

/** Abbreviations that zones' own tables still have and Intl does not shorten. Offsets come from Intl all the same. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  JST: ["Asia/Tokyo"],
  KST: ["Asia/Seoul"],
  HKT: ["Asia/Hong_Kong"],
  SGT: ["Asia/Singapore"],
  PKT: ["Asia/Karachi"],
  MSK: ["Europe/Moscow"],
  EAT: ["Africa/Nairobi"],
  CAT: ["Africa/Maputo"],
  WAT: ["Africa/Lagos"],
  WIB: ["Asia/Jakarta"],
  WITA: ["Asia/Makassar"],
  WIT: ["Asia/Jayapura"],
  BRT: ["America/Sao_Paulo"],
  ART: ["America/Argentina/Buenos_Aires"],
  // One abbreviation, several zones: all of them are possible.
  IST: ["Asia/Jerusalem", "Europe/Dublin", "Asia/Kolkata"],
  CST: ["Asia/Shanghai"],
};

/** In the middle of each half of the year: one with summer time and one without, on both halves of the globe. */
const SEASONS_MS: readonly number[] = [Date.UTC(2026, 0, 15), Date.UTC(2026, 6, 15)];

let abbreviations: ReadonlyMap<string, readonly number[]> | undefined;

function collectZones(): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, Set<number>>();
  const add = (name: string, offset: number) => found.set(name, (found.get(name) ?? new Set()).add(offset));
  for (const [locale, regions] of Object.entries(REGIONS)) {
    for (const timeZone of regions.flatMap((region) => zonesOf(region))) {
      const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" });
      for (const atMs of SEASONS_MS) {
        const name = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
        if (/^[A-Z]{3,5}$/.test(name)) add(name, offsetMinutes(timeZone, atMs));
      }
    }
  }
  for (const [name, zones] of Object.entries(ALSO)) {
    for (const timeZone of zones) for (const atMs of SEASONS_MS) add(name, offsetMinutes(timeZone, atMs));
  }
  for (const name of ["UTC", "GMT", "Z"]) found.set(name, new Set([0]));
  return new Map([...found].map(([name, offsets]) => [name, [...offsets]]));
}

/** The zones of a country; the method is a getter in some versions of Node. */
function zonesOf(region: string): readonly string[] {
  const locale = new Intl.Locale(`en-${region}`) as Intl.Locale & {
    getTimeZones?: () => string[];
    timeZones?: string[];
  };
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

/** The offsets in minutes that an abbreviation may mean (`CET`: 60; `IST`: three of them); null for other words. */
export function zoneNamed(text: string): readonly number[] | null {
  if (!/^[A-Za-z]{1,5}$/.test(text)) return null;
  abbreviations ??= collectZones();
  return abbreviations.get(text.toUpperCase()) ?? null;
}
