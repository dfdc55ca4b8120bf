/** `runbook check`: each way in which a page on the door can be wrong is found, and a right one is not blamed. */
import { describe, expect, test } from "vitest";
import { checkPage } from "../../src/paper/check.ts";
import { comparable, medianOf, normalOf } from "../../src/paper/normal.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { END, finding, stamped, WELL } from "../fakes/events.ts";

const runbooks = await readTemplates("runbooks", "/nonexistent");
const DAY = 86_400_000;
const good = deriveResult(stamped([...WELL, ...END]));
const at = (days: number, runId: string, change: Partial<DrillResult> = {}): DrillResult => ({
  ...good,
  runId,
  endedAt: new Date(Date.parse(good.endedAt) + days * DAY).toISOString(),
  ...change,
});
const nowMs = Date.parse(good.endedAt) + DAY;
const rules = { nowMs, maxAgeMs: 90 * DAY };
const page = await renderRunbook(good, runbooks, { past: [good] });

describe("a page", () => {
  test("that is what was last drilled has no fault", () => expect(checkPage(page, [good], rules)).toEqual([]));
  test("older than the last drill", () =>
    expect(checkPage(page, [good, at(0.5, "later")], rules)).toEqual([
      expect.stringMatching(/older than the last drill: run later/),
    ]));
  test("whose last drill did not recover", () => {
    const lost = at(0.5, "later", { verdict: "lost" });
    expect(checkPage(page, [good, lost], rules).join()).toMatch(/run later, ended lost/);
  });
  test("whose drill is too old", () =>
    expect(checkPage(page, [good], { nowMs: nowMs + 90 * DAY, maxAgeMs: 90 * DAY })).toEqual([
      expect.stringMatching(/its last drill is 91d .* at most 90d/),
    ]));
  test("with a command that somebody improved by hand", () => {
    const command = good.commands.find(({ command: { phase } }) => phase === "restore")?.command.script ?? "";
    const changed = page.replace(command, `${command} --force`);
    expect(changed).not.toBe(page);
    expect(checkPage(changed, [good], rules).join()).toMatch(/a printed command is not the one that ran/);
  });
  test("with a command missing", () => {
    const blocks = page.split(/(?=^- \[ \] \*\*\d+\. )/m);
    const cut = [...blocks.slice(0, -1), (blocks.at(-1) ?? "").replace(/```sh[\s\S]*?```/, "")].join("");
    expect(checkPage(cut, [good], rules).join()).toMatch(/that ran/);
  });
  test("with a command for a machine without Fogbell, which did not run; and one that somebody wrote in its place", async () => {
    const told = { ...good, commands: good.commands.map((one) => ({ ...one, command: { ...one.command } })) };
    const restored = told.commands.find(({ command: { phase } }) => phase === "restore");
    if (restored === undefined) return expect.unreachable();
    restored.command = { ...restored.command, without: "pg_restore --by-hand" };
    const printed = await renderRunbook(told, runbooks, { past: [told] });
    expect(printed).toContain("pg_restore --by-hand");
    expect(checkPage(printed, [told], rules)).toEqual([]);
    const changed = printed.replace("pg_restore --by-hand", "pg_restore --as-one-likes");
    expect(checkPage(changed, [told], rules).join()).toMatch(/without Fogbell is not ours/);
  });
  test("of a run that is not kept", () =>
    expect(checkPage(page, [at(0, "another")], rules).join()).toMatch(/is not kept here/));
  test("of a scenario that nobody drilled", () => expect(checkPage(page, [], rules).join()).toMatch(/no drill of/));
  test("that is none of ours, or was cut", () => {
    expect(checkPage("# Notes\n", [good], rules).join()).toMatch(/no runbook of Fogbell/);
    expect(checkPage(page.slice(0, -200), [good], rules).join()).toMatch(/no runbook of Fogbell/);
  });
  test("whose normal time has drifted", () => {
    const slow = at(0, good.runId, {
      commands: good.commands.map((one) => ({ ...one, durationMs: (one.durationMs ?? 0) + 60_000 })),
    });
    expect(checkPage(page, [slow], rules).join()).toMatch(/the normal time of ".*" has drifted/);
  });
});

describe("normal times", () => {
  const record = good.commands[0] as DrillResult["commands"][number];
  const taking = (ms: number, runId: string) =>
    at(-1, runId, { commands: [{ ...record, exitCode: 0, durationMs: ms }] });
  test("are medians over drills that recovered, of the same scenario and engine", () => {
    const past = [
      taking(100, "a"),
      taking(900, "b"),
      at(-2, "lost", { verdict: "lost", commands: [{ ...record, durationMs: 9e9 }] }),
    ];
    const other = at(-1, "other", { scenario: { ...good.scenario, engine: "another" } });
    const drills = comparable(taking(300, "own"), [...past, other]);
    expect(drills.map(({ runId }) => runId).sort()).toEqual(["a", "b", "own"]);
    expect(normalOf(record, drills)).toMatchObject({ normalMs: 300, longestMs: 900, drills: 3, worryMs: 30_300 });
  });
  test("worry comes at three times the normal, and never before the longest there was", () => {
    expect(normalOf(record, [taking(60_000, "a")]).worryMs).toBe(180_000);
    expect(normalOf(record, [taking(1000, "a"), taking(1000, "b"), taking(100_000, "c")]).worryMs).toBe(100_000);
  });
  test("the page says of how many", async () => {
    const text = await renderRunbook(good, runbooks, { past: [at(-1, "a"), at(-2, "b")] });
    expect(text).toMatch(/\(median of 3 drills, longest /);
    expect(page).toContain("(one drill)");
  });
  test("a page of a drill that failed keeps saying so", async () => {
    const lost = deriveResult(stamped([...WELL, finding("verify", "rows", "no"), ...END]));
    expect(checkPage(await renderRunbook(lost, runbooks), [lost], rules).join()).toMatch(/ended lost/);
  });
  test("the median of nothing is nothing", () => expect(medianOf([])).toBeNull());
});
