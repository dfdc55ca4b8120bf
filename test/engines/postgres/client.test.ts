import fc from "fast-check";
import { expect, test } from "vitest";
import { identifier, literal, parseTable, uncopy } from "../../../src/engines/postgres/client.ts";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { languageOf } from "../../../src/plan/capabilities.ts";

test.each([
  ["orders", '"orders"'],
  ['or"ders', '"or""ders"'],
  ["or;drop table x", '"or;drop table x"'],
  ["a\nSQL\nb", 'U&"a\\000aSQL\\000ab"'],
])("%j", (name, quoted) => expect(identifier(name)).toBe(quoted));
test.each([
  ["it's", "'it''s'"],
  ["a\\b", "E'a\\\\b'"],
  ["a\nb", "E'a\\x0ab'"],
])("%j", (text, quoted) => expect(literal(text)).toBe(quoted));
test("orders means public.orders, and only the first dot parts", () => {
  expect(parseTable("orders")).toEqual({ schema: "public", table: "orders" });
  expect(parseTable("a.b.c")).toEqual({ schema: "a", table: "b.c" });
});
test("no name can end a heredoc or a quoted word", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (name) => {
      for (const line of [
        languageOf(postgres).dropTable(name),
        languageOf(postgres).countRows(name),
        ...languageOf(postgres).copyTableBack(name),
      ]) {
        const ends = line.script.split("\n").filter((one) => one === "SQL").length;
        expect(ends).toBe(line.script.split("<<'SQL'").length - 1);
      }
    }),
  );
});
test("what COPY escaped is itself again", () => expect(uncopy("a\\tb\\nc\\\\d")).toBe("a\tb\nc\\d"));
