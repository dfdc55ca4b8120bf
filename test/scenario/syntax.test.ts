import { describe, expect, test } from "vitest";
import { changed, good, issuesOf } from "../support/issues.ts";

const messages = async (content: string | Uint8Array) => (await issuesOf(content)).map(({ message }) => message);

describe("YAML 1.2 and nothing else", () => {
  test("a directive that would make yes and no booleans", async () =>
    expect(await messages(`%YAML 1.1\n---\n${good}`)).toEqual(["a scenario is YAML 1.2; remove the %YAML line"]));
  test("a second document", async () => expect(await messages(`${good}\n---\nversion: 1\n`)).toHaveLength(1));
  test("a tag that could make something else of a value", async () =>
    expect(await messages(changed("seed: 4242", "seed: !foo 4242"))).toEqual(["Unresolved tag: !foo"]));
  test("a duplicate key, deep down, at its second place", async () =>
    expect(await issuesOf(changed("rpo: 1h", "rpo: 1h, rto: 2h"))).toMatchObject([
      { line: 9, message: 'duplicate key "rto"' },
    ]));
  test("a key that is no word", async () =>
    expect(await messages(changed("version: 1", "version: 1\n? [a, b]\n: x"))).toEqual(["a key is a single word"]));
  test("an alias of nothing, at its place", async () =>
    expect(await issuesOf(changed("[starter, table]", "[*nope]"))).toMatchObject([
      { line: 7, column: 8, message: "nothing is called &nope before this alias" },
    ]));
  test("an alias of something is allowed", async () =>
    expect(await messages(changed("rto: 15m", "rto: &x 15m").replace("rpo: 1h", "rpo: *x"))).toEqual([]));
  test("a list that contains itself", async () =>
    expect(await messages(changed("[starter, table]", "&a [*a]"))).toEqual(["tags.0: text is needed, not a list"]));
  test("tabs", async () => expect((await messages(changed("  seed", "\tseed")))[0]).toMatch(/^Tabs are not allowed/));
});

describe("text that is none", () => {
  test.each([
    ["UTF-16, as some shells write it", Buffer.from(`\uFEFF${good}`, "utf16le")],
    ["Latin 1", Buffer.from(good.replace("hot", "h\u00f6t"), "latin1")],
  ])("%s", async (_name, bytes) =>
    expect(await messages(bytes)).toEqual(["the file is not UTF-8 text; save it as UTF-8"]),
  );
});

describe("hostile files end soon", () => {
  test.each([
    ["a map of 30,000 keys", Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join("\n")],
    ["100,000 aliases of nothing", `a: [${Array(100_000).fill("*t").join(", ")}]`],
    ["nesting without end", `a: ${"[".repeat(20_000)}`],
  ])("%s", { timeout: 15_000 }, async (_name, text) => expect((await messages(text)).length).toBeGreaterThan(0));
  test("syntax faults that follow from the first are counted, not listed", async () => {
    const all = await messages(`a: ${"[".repeat(20_000)}`);
    expect(all).toHaveLength(21);
    expect(all.at(-1)).toMatch(/^and from here \d+ more/);
  });
});
