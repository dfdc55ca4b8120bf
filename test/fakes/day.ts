/** Events of a game day, made by hand: what a test tells, on a clock that goes on a second with each. */

import type { DayBody, DayEvent } from "../../src/gameday/events.ts";
import type { EventStamp } from "../../src/record.ts";

const BEGAN_MS = Date.parse("2026-11-21T12:00:00Z");

export function dayOf(bodies: readonly DayBody[]): DayEvent[] {
  return bodies.map((body, seq): DayEvent => {
    const stamp: EventStamp = {
      seq,
      at: new Date(BEGAN_MS + seq * 1000).toISOString(),
      monotonicMs: seq * 1000,
      prev: "",
    };
    return { ...stamp, ...body };
  });
}

export const began: DayBody = {
  kind: "day-began",
  schemaVersion: 1,
  dayId: "20261121-120000-abcdef",
  fogbellVersion: "test",
  level: "blind",
  solo: true,
  seal: "0".repeat(64),
  engine: "somedb 1",
  objectives: { rtoMs: 900_000, rpoMs: 3_600_000 },
  carried: [],
};

export const alarm: DayBody = { kind: "stage", stage: "alarm", because: "the clock runs" };

export const milestone = (
  name: Extract<DayBody, { kind: "milestone" }>["milestone"],
  playedMs: number | null,
  from: Extract<DayBody, { kind: "milestone" }>["from"] = "command",
): DayBody => ({ kind: "milestone", milestone: name, playedMs, from, because: "a test", role: "operator" });

export const judged: DayBody = {
  kind: "judged",
  verdict: "recovered",
  reasons: ["proven, within RTO and RPO"],
  rtaMs: 600_000,
  rpaMs: 2_400_000,
  machineRtaMs: 3000,
  rows: "0 rows missing, 0 older, 0 extra",
  findings: [{ subject: "rows of orders", held: "yes", because: "all there" }],
  hardFails: [],
  runbook: [],
};

export const tell: DayBody = { kind: "said", role: "comms", how: "tell", text: "we are down" };
export const source: DayBody = { kind: "source", point: "hourly/x", name: "hourly", ageMs: 2_400_000 };
