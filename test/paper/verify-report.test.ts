/** The report of a verify tells of no world and no damage, and names the copy that holds. */
import { expect, test } from "vitest";
import { renderReport, reportPageOf } from "../../src/paper/report.ts";
import { tally } from "../../src/paper/scorecard.ts";
import { readTemplates } from "../../src/paper/templates.ts";
import type { DrillEvent, EventBody } from "../../src/record.ts";
import { summary } from "../../src/reporters/screen.ts";
import { deriveResult } from "../../src/result/result.ts";

const facts = {
  engine: "postgres",
  method: "logical",
  format: "custom",
  packing: [],
  complete: "unknown",
  because: "",
} as const;
const source = (id: string, ageMs: number) => ({
  id,
  name: id,
  place: "s3://b",
  keys: [id],
  moment: { at: "2026-11-20T03:00:00.000Z", from: "name" } as const,
  ageMs,
  sizeBytes: 10,
  facts,
});

function eventsOf(bodies: readonly EventBody[]): DrillEvent[] {
  return bodies.map((body, seq) => ({
    seq,
    at: "2026-11-20T04:00:00.000Z",
    monotonicMs: seq * 1000,
    prev: "",
    ...body,
  }));
}

const begin: EventBody = {
  kind: "drill-began",
  schemaVersion: 1,
  runId: "r",
  fogbellVersion: "0",
  scenario: {
    kind: "verify",
    id: "verify-shop",
    title: "Shop",
    file: "fogbell.yaml",
    sha256: "x",
    engine: "postgres",
    version: "15",
    contended: false,
  },
  objectives: { rtoMs: 60_000, rpoMs: 7_200_000 },
  host: {},
};
const end: EventBody[] = [{ kind: "cleaned-up", removed: [], failed: [], kept: [] }, { kind: "drill-ended" }];
const marks: EventBody[] = (["T3", "T4", "T5", "T6", "T7"] as const).map((mark) => ({ kind: "mark", mark }));
const finding = (probe: string, held: "yes" | "no" | "unknown", measured = {}): EventBody => ({
  kind: "finding",
  probe,
  group: "verify",
  subject: "x",
  held,
  because: "words",
  line: 0,
  measured,
});
const holds: EventBody = {
  kind: "copy-verified",
  sourceId: "a.dump",
  momentAt: "2026-11-20T03:00:00.000Z",
  sizeBytes: 10,
  sha256: "h",
  asked: true,
  tables: 2,
  rows: 1234,
};

const judged = (more: readonly EventBody[]) => deriveResult(eventsOf([begin, ...more, ...end]));

test("a verify is judged by its own questions and clock, and by nothing else", () => {
  const good = judged([...marks, finding("rows", "yes"), finding("freshness", "yes", { gapMs: 3_600_000 }), holds]);
  expect(good.verdict).toBe("recovered");
  // From T3 to T4 and from T5 to T7: making the sandbox is not in it.
  expect(good.measured).toMatchObject({ rtaMs: 3000, rpaMs: 3_600_000 });
  expect(judged([...marks, finding("freshness", "yes", { gapMs: 9_000_000 })]).verdict).toBe("late");
  expect(judged([...marks, finding("rows", "no"), finding("freshness", "yes", { gapMs: 1 })]).verdict).toBe("lost");
  expect(judged([...marks, finding("rows", "unknown"), finding("freshness", "yes", { gapMs: 1 })]).verdict).toBe(
    "void",
  );
  // Nothing asked, no age, no clock: never a pass.
  expect(judged(marks).verdict).toBe("void");
  expect(judged([...marks, finding("rows", "yes")]).verdict).toBe("void");
  expect(judged([finding("rows", "yes"), finding("freshness", "yes", { gapMs: 1 })]).verdict).toBe("void");
});

test("people read good, late, bad and can't tell; records keep the verdicts' own names", async () => {
  const reports = await readTemplates("reports", "/nowhere");
  const fresh = finding("freshness", "yes", { gapMs: 1 });
  const words: [readonly EventBody[], string, string][] = [
    [[finding("rows", "yes"), fresh], "recovered", "GOOD  Shop restored, 2 of 2 checks passed, within RTO and RPO"],
    [[finding("rows", "yes"), finding("freshness", "yes", { gapMs: 9_000_000 })], "late", "LATE  Shop"],
    [[finding("rows", "no"), fresh], "lost", "BAD  Shop"],
    [[finding("rows", "unknown"), fresh], "void", "CAN'T TELL  Shop"],
  ];
  for (const [events, verdict, line] of words) {
    const result = judged([...marks, ...events]);
    expect(result.verdict).toBe(verdict);
    expect(summary(result, { folder: "out", color: false }).split("\n")[1]).toBe(line);
    expect(await renderReport(result, reports)).toContain(`**${line.split("  ")[0]}**`);
    expect(tally([result])).toBe(`1 ${line.split("  ")[0]?.toLowerCase()}`);
  }
});

test("the report names the copy that holds, what each copy was to it, and what its checks are worth", async () => {
  const result = judged([
    { kind: "source-considered", source: source("b.dump", 1000), rejected: null },
    { kind: "source-considered", source: source("a.dump", 90_000_000), rejected: null },
    { kind: "source-chosen", sourceId: "b.dump", because: "newest" },
    ...marks,
    finding("complete", "no"),
    { kind: "source-rejected", sourceId: "b.dump", because: "cut off" },
    { ...holds, asked: false },
    { kind: "mutation-tried", mutation: "value-changed", subject: "orders.amount", noticedBy: [], because: "" },
    {
      kind: "mutation-tried",
      mutation: "sequence-behind",
      subject: "",
      noticedBy: [],
      because: "there is nothing here to do it to",
    },
  ]);
  expect(reportPageOf(result)).toBe("verify.md.hbs");
  const page = await renderReport(result, await readTemplates("reports", "/nonexistent", reportPageOf(result)));
  expect(page).toMatch(/Newest good backup \| a\.dump, of 2026-11-20 03:00:00 UTC: 1,234 rows in 2 tables/);
  expect(page).toMatch(/\| b\.dump .*verified: cut off \|/);
  expect(page).toMatch(/\| a\.dump .*the newest GOOD one \|/);
  expect(page).toMatch(/value-changed \| orders\.amount \| NO CHECK/);
  expect(page).toMatch(/sequence-behind \| – \| not tried/);
  expect(page).not.toMatch(/since the damage|world|heartbeat/i);
  expect(page).not.toContain("undefined");
});

test("a link that was limited is said beside the RTA, and where it is said what was not shown", async () => {
  const fetched = { sourceId: "a.dump", bytes: 10, sha256: "h", retries: 0 };
  const good = [...marks, finding("rows", "yes"), finding("freshness", "yes", { gapMs: 1 }), holds];
  const report = async (more: object) => {
    const result = judged([{ kind: "source-fetched", ...fetched, ...more }, ...good]);
    const text = await renderReport(result, await readTemplates("reports", process.cwd(), reportPageOf(result)), []);
    return text + summary(result, { folder: "out", color: false });
  };
  const limited = await report({ limitBytesPerSecond: 100e6 });
  expect(limited).toMatch(/\| RTO \|.*fetched over a link limited to 100 MB\/s \(800 Mbit\/s\)/);
  expect(limited).toMatch(/The network: the link was held to 100 MB\/s/);
  expect(limited).toMatch(/RTA 3\.0 s .*the link was limited to 100 MB\/s/);
  expect(await report({})).not.toMatch(/limited to|held to/);
});

test("what is worth knowing is said under a good verdict and in the report, and what goes unnoticed until something tells", async () => {
  const remarked = {
    ...finding("accounts", "yes"),
    remarks: ["accounts that the backup does not bring: app@%"],
  } as EventBody;
  const fresh = finding("freshness", "yes", { gapMs: 1 });
  const said = async (...more: readonly EventBody[]) => {
    const result = judged([...marks, ...more, { kind: "note", text: "roles that the backup lacks" }, fresh, holds]);
    const page = await renderReport(result, await readTemplates("reports", "/nonexistent", reportPageOf(result)));
    return { page, screen: summary(result, { folder: "out", color: false }) };
  };
  const good = await said(remarked);
  expect(good.screen).toContain("  finding: accounts that the backup does not bring: app@%\n");
  expect(good.screen).toContain("  note: roles that the backup lacks\n");
  expect(good.screen).toContain("these go unnoticed: changed values");
  expect(good.page).toContain("- Finding: accounts that the backup does not bring: app@%");
  expect(good.page).not.toContain("No problems.");
  expect(good.page).toContain("These go unnoticed: changed values");
  expect((await said()).page).toContain("No problems.");
  const own = { ...finding("sql", "yes"), line: 7, own: true } as EventBody;
  for (const telling of [own, finding("ledger", "yes")])
    expect((await said(telling)).screen).not.toContain("go unnoticed");
});
