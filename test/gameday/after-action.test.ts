import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderAfterAction, writeAfterAction } from "../../src/gameday/after-action.ts";
import type { DayBody } from "../../src/gameday/events.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import { openJournal, systemClock } from "../../src/run/journal.ts";
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

  it("begins with the verdict and its lesson: what it would have meant, what repairs it, which trap was sprung", async () => {
    const lesson = {
      path: [
        { phase: "contain", what: "Keeps the application out." },
        { phase: "restore", what: "Brings one table back." },
      ],
      traps: [
        { say: "The first copy is rarely the best.", cost: 20 },
        { say: "Nobody asked.", cost: 5 },
      ],
    };
    const trap: DayBody = { kind: "trap", when: "source-used", cost: 20, say: "The first copy is rarely the best." };
    const page = await render(alarm, trap, { ...judged, lesson, machineRtaMs: null } as DayBody, revealed, ended);
    expect(page).toContain("Had it been real, the application was down for 10m 00s.");
    expect(page).toMatch(/What repairs it:[\s\S]*- Brings one table back/);
    expect(page).toContain("| YES | The first copy is rarely the best. | 20 |");
    expect(page).toContain("| no | Nobody asked. | 5 |");
    expect(page).toContain("never drilled: fogbell run some-disaster");
    expect(page.indexOf("What repairs it")).toBeLessThan(page.indexOf("## Milestones"));
    const lost = await render(alarm, { ...judged, lesson, verdict: "lost" } as DayBody, revealed, ended);
    expect(lost).toContain("the data would not be whole");
  });

  it("names no strength that is none, and says of points that were not scored why", async () => {
    const blind = { ...judged, rtaMs: null, watched: { looks: 4, failed: 4, canSee: [] } } as DayBody;
    const page = await render(alarm, blind, revealed, ended);
    expect(page).toContain("None that the log shows.");
    expect(page).toContain("contain, 15 points: 4 of 4 looks at the database failed");
    const idle = {
      ...judged,
      drilled: { contains: false, preserves: false, restores: true, isRecoverable: true },
    } as DayBody;
    expect(await render(alarm, idle, revealed, ended)).not.toContain("contain: nothing was still writing");
  });

  it("is a page and a PDF with the day as a picture, in which nothing that was typed means anything", async () => {
    const folder = await mkdtemp(join(tmpdir(), "after-"));
    const evil = "<script>alert(1)</script><img src=x> \u001b[2J *b* | x";
    {
      using log = openJournal<DayBody>(join(folder, "gameday.jsonl"), systemClock, () => {});
      const inject: DayBody = { kind: "inject", number: 1, what: "fired", to: evil, say: evil, by: evil };
      const said: DayBody = { kind: "said", role: evil, how: "tell", text: evil };
      for (const body of [began, alarm, said, inject, milestone("contained", 5000), judged, revealed, ended])
        log.append(body);
    }
    await writeAfterAction(folder);
    const html = await readFile(join(folder, "after-action.html"), "utf8");
    expect(html).toContain("<svg");
    expect(html).toContain("outsiders were told");
    expect(html).not.toMatch(/<script|<img/);
    expect(html).not.toContain("\u001b");
    const pdf = await readFile(join(folder, "after-action.pdf"));
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    await rm(folder, { recursive: true });
  });
});
