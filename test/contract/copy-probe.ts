/** What every question to a copy must do with answers that are none. Called once for each of the catalogue. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { CheckProbe, CopyAnswer, CopyProbe, CopyScene, Engine, Outcome } from "../../src/parts.ts";
import { copiesOf, copyLanguageOf } from "../../src/plan/capabilities.ts";
import { outcome } from "../fakes/outcome.ts";

const moment = { at: "2026-11-21T11:00:00.000Z", from: "name" } as const;
const facts = (engine: Engine) =>
  ({ engine: engine.name, method: "m", format: "f", packing: [], complete: "yes", because: "" }) as const;

/** A copy that was not looked at yet, of which everything is asked that can be. */
function sceneOf(engine: Engine): CopyScene {
  const common = { name: "a", store: "directory:/b", objects: [], log: [], sizeBytes: 1, facts: facts(engine) };
  return {
    phrases: engine.phrases,
    copies: copiesOf(engine),
    facts: facts(engine),
    story: { tables: [], lines: 1 } as never,
    point: { ...common, id: "a", moment, reach: moment },
    baseline: null,
    task: {
      mayShrink: [],
      fresh: { table: "orders", column: "at" },
      canary: { table: "orders", column: "at" },
      askedAtMs: Date.parse(moment.at),
      objectives: { rtoMs: 1, rpoMs: 1 },
      acceptChanges: false,
    },
    found: { rows: {}, catalogue: {}, behind: [], lags: {} },
  };
}

const NO_ANSWERS: readonly (readonly [string, Outcome])[] = [
  ["a question that failed", outcome("", { exitCode: 1 })],
  ["a cut answer", outcome("yes", { truncated: true })],
];

/** What it says when every question is answered so. */
function heard(probe: CopyProbe, engine: Engine, answer: Outcome): CopyAnswer | null {
  const scene = sceneOf(engine);
  const outcomes: Outcome[] = [];
  let said = probe.question(scene);
  while (said !== null && "line" in said) {
    outcomes.push(answer);
    said = probe.answer(outcomes, scene);
  }
  return said;
}

export function copyProbeContract(probe: CopyProbe): void {
  test.each(NO_ANSWERS)("%s is no yes, and is said under its own name", (_, answer) => {
    for (const engine of catalog.engines.filter(({ copies }) => copies !== undefined)) {
      const findings = heard(probe, engine, answer)?.findings ?? [];
      expect(findings.filter(({ held, because }) => held === "yes" || because === "")).toEqual([]);
      // Nothing asked, nothing claimed: that is for what an engine has not.
      if (findings.length > 0) expect(findings[0]?.probe).toBe(probe.name);
      else expect(probe.question(sceneOf(engine))).toBeNull();
    }
  });

  test("asks only what an engine knows, and claims nothing where it does not", () => {
    for (const engine of catalog.engines) {
      const { home, everywhere, atCopy, prepare, unjudged, databases, countAll } = copiesOf(engine);
      const poor = { ...engine, copies: { home, everywhere, atCopy, prepare, unjudged, databases, countAll } };
      const phrases = { ...engine.phrases } as Partial<typeof engine.phrases>;
      for (const optional of ["catalogue", "orphans", "sequences", "bumpSequences"] as const) delete phrases[optional];
      const said = probe.question(sceneOf({ ...poor, phrases: phrases as typeof engine.phrases }));
      if (said === null || "line" in said) return;
      // By the copy's own moment it is always as old as it says.
      const claimed = said.findings.filter(({ held, probe: by }) => held === "yes" && by !== "freshness");
      expect(claimed).toEqual([]);
    }
  });
}

export function checkProbeContract(probe: CheckProbe): void {
  const check = { sql: "SELECT 1", shell: "true", app: { image: "shop", port: 80, path: "/", status: 200 }, equals: 1 };
  test.each(NO_ANSWERS.slice(0, 1))("%s is no yes", (_, answer) => {
    expect(probe.answer(answer, check).held).not.toBe("yes");
  });
  test("asks where its engine can", () => {
    for (const engine of catalog.engines) expect(probe.question(check, copyLanguageOf(engine)).script).not.toBe("");
  });
}
