/** What is printed is typed into a terminal, by people who need that terminal afterwards. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { hashes } from "../../src/drill/evidence.ts";
import type { Packing } from "../../src/host/packing.ts";
import type { BackupFacts, Line, Target } from "../../src/parts.ts";
import { plan } from "../../src/plan/plan.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";

const TARGETS: readonly Target[] = [
  { to: "before-damage", by: "time" },
  { to: "before-damage", by: "position" },
  { to: "named-point", point: "p" },
  { to: "end-of-log" },
];
const ledger = {
  truth: { tables: new Map(), sequences: new Map(), catalogue: new Map() },
  states: [],
  window: () => [],
};

const PACKINGS: readonly Packing[] = [
  [],
  ["gzip"],
  ["zstd"],
  [{ zip: "a longer name of a dump in an archive 2026-11-27.sql" }],
  [{ join: 3 }, "gzip", { tar: "backups/shop/2026-11-27.sql" }, "bom", "crlf"],
  ["xz", { zip: "shop.sql" }, "lz4", "bzip2"],
];

/** Every line that a recovery can print: of each method to each moment, with a log and without, and of each shipped scenario. */
async function printed(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const engine of catalog.engines)
    for (const method of engine.methods)
      for (const hasLog of [false, true])
        for (const packing of PACKINGS) {
          const facts = {
            engine: engine.name,
            method: method.name,
            format: "plain",
            packing,
            hasLog,
            logFrom: "x",
          };
          for (const target of TARGETS) {
            try {
              lines.push(...method.check(facts as unknown as BackupFacts, target));
              lines.push(...method.recover(facts as unknown as BackupFacts, target));
            } catch {
              // Not every method comes back to every moment.
            }
          }
        }
  for (const file of await listScenarios()) {
    const scenario = await loadScenario(file, catalog);
    for (const engine of Object.keys(scenario.engines)) {
      const { recovery, engine: made } = plan(scenario, catalog, { engine });
      for (const side of ["database", "server"] as const) {
        const scene = { phrases: made.phrases, side, ledger, restore: () => [], removeSide: () => [], copies: [] };
        for (const { part, options } of recovery) lines.push(...part.lines(scene as never, options));
      }
    }
  }
  return lines;
}

const lines = await printed();

test("there is something to look at", () => expect(lines.length).toBeGreaterThan(400));

test("no printed line closes the terminal that it is typed into", () => {
  // Awk has an exit of its own, and between brackets only the brackets end.
  const closes = ({ script }: Line) =>
    /(^|[\s;&|{])(exit \d|exec |set -e\b)/m.test(script.replaceAll(/'[^']*'/g, "")) && !script.startsWith("(\n");
  expect([...new Set(lines.filter(closes).map(({ say }) => say))]).toEqual([]);
});

test("no printed line leaves its terminal in another folder", () => {
  const moves = ({ script }: Line) =>
    /(^|[;&|{]|\n)[ \n]*cd /.test(script.replaceAll(/'[^']*'/g, "")) && !script.startsWith("(\n");
  expect(moves({ ...hashes, script: 'test -d x && cd "$EVIDENCE"' })).toBe(true);
  expect([...new Set([hashes, ...lines].filter(moves).map(({ say }) => say))]).toEqual([]);
});

test("no printed line has what bash 5.2 cannot read at its prompt: a quoted substitution of several lines", () => {
  const breaks = ({ script }: Line) => /"[^"\n=]*\$\([^)"\n]*\n/.test(script.replaceAll(/<<'SQL'[\s\S]*?^SQL$/gm, ""));
  expect([...new Set(lines.filter(breaks).map(({ say }) => say))]).toEqual([]);
});
