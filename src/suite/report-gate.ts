/** The gate's findings through the reporters that have a form for them: JUnit, GitHub, metrics. */
import { UsageError } from "../errors.ts";
import type { GateReport } from "../gated.ts";
import { deliver, type ReportingRequest, seats } from "./reporting.ts";

/** Throws UsageError for a reporter that has no form for the gate, before anything is asked. */
export function assertGateReporters({ reporters, named }: Pick<ReportingRequest, "reporters" | "named">): void {
  const able = reporters.filter(({ renderGate }) => renderGate !== undefined).map(({ name }) => name);
  const wrong = named.map((text) => text.split("=")[0] ?? "").find((name) => !able.includes(name));
  if (wrong === undefined) return;
  throw new UsageError(`the gate has no "${wrong}" report`, {
    code: "FB_REPORTER_UNKNOWN",
    next: able.map((name) => `fogbell gate --reporter ${name}`),
  });
}

/** Writes every report. What can't be written is thrown: a gate whose report is missing must not look passed. */
export async function reportGate(report: GateReport, request: ReportingRequest): Promise<void> {
  for (const seat of await seats(request)) {
    const { renderGate } = seat.reporter;
    if (renderGate !== undefined) await deliver(seat, request, (options) => renderGate(report, options));
  }
}
