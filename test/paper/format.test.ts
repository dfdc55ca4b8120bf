import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { code, escapeAll, fence, inline, Raw, renderPage } from "../../src/paper/format.ts";

const hostile = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    "|",
    "```",
    "<script>alert(1)</script>",
    "a\n# b",
    "{{x}}",
    "![](x)",
    "[a](b)",
    "**b**",
    "` `",
    "a|b\r\n|c|",
    "</td>",
    "~~~",
  ),
  fc
    .array(fc.constantFrom("`", "|", "\n", "<", "*", "_", "[", "#", "\\", "~", "x"), { maxLength: 30 })
    .map((chars) => chars.join("")),
);

describe("hostile text", () => {
  test("inline: one line, no cell, tag, link or emphasis of its own", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = inline(text);
        expect(shown).not.toMatch(/[\n\r<]/);
        expect(shown.replace(/\\./g, "")).not.toMatch(/[|*`[\]~]/);
      }),
    );
  });
  test("a fence cannot be closed from inside", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const lines = fence(text).split("\n");
        const ticks = lines[0] ?? "";
        expect(lines.at(-1)).toBe(ticks);
        for (const line of lines.slice(1, -1)) expect(line.trim().startsWith(ticks)).toBe(false);
      }),
    );
  });
  test("inline code cannot be closed from inside, nor leave its cell", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = code(text);
        const ticks = /^`+/.exec(shown)?.[0] ?? "";
        const inside = shown.slice(ticks.length, -ticks.length);
        expect([...inside.matchAll(/`+/g)].every(([run]) => run.length < ticks.length)).toBe(true);
        expect(inside.replaceAll("\\|", "")).not.toMatch(/[|\n]/);
      }),
    );
  });
  test("a table of hostile values keeps its rows and columns", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 5 }), async (names) => {
        const page = "| a | b |\n| --- | --- |\n{{#each names}}\n| {{this}} | {{this}} |\n{{/each}}\n";
        const lines = (await renderPage({ page, partials: {} }, { names })).trim().split("\n");
        expect(lines).toHaveLength(names.length + 2);
        for (const line of lines) expect(line.replace(/\\./g, "").split("|")).toHaveLength(4);
      }),
      { numRuns: 50 },
    );
  });
});

test("plain words stay plain", () =>
  expect(inline("order_items (80 rows) waits; see docs/x.md #3")).toBe(
    "order_items (80 rows) waits; see docs/x.md #3",
  ));
test("raw text outside a fence is escaped all the same", async () =>
  expect(await renderPage({ page: "{{x}}", partials: {} }, { x: new Raw("<b>|") })).toBe("&lt;b>\\|\n"));
test("a template that asks for what is not there fails", async () =>
  await expect(renderPage({ page: "{{nothing}}", partials: {} }, {})).rejects.toThrow(/nothing/));
test("numbers and booleans pass", () =>
  expect(escapeAll({ a: 1, b: [true, null] })).toEqual({ a: 1, b: [true, null] }));
