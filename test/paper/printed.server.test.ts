/** What is printed is what was run: the commands of a printed page, typed into a fresh sandbox, recover the database. */
import { describe, expect, test } from "vitest";
import { printedCommands } from "../../src/paper/identity.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { Action, StepPhase } from "../../src/parts.ts";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

const runbooks = await readTemplates("runbooks", "/nonexistent");

/** The page cut at its headings. */
function sections(page: string): ReadonlyMap<string, string> {
  return new Map(
    page
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf("\n")), text] as const),
  );
}

const PHASES: Readonly<Record<string, StepPhase>> = {
  Contain: "contain",
  "Preserve the evidence": "preserve",
  Restore: "restore",
  Reopen: "reopen",
};

/** A step that is nothing but a printed command. */
function typed(script: string, phase: StepPhase): PlannedStep {
  const part: Action = {
    name: "printed",
    summary: "",
    options: {} as never,
    gives: [],
    needs: [],
    lines: () => [{ say: "Type what is printed.", script, uses: [], destroys: false }],
  };
  return { part, options: {}, line: 1, phase };
}

function fromPage(page: string): readonly PlannedStep[] {
  return [...sections(page)].flatMap(([heading, text]) => {
    const phase = PHASES[heading];
    return phase === undefined ? [] : printedCommands(text).map((script) => typed(script, phase));
  });
}

describe.each(
  some(
    "recoveries typed from the page",
    [
      ["postgres", undefined],
      ["postgres", "physical + log"],
      ["mariadb", undefined],
    ] as const,
    2,
  ),
)("%s, %s", (engine, variant) => {
  test("the printed commands recover the database, and without the last of the restore they do not", async () => {
    const on = { sandbox: "local", engine, ...(variant === undefined ? {} : { variant }) };
    const { result } = await play(on);
    expect(result.verdict).toBe("recovered");
    const steps = fromPage(await renderRunbook(result, runbooks));
    expect(steps.length).toBeGreaterThan(8);
    const byPage = (plan: Plan): Plan => ({ ...plan, recovery: steps });
    const { result: again } = await play({ ...on, change: byPage });
    expect(again.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(again.measured).toMatchObject({
      rpaMs: result.measured.rpaMs,
      rowsMissing: result.measured.rowsMissing,
      rowsExtra: 0,
    });
    const restore = steps.filter(({ phase }) => phase === "restore");
    const short = steps.filter((step) => !restore.slice(1).includes(step));
    const { result: cut } = await play({ ...on, change: (plan) => ({ ...plan, recovery: short }) });
    expect(cut.verdict).toBe("lost");
  });
});
