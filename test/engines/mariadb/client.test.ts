import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { execute, folded, identifier, literal, withoutValues } from "../../../src/engines/mariadb/client.ts";
import { orphanCounts } from "../../../src/engines/mariadb/foreign-keys.ts";

const scratch = mkdtempSync(join(tmpdir(), "client-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const sh = (script: string) =>
  spawnSync("sh", ["-c", script], { encoding: "utf8", env: { ...process.env, SCRATCH: scratch } });

test("an identifier is one token, whatever is in the name", () =>
  fc.assert(
    fc.property(fc.stringMatching(/^[^\p{Cc}]+$/u), (name) => {
      const quoted = identifier(name);
      expect(quoted.slice(1, -1).replaceAll("``", "")).not.toContain("`");
      expect(quoted.slice(1, -1).replaceAll("``", "`")).toBe(name);
    }),
  ));
test("a name that no line can hold is refused", () =>
  expect(() => identifier("a\nSQL\n; DROP")).toThrow("control characters"));

test("a text is one constant on one line, whatever the session makes of backslashes", () =>
  fc.assert(
    fc.property(fc.string(), (text) => {
      const quoted = literal(text);
      expect(quoted).not.toContain("\n");
      if (quoted.startsWith("'")) {
        expect(quoted.slice(1, -1).replaceAll("''", "'")).toBe(text);
        expect(quoted).not.toContain("\\");
      } else {
        const hex = /^CONVERT\(0x([0-9a-f]*) USING utf8mb4\)$/.exec(quoted)?.[1] ?? "";
        expect(Buffer.from(hex, "hex").toString("utf8")).toBe(Buffer.from(text, "utf8").toString("utf8"));
      }
    }),
  ));

test("a statement that nothing wrote runs nothing", () => expect(execute("SELECT NULL")).toContain("'DO 0'"));

test("values leave error messages; output and the rest of the message stay", () => {
  const said = sh(
    withoutValues(
      `echo out; echo "ERROR 1062 (23000) at line 7: Duplicate entry 'eve@example.org' for key 'customers_email_once'" >&2; false`,
    ),
  );
  expect(said.status).toBe(1);
  expect(said.stdout).toBe("out\n");
  expect(said.stderr).toBe("ERROR 1062 (23000) at line 7: Duplicate entry '…' for key 'customers_email_once'\n");
});
test.each([
  [
    "Incorrect integer value: 'secret' for column `shop`.`orders`.`id` at row 1",
    "Incorrect integer value: '…' for column `shop`.`orders`.`id` at row 1",
  ],
  ["Incorrect datetime value: 'it''s' for column 'x'", "Incorrect datetime value: '…' for column 'x'"],
])("%s", (message, shown) => {
  expect(sh(withoutValues(`cat >&2 <<'M'\n${message}\nM\nfalse`)).stderr).toBe(`${shown}\n`);
  expect(sh(withoutValues("echo warning >&2; echo out"))).toMatchObject({ status: 0, stderr: "", stdout: "out\n" });
});

const FOLD = "\n    ";

test("folded SQL says the same, with every name and constant whole, on lines that paper holds", () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_(),.=@]{1,20}$/);
  const name = fc.stringMatching(/^[^\p{Cc}]{0,30}$/u);
  fc.assert(
    fc.property(fc.array(fc.oneof(word, name.map(identifier), name.map(literal)), { minLength: 1 }), (pieces) => {
      const text = pieces.join(" ").trim();
      const lines = folded(text);
      expect(lines.replaceAll(FOLD, " ")).toBe(text);
    }),
  );
});

test("what has lines of its own keeps them, and what is long fits", () => {
  const text = orphanCounts(`f.parent = ${literal("o'rd ers")}`);
  const bare = (one: string) => one.replaceAll(/\s+/g, " ");
  expect(bare(folded(text))).toBe(bare(text));
  expect(folded(folded(text))).toBe(folded(text));
  expect(
    folded(text)
      .split("\n")
      .filter((line) => line.length > 72),
  ).toEqual([]);
});
