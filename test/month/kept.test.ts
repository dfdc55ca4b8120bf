/** The months before: what was open, and what happens where a report is missing or cannot be read. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { alreadyOpen, carriedInto, closing, keepMonth, opened } from "../../src/month/kept.ts";

let out = "";
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "month-"));
});
afterEach(() => rm(out, { recursive: true }));

const action = (id: string, text: string, done = false) => ({ id, text, owner: "ann", due: "2026-11-30", done });
const keep = (month: string, ...actions: ReturnType<typeof action>[]) =>
  keepMonth(out, { month, madeAt: `${month}-28T09:00:00Z`, actions }, { "month.md": "# a page\n" });

describe("what is carried over", () => {
  test("what was open last month, and not what was done", async () => {
    await keep("2026-10", action("2026-10.1", "mend it"), action("2026-10.2", "print it", true));
    expect(await carriedInto(out, "2026-11")).toEqual({
      month: "2026-10",
      open: [action("2026-10.1", "mend it")],
      faults: [],
    });
  });
  test("the first month has nothing to ask for, and that is no fault", async () => {
    expect(await carriedInto(out, "2026-11")).toEqual({ month: null, open: [], faults: [] });
  });
  test("a year's first month follows the last one of the year before", async () => {
    await keep("2026-12", action("2026-12.1", "mend it"));
    expect(await carriedInto(out, "2027-01")).toMatchObject({ month: "2026-12", faults: [] });
  });
  test("last month's report is missing: said, and the one before is asked for", async () => {
    await keep("2026-09", action("2026-09.1", "mend it"));
    const { month, open, faults } = await carriedInto(out, "2026-11");
    expect([month, open.map(({ id }) => id)]).toEqual(["2026-09", ["2026-09.1"]]);
    expect(faults).toEqual(["There's no report of 2026-10: what was open then isn't known. These are from 2026-09."]);
  });
  test.each([
    ["cut off", '{"version":1,"month":"2026-10","act'],
    ["of another month", '{"version":1,"month":"2026-08","madeAt":"x","actions":[]}'],
    ["of another form", '{"version":2}'],
    ["empty", ""],
  ])("last month's report is %s: said, and never taken for nothing open", async (_, text) => {
    await keep("2026-09", action("2026-09.1", "mend it"));
    await keep("2026-10");
    await writeFile(join(out, "months/2026-10/month.json"), text);
    const { month, faults } = await carriedInto(out, "2026-11");
    expect([month, faults]).toEqual([
      "2026-09",
      ["The report of 2026-10 can't be read: its open actions aren't known."],
    ]);
  });
  test("a folder of last month without its memory is said, too", async () => {
    await mkdir(join(out, "months/2026-10"), { recursive: true });
    const { month, faults } = await carriedInto(out, "2026-11");
    expect([month, faults]).toEqual([
      null,
      ["The report of 2026-10 has no month.json: its open actions aren't known."],
    ]);
  });
});

describe("closing and opening", () => {
  test("a number that nothing open has is refused, with those that would do", () => {
    expect(() => closing([action("2026-10.1", "mend it")], ["2026-10.7"])).toThrow(
      "no open action is called 2026-10.7",
    );
  });
  test("numbers go on, and the same words are not opened twice", () => {
    const known = closing([action("2026-10.4", "mend it"), action("2026-11.2", "print it")], ["2026-11.2"]);
    const all = opened("2026-11", known, [
      { text: "mend it", owner: "", due: "" },
      { text: "print it", owner: "bob", due: "" },
    ]);
    expect(all.map(({ id, text, done }) => [id, text, done])).toEqual([
      ["2026-10.4", "mend it", false],
      ["2026-11.2", "print it", true],
      ["2026-11.3", "print it", false],
    ]);
  });
  test("a month that is made twice knows what it asked for", async () => {
    await keep("2026-11", action("2026-11.1", "mend it", true));
    expect(await alreadyOpen(out, "2026-11")).toEqual([action("2026-11.1", "mend it", true)]);
    expect(await readFile(join(out, "months/2026-11/month.md"), "utf8")).toBe("# a page\n");
  });
});
