/** Sums beside backups, in the forms in which the usual programs write them. */
import { expect, test } from "vitest";
import { sumIn, sumsBeside } from "../../src/backups/sums.ts";

const HEX = "a".repeat(64);
test.each([
  ["sha256sum", `${HEX}  shop.sql\n`, "sha256"],
  ["in binary mode, with a folder", `${HEX} *backups/shop.sql`, "sha256"],
  ["BSD's form", `SHA256 (shop.sql) = ${HEX}`, "sha256"],
  ["alone, in capitals", `${HEX.toUpperCase()}\r\n`, "sha256"],
  ["md5", `${"b".repeat(32)}  shop.sql`, "md5"],
  ["one of a list", `${"c".repeat(64)}  other.sql\n${HEX}  shop.sql`, "sha256"],
])("%s", (_, text, algorithm) => expect(sumIn(text, "x/shop.sql")?.algorithm).toBe(algorithm));

test.each([
  ["of what is inside", `${HEX}  shop.sql`, "shop.sql.gz"],
  ["of others", `${HEX}  a.sql\n${HEX}  b.sql`, "shop.sql"],
  ["no sum", "hello", "shop.sql"],
  ["an odd number of digits", "abc123  shop.sql", "shop.sql"],
])("nothing where it is %s", (_, text, key) => expect(sumIn(text, key)).toBeNull());

test("lie beside their object, or list a folder", () => {
  const at = (key: string, sizeBytes = 70) => ({ key, sizeBytes, modifiedAt: "" });
  const beside = sumsBeside([
    at("a/x.sql"),
    at("a/x.sql.sha256"),
    at("b/y.sql"),
    at("b/SHA256SUMS"),
    at("c/z.sql.md5", 0),
  ]);
  expect(["a/x.sql", "b/y.sql", "c/z.sql"].map((key) => beside(key).map((one) => one.key))).toEqual([
    ["a/x.sql.sha256"],
    ["b/SHA256SUMS"],
    [],
  ]);
});
