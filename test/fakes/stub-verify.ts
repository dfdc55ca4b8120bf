/**
 * Stands in for `fogbell verify` in a fleet's tests: takes its words, works for a while, and leaves a run folder as it would.
 * STUB_MS: how long it takes. STUB_ENDS: what it comes to, by database. STUB_COUNT: a file that each beginning and end is noted in.
 */
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { DrillEvent, EventBody } from "../../src/record.ts";
import { deriveResult } from "../../src/result/result.ts";
import { endWithParent } from "../../src/run/with-parent.ts";

const { values, positionals } = parseArgs({
  args: process.argv.slice(3),
  allowPositionals: true,
  strict: false,
  options: {
    at: { type: "string" },
    copy: { type: "string" },
    config: { type: "string" },
    out: { type: "string" },
    reporter: { type: "string" },
    sandbox: { type: "string" },
  },
});
const database = positionals.at(-1) ?? "";
const ends = (JSON.parse(process.env.STUB_ENDS ?? "{}") as Record<string, string>)[database] ?? "good";
const note = (what: string) => {
  if (process.env.STUB_COUNT !== undefined) appendFileSync(process.env.STUB_COUNT, `${what} ${database}\n`);
};

using _parent = endWithParent(process.env);
process.on("SIGTERM", () => {
  note("stopped");
  process.exit(130);
});
note("began");
await new Promise((resolve) => setTimeout(resolve, Number(process.env.STUB_MS ?? 50)));

const now = new Date();
const runId = `${now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-")}-${randomBytes(4).toString("hex")}`;
const problem = (code: string): EventBody => ({
  kind: "problem",
  code,
  message: `${code} here`,
  next: [],
  makes: "void",
  interrupted: false,
});
const finding = (held: "yes" | "no"): EventBody => ({
  kind: "finding",
  probe: "restored",
  group: "verify",
  subject: "copy",
  held,
  because: held === "yes" ? "it restored" : "a table is missing",
  measured: { gapMs: 1000 },
  line: 1,
});
const end: EventBody[] = ends.startsWith("FB_") ? [problem(ends)] : [finding(ends === "bad" ? "no" : "yes")];
const bodies: EventBody[] = [
  {
    kind: "drill-began",
    schemaVersion: 1,
    runId,
    fogbellVersion: "0.1.0",
    scenario: {
      kind: "verify",
      id: `verify-${database}`,
      title: database,
      file: "fogbell.yaml",
      sha256: "",
      engine: "sqlite",
      version: "3",
      contended: false,
    },
    objectives: { rtoMs: 3_600_000, rpoMs: 3_600_000 },
    host: {},
  },
  ...(["T3", "T4", "T5", "T6", "T7"] as const).map((mark): EventBody => ({ kind: "mark", mark })),
  ...end,
  ...(ends === "large"
    ? Array.from({ length: 60 }, (): EventBody => ({ kind: "note", text: "x".repeat(1_000_000) }))
    : []),
  { kind: "cleaned-up", removed: [], failed: [], kept: [] },
  { kind: "drill-ended" },
];
let prev = "";
const events = bodies.map((body, seq) => {
  const event = { seq, at: now.toISOString(), monotonicMs: seq * 10, prev, ...body } as DrillEvent;
  prev = createHash("sha256").update(JSON.stringify(event)).digest("hex");
  return event;
});
const folder = join(String(values.out), runId);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "journal.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
writeFileSync(join(folder, "result.json"), `${JSON.stringify(deriveResult(events), null, 2)}\n`);
note("ended");
