import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Feed, feedOf, inTurn, ownLine, printed } from "../src/built-script.ts";
import { catalog } from "../src/catalog.ts";
import type { Line } from "../src/parts.ts";
import { copyLanguageOf, languageOf } from "../src/plan/capabilities.ts";

const cat = new Feed({ client: "cat", text: "SELECT 1;" });
const sh = (script: string) => execFileSync("sh", ["-c", script], { encoding: "utf8" });

describe("one client fed one text", () => {
  it("is printed with its parts where a page has them", () => {
    const feed = new Feed({
      environment: "A=1",
      client: "psql -X",
      flags: ownLine("-At"),
      database: "-d x",
      session: "SET a = 1;",
      text: "\nSELECT 1;\n",
      output: ownLine('>"$FILE"'),
    });
    expect(`${feed}`).toBe(`A=1 psql -X \\\n  -At -d x \\\n  >"$FILE" <<'SQL'\nSET a = 1;\nSELECT 1;\nSQL`);
  });

  it("is changed as a value; the first one stays", () => {
    expect(`${cat.with({ text: "SELECT 2;" })}`).toBe("cat <<'SQL'\nSELECT 2;\nSQL");
    expect(`${cat}`).toBe("cat <<'SQL'\nSELECT 1;\nSQL");
  });

  it("feeds whatever text it is given to its end, as sh reads it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("SQL", " SQL", "SQL;", "a", "$HOME", "`x`", "\\"), { minLength: 1 }),
        (lines) => {
          const text = lines.join("\n").trim();
          expect(sh(`${cat.with({ text })}`)).toBe(`${text.replace(/^SQL$/gm, " SQL")}\n`);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("goes to its reader, and on only when that succeeded", () => {
    const counted = cat.with({ reader: "wc -l" });
    expect(sh(`${inTurn(counted, "echo then")}`).replaceAll(" ", "")).toBe("1\nthen\n");
    expect(sh(`${inTurn(cat.with({ reader: "grep -q SELECT" }), "echo then")}`)).toBe("then\n");
    expect(sh(`${inTurn(cat.with({ reader: "grep -q nothing" }), "echo then")}\ntrue`)).toBe("");
  });
});

describe("one after another", () => {
  it("is ended by the first failure, wherever it stands", () => {
    const fail = cat.with({ client: "false" });
    expect(sh(`${inTurn(cat, "echo a", cat)}`)).toBe("SELECT 1;\na\nSELECT 1;\n");
    expect(sh(`${inTurn(fail, "echo a", cat)}\ntrue`)).toBe("");
    expect(sh(`${inTurn(cat, "false", cat)}\ntrue`)).toBe("SELECT 1;\n");
    expect(sh(`${inTurn(inTurn(cat, fail), "echo a")}\ntrue`)).toBe("SELECT 1;\n");
  });
});

describe("a line", () => {
  const line: Line = { say: "Ask.", ...printed(cat), uses: [], destroys: false };
  it("keeps the value that it was printed from, and no record does", () => {
    expect(feedOf(line)).toBe(cat);
    expect(JSON.parse(JSON.stringify(line))).toEqual({ say: "Ask.", script: `${cat}`, uses: [], destroys: false });
  });

  it("that was not built as one client cannot be changed, and says so", () => {
    expect(() => feedOf({ say: "List." })).toThrow('the line "List." is not one client');
    expect(() => feedOf({ ...line, ...printed(inTurn(cat, "ls")) })).toThrow("is not one client");
  });
});

const DIGEST = { table: "orders", buckets: 4, keyColumns: ["id"], hash: "text" } as const;
describe.each(catalog.engines.map((engine) => [engine.name, engine] as const))(
  "a held moment of %s",
  (_name, engine) => {
    const { phrases } = engine;
    const copies = copyLanguageOf(engine);
    it("is asked every question of a ledger, in the question's own words", () => {
      const questions = [
        phrases.listTables(),
        phrases.bucketDigests([DIGEST]),
        phrases.keyDigests(DIGEST),
        languageOf(engine).sequences(),
      ];
      for (const question of questions) {
        const { script } = copies.snapshot.at(question);
        // Where the moment is a copy of a file, the question goes there as it is.
        const own = question.built === undefined ? question.script : feedOf(question).parts.text.trim();
        expect(script).toContain(own);
        expect(script).not.toBe(question.script);
      }
    });

    it("refuses what it could not ask", () => {
      const elsewhere: Line = { say: "List.", script: "ls", uses: [], destroys: false };
      expect(() => copies.snapshot.at(elsewhere)).toThrow("cannot be changed");
    });
  },
);
