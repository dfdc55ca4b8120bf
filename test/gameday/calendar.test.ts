import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendar, escapeText, foldLine } from "../../src/gameday/calendar.ts";
import { type Cell, entriesFor, monthly, propose, rolesHeld } from "../../src/gameday/programme.ts";
import { dayOf } from "../fakes/day.ts";

const unfold = (text: string) => text.replaceAll("\r\n ", "");
const plain = (text: string) => text.replace(/\\([\\;,n])/g, (_, char: string) => (char === "n" ? "\n" : char));
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that no calendar may hold
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const words = fc
  .string({ unit: "grapheme", maxLength: 300 })
  .filter((text) => !CONTROL.test(text.replaceAll("\n", "")));

describe("iCalendar", () => {
  it("folds at 75 octets, never inside a character, and unfolds to what it was", () => {
    fc.assert(
      fc.property(words, (text) => {
        const line = text.replace(/[\r\n]/g, "");
        const folded = foldLine(line);
        for (const part of folded.split("\r\n")) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(75);
        expect(unfold(folded)).toBe(line);
        // A text may hold the sign for a broken character itself.
        expect(folded.includes("\uFFFD")).toBe(line.includes("\uFFFD"));
      }),
    );
  });

  it("escapes backslash, semicolon, comma and line break, and only those", () => {
    expect(escapeText("a\\b;c,d\ne:f")).toBe("a\\\\b\\;c\\,d\\ne:f");
    fc.assert(
      fc.property(words, (text) => {
        expect(plain(escapeText(text))).toBe(text);
      }),
    );
  });

  it("is whole: every line ends as it must, begins and ends match, each day has its own identity", () => {
    const entries = [0, 1, 2].map((month) => ({
      atMs: Date.UTC(2027, month, 12, 9),
      durationMs: 5_400_000,
      summary: "Game day: backup, on postgres",
      description: `${"a long line; with, signs ".repeat(9)}\nEND:VEVENT`,
    }));
    const text = calendar(entries, Date.UTC(2026, 10, 21));
    expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    const lines = unfold(text).split("\r\n");
    const count = (line: string) => lines.filter((one) => one === line).length;
    expect([count("BEGIN:VEVENT"), count("END:VEVENT"), count("BEGIN:VALARM")]).toEqual([3, 3, 3]);
    expect(new Set(lines.filter((line) => line.startsWith("UID:"))).size).toBe(3);
    expect(lines).toContain("DTSTART:20270112T090000Z");
    expect(lines).toContain("DURATION:PT1H30M");
    expect(calendar(entries, Date.UTC(2026, 10, 21))).toBe(text);
  });
});

const cell = (scenario: string, engine: string, more: Partial<Cell> = {}): Cell => ({
  scenario,
  title: scenario,
  engine,
  families: ["backup", "table"],
  difficulty: 2,
  drills: 1,
  drilledAt: "2026-11-01T00:00:00Z",
  machineRtaMs: 1000,
  days: 0,
  playedAt: null,
  peopleRtaMs: null,
  lastVerdict: "recovered",
  ...more,
});
const nowMs = Date.parse("2026-11-21T00:00:00Z");

describe("the programme", () => {
  it("proposes what was never played before what was, and what was played longest ago before the rest", () => {
    const cells = [
      cell("new", "a 1"),
      cell("recent", "b 1", { playedAt: "2026-11-14T00:00:00Z" }),
      cell("old", "b 1", { playedAt: "2026-01-14T00:00:00Z" }),
    ];
    const order = propose(cells, { count: 3, nowMs }).map(({ scenario }) => scenario);
    expect(order).toEqual(["new", "old", "recent"]);
    expect(propose(cells, { count: 3, nowMs })[0]?.because).toBe("never played, drilled 20 days ago");
  });

  it("does not play the same family, engine or scenario twice running where it can be helped", () => {
    const cells = [
      cell("one", "a 1", { families: ["x"] }),
      cell("two", "a 1", { families: ["x"] }),
      cell("three", "b 1", { families: ["y"] }),
      cell("one", "b 1", { families: ["x"] }),
    ];
    const order = propose(cells, { count: 3, nowMs });
    expect(order.map(({ scenario }) => scenario)).toEqual(["one", "three", "two"]);
    expect(propose(cells, { count: 9, nowMs })).toHaveLength(9);
    expect(propose([], { count: 9, nowMs })).toEqual([]);
  });

  it("finds the nth weekday of each month, and none where a month has none", () => {
    const days = (nth: number, count: number) =>
      monthly({ fromMs: nowMs, minutes: 540, weekday: 2, nth }, count).map((at) =>
        new Date(at).toISOString().slice(0, 16),
      );
    expect(days(2, 3)).toEqual(["2026-12-08T09:00", "2027-01-12T09:00", "2027-02-09T09:00"]);
    expect(days(5, 2)).toEqual(["2026-12-29T09:00", "2027-03-30T09:00"]);
    expect(days(2, 12)).toHaveLength(12);
  });

  it("tells a calendar the family, never the scenario", () => {
    const [proposal] = propose([cell("secret-disaster", "a 1")], { count: 1, nowMs });
    const entries = entriesFor(proposal === undefined ? [] : [proposal], [nowMs]);
    expect(JSON.stringify(entries)).not.toContain("secret-disaster");
    expect(entries[0]?.summary).toBe("Game day: backup, on a");
  });

  it("counts roles held, once a day for each person who gave a name", () => {
    const day = dayOf([
      { kind: "joined", role: "operator", name: "Kim" },
      { kind: "joined", role: "operator", name: "Kim" },
      { kind: "joined", role: "scribe" },
    ]);
    expect(rolesHeld([day, day])).toEqual([
      { role: "operator", held: "Kim 2×" },
      { role: "scribe", held: "somebody 2×" },
    ]);
  });
});
