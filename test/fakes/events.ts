/** Journals for tests: a drill that went well, and ways in which it did not. */
import { sha256 } from "../../src/host/digest.ts";
import type { Shown } from "../../src/host/redact.ts";
import type { DrillEvent, EventBody } from "../../src/record.ts";

export const finding = (
  group: "healthy" | "proof" | "verify",
  probe: string,
  held: "yes" | "no" | "unknown",
  more: object = {},
): EventBody => ({
  kind: "finding",
  probe,
  group,
  subject: "orders",
  held,
  because: `${probe} says ${held}`,
  line: 30,
  ...more,
});

const began: EventBody = {
  kind: "drill-began",
  schemaVersion: 1,
  runId: "r1",
  fogbellVersion: "0.1.0",
  scenario: {
    id: "drop-table",
    title: "A hot table",
    file: "x.drill.yaml",
    sha256: "ab",
    engine: "postgres",
    version: "15",
    contended: false,
  },
  objectives: { rtoMs: 60_000, rpoMs: 3_600_000 },
  host: { system: "Linux" },
};

export const command = (id: string, script = "true", exitCode = 0): EventBody[] => [
  {
    kind: "command-began",
    command: { id, phase: id.split(".")[0] as "restore", say: `Do ${id}.`, script, uses: [], destroys: false },
    hash: "abc",
  },
  {
    kind: "command-ended",
    commandId: id,
    exitCode,
    durationMs: 1500,
    stdoutTail: "1 row" as Shown,
    stderrTail: "" as Shown,
  },
];

const mark = (name: "T0" | "T8" | "T9"): EventBody => ({ kind: "mark", mark: name });

/** Every event of a drill that went well, up to clean-up. Tests leave some out or put others in. */
export const WELL: readonly EventBody[] = [
  began,
  finding("healthy", "row-count", "yes"),
  mark("T0"),
  finding("proof", "table-missing", "yes"),
  ...command("contain.stop-writers"),
  ...command("restore.copy-table-back"),
  finding("verify", "rows", "yes", { measured: { rowsMissing: 2, rowsAltered: 1, rowsExtra: 0 } }),
  finding("verify", "heartbeat-gap", "yes", { measured: { gapMs: 2_400_000 } }),
  mark("T8"),
  mark("T9"),
];

export const END: readonly EventBody[] = [
  { kind: "cleaned-up", removed: ["folder x"], failed: [], kept: [] },
  { kind: "drill-ended" },
];

/** Stamps bodies as a journal would: one second apart, each with the hash of the line before. */
export function stamped(bodies: readonly EventBody[]): DrillEvent[] {
  let prev = "";
  return bodies.map((body, seq) => {
    const event: DrillEvent = {
      seq,
      at: new Date(Date.UTC(2026, 10, 20, 12, 0, seq)).toISOString(),
      monotonicMs: seq * 1000,
      prev,
      ...body,
    };
    prev = sha256(JSON.stringify(event));
    return event;
  });
}

/** The journal's text, as it lies in a run folder. */
export const journalText = (events: readonly DrillEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join("");
