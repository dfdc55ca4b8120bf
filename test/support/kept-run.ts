/** Run folders for tests: a verify or a drill as its journal would tell of it, at any moment and with any end. */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { catalog } from "../../src/catalog.ts";
import type { DrillResult, EventBody, ScenarioFacts } from "../../src/record.ts";
import { openJournal } from "../../src/run/journal.ts";
import { closeRun } from "../../src/run/run-folder.ts";

export interface KeptAs {
  readonly scenario: Partial<ScenarioFacts> & { readonly title: string };
  readonly endedAt: string;
  /** `bad`: a check said no; `void`: nothing could be told; `late`: older than its RPO. */
  readonly ends?: "good" | "bad" | "void" | "late" | "interrupted";
  /** How long each step took. */
  readonly stepMs?: number;
  readonly bytes?: number;
}

const MARKS = ["T0", "T3", "T4", "T5", "T6", "T7", "T8", "T9"] as const;

function bodies({ scenario, ends = "good", bytes = 1000 }: KeptAs, runId: string): EventBody[] {
  const isVerify = scenario.kind === "verify";
  const finding = (held: "yes" | "no", gapMs: number): EventBody => ({
    kind: "finding",
    probe: "restored",
    group: "verify",
    subject: "shop",
    held,
    because: held === "yes" ? "it restored" : "a table is missing",
    measured: { gapMs },
    line: 3,
  });
  const stopped = (interrupted: boolean): EventBody => ({
    kind: "problem",
    code: "FB_S3_UNREACHABLE",
    message: "the store doesn't answer",
    next: ["ping the store"],
    makes: "void",
    interrupted,
  });
  const gates: EventBody[] = isVerify
    ? []
    : (["healthy", "proof"] as const).map((group) => ({ ...(finding("yes", 0) as object), group }) as EventBody);
  return [
    {
      kind: "drill-began",
      schemaVersion: 1,
      runId,
      fogbellVersion: "0.1.0",
      scenario: {
        id: "verify-shop",
        file: "fogbell.yaml",
        sha256: "ab",
        engine: "postgres",
        version: "15",
        contended: false,
        ...scenario,
      },
      objectives: { rtoMs: 3_600_000, rpoMs: 3_600_000 },
      host: { system: "Linux" },
    },
    ...gates,
    { kind: "source-fetched", sourceId: "a.dump", bytes, sha256: "cd", retries: 0 },
    ...(ends === "void" || ends === "interrupted"
      ? [stopped(ends === "interrupted")]
      : [
          ...MARKS.map((mark): EventBody => ({ kind: "mark", mark })),
          finding(ends === "bad" ? "no" : "yes", ends === "late" ? 7_200_000 : 60_000),
        ]),
    { kind: "cleaned-up", removed: [], failed: [], kept: [] },
    { kind: "drill-ended" },
  ];
}

/** Writes the folder as a run would have, with everything that belongs into it. */
export async function keepRun(results: string, kept: KeptAs): Promise<{ folder: string; result: DrillResult }> {
  const tail = createHash("sha256").update(JSON.stringify(kept)).digest("hex").slice(0, 6);
  const runId = `${kept.endedAt.replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-").replace("Z", "")}-${tail}`;
  const folder = join(results, runId);
  await mkdir(folder, { recursive: true });
  let monotonic = 0;
  const clock = {
    nowIso: () => kept.endedAt,
    monotonicMs: () => {
      monotonic += kept.stepMs ?? 1000;
      return monotonic;
    },
  };
  using journal = openJournal(join(folder, "journal.jsonl"), clock, () => {});
  for (const body of bodies(kept, runId)) journal.append(body);
  return closeRun({ events: journal.events, folder, reporters: catalog.reporters });
}
