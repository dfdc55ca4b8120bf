import { readdir, readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { renderReport } from "../../src/paper/report.ts";
import { renderRunbook } from "../../src/paper/runbook.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillResult, EventBody, Opening, RejectionKind } from "../../src/record.ts";
import { deriveResult, readJournal } from "../../src/result/result.ts";
import { command, END, finding, stamped, WELL } from "../fakes/events.ts";

const reports = await readTemplates("reports", "/nonexistent");
const runbooks = await readTemplates("runbooks", "/nonexistent");
const of = (bodies: readonly EventBody[]): DrillResult => deriveResult(stamped(bodies));

const samples = (await readdir("reports/samples", { withFileTypes: true })).filter((entry) => entry.isDirectory());

describe.each(samples)(
  "the committed sample $name is what its journal yields (node scripts/write-samples.ts)",
  async ({ name }) => {
    const result = deriveResult(readJournal(await readFile(`reports/samples/${name}/journal.jsonl`, "utf8")));
    test("report", async () =>
      expect(await renderReport(result, reports)).toBe(await readFile(`reports/samples/${name}/report.md`, "utf8")));
    test("runbook", async () =>
      expect(await renderRunbook(result, runbooks)).toBe(await readFile(`runbooks/samples/${name}.md`, "utf8")));
    test("result.json", async () =>
      expect(`${JSON.stringify(result, null, 2)}\n`).toBe(
        await readFile(`reports/samples/${name}/result.json`, "utf8"),
      ));
    test("every command on the page is one that ran, word for word, and every one that ran is on it", async () => {
      const page = await renderRunbook(result, runbooks);
      const printed = [...page.matchAll(/```+sh\n([\s\S]*?)\n```+/g)].map(([, script]) => script);
      const ran = result.commands.filter(({ command: { phase } }) =>
        ["contain", "preserve", "locate", "fetch", "restore", "reopen", "normal"].includes(phase),
      );
      const progress = new Set(ran.map(({ command: { progress: script } }) => script));
      expect(printed.filter((script) => !progress.has(script))).toEqual(ran.map(({ command: { script } }) => script));
      expect(ran.length).toBeGreaterThan(10);
    });
    test("every duration in the report's clock is in the journal's record", async () => {
      const page = await renderReport(result, reports);
      for (const { phase } of result.phases) expect(page).toContain(`| ${phase} |`);
      for (const {
        hash,
        command: { id },
      } of result.commands.filter((one) => one.command.phase === "restore"))
        expect(page).toMatch(new RegExp(`${id.replaceAll(".", "\\.")} .*${hash}`));
    });
    test("no printed line is wider than paper but for what cannot be broken", async () => {
      const page = await renderRunbook(result, runbooks);
      const wide = [...page.matchAll(/```+sh\n([\s\S]*?)\n```+/g)]
        .flatMap(([, script]) => (script ?? "").split("\n"))
        .filter((line) => line.length > 76);
      expect(wide).toEqual([]);
    });
  },
);

describe("what a report asks people to look at goes by fields", () => {
  const source = (id: string) => ({
    id,
    name: id,
    place: "s3://b",
    keys: [id],
    moment: { at: "2026-11-20T03:00:00.000Z", from: "name" } as const,
    ageMs: 1,
    sizeBytes: 1,
    facts: {
      engine: "postgres",
      method: "logical",
      format: "custom",
      packing: [],
      complete: "unknown",
      because: "",
    } as const,
  });
  const considered = (id: string, rejectedAs: RejectionKind): EventBody => ({
    kind: "source-considered",
    source: source(id),
    rejected: "any words",
    rejectedAs,
  });
  test("a copy with a fault is named, one that was too young or not asked for is not", async () => {
    const page = await renderReport(
      of([
        considered("torn", "incomplete"),
        considered("young", "younger-than-damage"),
        considered("other", "not-asked-for"),
        ...WELL,
        ...END,
      ]),
      reports,
    );
    expect(page).toContain("torn can't be restored");
    expect(page).not.toMatch(/(young|other) cannot be restored/);
  });
  test("what was left open is said in plain words, and only then", async () => {
    const opened = (leavesOpen: readonly Opening[]): EventBody => ({
      kind: "sandbox-opened",
      sandbox: "local",
      why: "told",
      isolation: ["any words"],
      leavesOpen,
      hardware: {},
    });
    const page = (leavesOpen: readonly Opening[]) => renderReport(of([opened(leavesOpen), ...WELL, ...END]), reports);
    expect(await page(["network"])).toContain("the drill ran with network access");
    expect(await page(["network"])).toContain("Not isolated: the local sandbox couldn't be cut off from the network");
    expect(await page(["sockets", "files"])).toMatch(/Not isolated: the local sandbox could reach other servers/);
    expect(await page(["files"])).not.toMatch(/with network access|not isolated/i);
  });
});

describe("failures are on the page", () => {
  test("a runbook of a drill that did not pass says so before anything else", async () => {
    const page = await renderRunbook(of([...WELL, finding("verify", "rows", "no"), ...END]), runbooks);
    expect(page.split("\n")[0]).toBe("# THIS PROCEDURE DID NOT PASS ITS LAST DRILL");
  });
  test("one that passed does not", async () =>
    expect(await renderRunbook(of([...WELL, ...END]), runbooks)).not.toContain("DID NOT PASS"));
  test("what could not be told stands among what was not proven", async () => {
    const page = await renderReport(of([...WELL, finding("verify", "grants", "unknown"), ...END]), reports);
    expect(page).toMatch(/Not proven by this run[\s\S]*grants of orders/);
    expect(page).toContain("**VOID**");
  });
  test("durations of drills that ran at the same time are not proven", async () => {
    const alone = of([...WELL, ...END]);
    const beside = { ...alone, scenario: { ...alone.scenario, contended: true } };
    expect(await renderReport(beside, reports)).toMatch(
      /Not proven by this run[\s\S]*other drills ran at the same time/,
    );
    expect(await renderReport(alone, reports)).not.toContain("other drills ran at the same time");
  });
  test("a journal that broke off makes a report all the same", async () => {
    for (let length = 1; length <= WELL.length; length++)
      expect(await renderReport(of(WELL.slice(0, length)), reports)).toContain("**VOID**");
  });
  test("a clean-up that failed is not called clean", async () => {
    const page = await renderReport(
      of([...WELL, { kind: "cleaned-up", removed: [], failed: ["volume x: busy"], kept: [] }, { kind: "drill-ended" }]),
      reports,
    );
    expect(page).toContain("NOT clean");
    expect(page).toContain("FAILED: volume x: busy");
  });
});

test("hostile names break out of neither page", async () => {
  const evil = "x`|</td>\n# owned\n```\n[a](javascript:b)";
  const bodies = [
    ...WELL,
    ...command("restore.evil", "echo '```'\necho done"),
    finding("verify", evil, "yes", { subject: evil, because: evil, line: 9 }),
    ...END,
  ];
  for (const page of [await renderReport(of(bodies), reports), await renderRunbook(of(bodies), runbooks)]) {
    expect(page).not.toMatch(/^# owned/m);
    expect(page).not.toContain("</td>");
  }
});
