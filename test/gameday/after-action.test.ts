import { describe, expect, it } from "vitest";
import { renderAfterAction } from "../../src/gameday/after-action.ts";
import type { DayBody } from "../../src/gameday/events.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import { alarm, began, dayOf, judged, milestone, source, tell } from "../fakes/day.ts";

const templates = await readTemplates("reports", "/nowhere", "after-action.md.hbs");
const render = (...bodies: DayBody[]) => renderAfterAction(dayOf([began, ...bodies]), templates);
const revealed: DayBody = {
  kind: "revealed",
  scenario: "some-disaster",
  title: "Something is gone",
  sha256: "ab",
  salt: "cd",
};
const ended: DayBody = { kind: "day-ended", abandoned: false };

describe("the after-action report", () => {
  it("leaves blanks where nobody answered, and says so in words where nothing was reached", async () => {
    const page = await render(
      alarm,
      { kind: "stage", stage: "over", because: "the game day was abandoned by scribe" },
      revealed,
      ended,
    );
    expect(page).toContain("| Verdict | VOID |");
    expect(page).toContain("The day was not judged: the game day was abandoned by scribe.");
    expect(page).toContain("**What surprised us?** ______________________");
    expect(page).toContain("| ______________________ | __________ | __________ |");
    expect(page).not.toContain("\\_");
  });

  it("puts people beside the machine, and milestones in the order in which they were reached", async () => {
    const late = { ...source, ageMs: -1_200_000 } as DayBody;
    const page = await render(
      alarm,
      tell,
      milestone("preserved", 300_000),
      milestone("restore-began", 200_000),
      late,
      milestone("reopened", 600_000),
      judged,
      revealed,
      ended,
    );
    expect(page).toContain("| RTO | 15m 00s | 10m 00s | 3.0 s |");
    expect(page.indexOf("restoring began")).toBeLessThan(page.indexOf("the damaged state was copied |"));
    expect(page).toContain("20m 00s younger than the damage");
    expect(page).toContain("no hard fail.");
    expect(page).toContain('echo "cd ab" | sha256sum');
    expect(page).toContain("preserve: the damaged database was copied only after the restore began");
  });

  it("shows corrections, actions with owner and date, and a proposed line as a diff", async () => {
    const page = await render(
      alarm,
      milestone("detected", 5000, "scribe"),
      { kind: "said", role: "scribe", how: "todo", text: "measure *it*", owner: "platform", due: "2027-01-15" },
      judged,
      revealed,
      ended,
      {
        kind: "answer",
        role: "team",
        question: "Which line of the runbook was wrong, and how should it read?",
        answer: "createdb x => createdb -T template0 x",
      },
    );
    expect(page).toContain("operator: detected set to 5.0 s");
    expect(page).toContain("| measure \\*it\\* | platform | 2027-01-15 |");
    expect(page).toContain("```diff\n-createdb x\n+createdb -T template0 x\n```");
  });

  it("names roles, and a person only who wanted it", async () => {
    const page = await render(
      { kind: "joined", role: "operator" },
      { kind: "joined", role: "scribe", name: "Kim" },
      alarm,
      judged,
      revealed,
      ended,
    );
    expect(page).toContain("| Roles | operator, scribe (Kim) |");
  });
});
