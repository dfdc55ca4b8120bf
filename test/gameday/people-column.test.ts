import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pastOf } from "../../src/paper/past.ts";
import { renderReport } from "../../src/paper/report.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult, EventBody } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { findRun, historyOf } from "../../src/suite/history.ts";
import { END, stamped, WELL } from "../fakes/events.ts";

const bodies = (by: "people" | undefined, runId: string): EventBody[] =>
  [...WELL, ...END].map((body) =>
    body.kind === "drill-began"
      ? { ...body, runId, scenario: { ...body.scenario, ...(by === undefined ? {} : { by }) } }
      : body,
  );
const machine = deriveResult(stamped(bodies(undefined, "run-machine")));
const people: DrillResult = {
  ...deriveResult(stamped(bodies("people", "run-people"))),
  endedAt: "2027-01-01T00:00:00.000Z",
  measured: { ...machine.measured, rtaMs: 654_000 },
};

test("people's times stand beside the machine's, never among them", () => {
  const [past] = pastOf([machine, people]);
  expect(past).toMatchObject({
    drills: 1,
    timed: 1,
    medianRtaMs: machine.measured.rtaMs,
    worstRtaMs: machine.measured.rtaMs,
  });
  expect(past?.people).toMatchObject({ days: 1, recovered: 1, medianRtaMs: 654_000, lastAt: people.endedAt });
  expect(past?.last.runId).toBe("run-machine");
});

test("a disaster that only people recovered has no machine's time", () => {
  const [past] = pastOf([people]);
  expect(past).toMatchObject({ drills: 0, medianRtaMs: null, lastSuccess: null });
});

test("report and runbook print them, and only when there are any", async () => {
  const report = await renderReport(machine, await readTemplates("reports"), [machine, people]);
  expect(report).toContain("| RTA by people: median, worst |");
  expect(report).toContain("10m 54s, 10m 54s");
  const runbook = await renderRunbook(machine, await readTemplates("runbooks"), { past: [machine, people] });
  expect(runbook).toContain("| By people, on game days | RTA 10m 54s (median of 1), longest 10m 54s |");
  expect(await renderReport(machine, await readTemplates("reports"), [machine])).not.toContain("by people");
  expect(await renderReport(people, await readTemplates("reports"), [machine, people])).toContain(
    "people did this recovery",
  );
});

test("history has a column for them, and a runbook is made of a drill, never of a game day", async () => {
  const folder = await mkdtemp(join(tmpdir(), "people-"));
  try {
    for (const by of [undefined, "people"] as const) {
      const name = `run-${by ?? "machine"}`;
      await mkdir(join(folder, name));
      const lines = stamped(bodies(by, name)).map((event) => JSON.stringify(event));
      await writeFile(join(folder, name, "journal.jsonl"), `${lines.join("\n")}\n`);
    }
    const { text, rows } = await historyOf(folder, null);
    expect(text).toContain("RTA by people (days)");
    expect(rows).toHaveLength(1);
    expect(rows[0]?.people.days).toBe(1);
    const run = await findRun(machine.scenario.id, { results: folder });
    expect(run.result.scenario.by).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a mark that people reached earlier than it was written stands where they reached it", () => {
  const events = [...WELL, ...END].map((body) =>
    body.kind === "mark" && body.mark === "T8" ? { ...body, atMs: 123_456 } : body,
  );
  expect(deriveResult(stamped(events)).marks.T8).toBe(123_456);
});
