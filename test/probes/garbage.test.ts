/**
 * Whatever comes back (words of a shell, half of an answer, two answers in one), no probe throws: that would be called a
 * defect of ours in the middle of somebody's drill. And no number that is none is written down.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Outcome, Probe } from "../../src/parts.ts";
import { bucketsText, keysText, outcome, scene, state } from "../fakes/outcome.ts";

const CATALOGUE = new Map([
  ["constraint\tpublic.items.items_fkey", "FOREIGN KEY (a) REFERENCES b"],
  ["index\tpublic.a", "i"],
  ["grant\tpublic.orders app SELECT", "false"],
  ["view\tpublic.totals", "SELECT 1"],
]);
const SEQUENCES = new Map([["public.orders_id_seq", 100n]]);
const truth = scene(
  [
    state(10, { "public.orders": { a: "1" } }, { catalogue: CATALOGUE, sequences: SEQUENCES }),
    state(1000, { "public.orders": { a: "1", b: "2" } }, { catalogue: CATALOGUE, sequences: SEQUENCES }),
  ],
  60_000,
);

/** What each of them may be told, beside what it is told by default. */
const TOLD: Readonly<Record<string, readonly object[]>> = {
  "heartbeat-gap": [{ max: "1h" }, { of: "side", max: "1h", min: "1m" }],
  "row-count": [{ table: "orders" }, { table: "orders", max: 0 }],
  "table-missing": [{ table: "orders" }],
  constraints: [{}, { "allow-orphans": true }],
  rows: [{}, { "allow-loss": "1h" }, { newcomers: 1 }],
  sql: [{ ask: "SELECT 1" }, { ask: "SELECT 1", is: "ready" }, { ask: "SELECT 1", max: 0 }],
  shell: [{ script: "true" }],
  login: [{ role: "app" }, { role: "app", works: false }],
  "application-database": [{}, { is: "another" }],
  "full-read": [{}, { broken: true }],
  http: [{ port: 80, path: "/", contains: "x" }],
};

/** Answers that were meant, to be broken; and what they are made of. */
const MEANT = [
  "yes",
  "no",
  "missing",
  "5",
  "public.orders_id_seq\t100\tpublic.orders\tid\t7\tup",
  [...CATALOGUE].map(([key, value]) => `${key}\t${value}`).join("\n"),
  "constraint\tpublic.items.items_fkey\tFOREIGN KEY (a) REFERENCES b NOT VALID",
  "items_fkey\tpublic.items\tb\t2\t1",
  bucketsText("public.orders", { a: "1", b: "3" }),
  keysText({ a: "1", b: "3" }),
  "1000\t5",
  "read\t3\na\tpage 1",
  "200\tyes",
] as const;
const piece = fc.oneof(
  fc.constantFrom(
    "\t",
    "\n",
    "\\N",
    "",
    " ",
    "-1",
    "NaN",
    "Infinity",
    "1e9",
    "9".repeat(40),
    "0x1f",
    "1.50",
    "\0",
    "\r",
  ),
  fc.constantFrom(...MEANT, ...MEANT.flatMap((one) => one.split("\t"))),
  fc.string({ maxLength: 12 }),
  fc.integer().map(String),
);
const garbage = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
const columns = fc
  .array(fc.array(piece, { minLength: 1, maxLength: 7 }), { minLength: 1, maxLength: 4 })
  .map((lines) => lines.map((line) => line.join("\t")).join("\n"));
const answers: fc.Arbitrary<Outcome[]> = fc.array(
  fc
    .tuple(fc.oneof(garbage, columns, fc.constantFrom(...MEANT)), fc.constantFrom(0, 0, 0, 0, 1, 2, 7), fc.boolean())
    .map(([text, exitCode, truncated]) => outcome(text, { exitCode, truncated: truncated && text.length % 5 === 0 })),
  { maxLength: 4 },
);

const optionsOf = ({ name, options }: Probe) => (TOLD[name] ?? [{}]).map((told) => options.parse(told));

describe("whatever comes back", () => {
  test.each(catalog.probes.map((probe) => [probe.name, probe] as const))("%s says something", (_name, probe) => {
    for (const told of optionsOf(probe)) {
      fc.assert(
        fc.property(answers, (outcomes) => {
          const said = probe.answer(outcomes, truth, told as never);
          // A line that is asked next is no finding yet.
          if ("say" in said) return;
          expect(["yes", "no", "unknown"]).toContain(said.held);
          const printed = outcomes.map(({ stdout }) => stdout).join("\n");
          for (const word of ["NaN", "undefined", "null", "Infinity"])
            if (!printed.includes(word)) expect(said.because).not.toContain(word);
          expect(Object.values(said.measured ?? {}).every(Number.isFinite)).toBe(true);
        }),
        { numRuns: 400 },
      );
    }
  });

  const CANNOT = ["not what was asked", "psql: warning: x\n7", "A 1\tb\tc\td\te\tf", "-\t-\t-\t-\t-"];
  // Shell lines of one's own may print anything, and a word that is expected may be another one.
  const PRINTS_ANYTHING = ["shell", "sql"];
  test.each(catalog.probes.map(({ name }) => name).filter((name) => !PRINTS_ANYTHING.includes(name)))(
    "%s takes what nobody asked for neither for a yes nor for a no",
    (name) => {
      const probe = catalog.probes.find((one) => one.name === name) as Probe;
      const held = optionsOf(probe).flatMap((told) =>
        CANNOT.map((text) => probe.answer([outcome(text)], truth, told as never)).map((said) =>
          "say" in said ? "asks on" : said.held,
        ),
      );
      expect(new Set(held)).toEqual(new Set(["unknown"]));
    },
  );
});
