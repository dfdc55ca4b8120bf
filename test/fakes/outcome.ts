/** Outcomes and scenes for probes, without a server. */

import { postgres } from "../../src/engines/postgres/engine.ts";
import type { Shown } from "../../src/host/redact.ts";
import type { LedgerState, LedgerView, Outcome, Scene, TableState } from "../../src/parts.ts";
import { languageOf } from "../../src/plan/capabilities.ts";

export const outcome = (stdout: string, more: Partial<Outcome> = {}): Outcome => ({
  commandId: "x",
  exitCode: 0,
  durationMs: 1,
  stdout: stdout as Shown,
  stderrTail: "" as Shown,
  truncated: false,
  ...more,
});

/** Key → row digest; both are padded to sixteen letters. */
export type Rows = Readonly<Record<string, string>>;
const pad = (text: string) => text.padEnd(16, "0");
const BUCKETS = 4;
const bucketOf = (key: string) => [...key].reduce((sum, char) => sum + char.charCodeAt(0), 0) % BUCKETS;

/** What `Phrases.bucketDigests` would print of these rows: the sum is just the sorted rows. */
export function bucketsText(table: string, rows: Rows): string {
  return [...bucketsOf(rows)].map(([bucket, digest]) => `${table}\t${bucket}\t${digest}`).join("\n");
}
function bucketsOf(rows: Rows): Map<number, string> {
  const buckets = new Map<number, string[]>();
  for (const [key, row] of Object.entries(rows))
    buckets.set(bucketOf(key), [...(buckets.get(bucketOf(key)) ?? []), `${key}=${row}`]);
  return new Map([...buckets].map(([bucket, all]) => [bucket, `${all.length}\t${all.sort().join("+")}`]));
}
/** What `Phrases.keyDigests` would print. */
export function keysText(rows: Rows): string {
  return Object.entries(rows)
    .map(([key, row]) => `${bucketOf(key).toString(16).padStart(8, "0")}${pad(key)}${pad(row)}`)
    .join("\n");
}

function tableState(table: string, rows: Rows): TableState {
  return {
    table,
    rows: Object.keys(rows).length,
    request: { table, buckets: BUCKETS, keyColumns: ["id"], hash: "record" },
    buckets: bucketsOf(rows),
    keys: (buckets) => {
      const held = buckets.filter((bucket) => Object.keys(rows).some((key) => bucketOf(key) === bucket));
      const of = (bucket: number) => Object.entries(rows).filter(([key]) => bucketOf(key) === bucket);
      return new Map(held.map((bucket) => [bucket, new Map(of(bucket).map(([key, row]) => [pad(key), [pad(row)]]))]));
    },
  };
}

export function state(
  atMs: number,
  tables: Readonly<Record<string, Rows>>,
  more: Partial<LedgerState> = {},
): LedgerState {
  return {
    name: `at ${atMs}`,
    atMs,
    tables: new Map(Object.entries(tables).map(([table, rows]) => [table, tableState(table, rows)])),
    catalogue: new Map(),
    sequences: new Map(),
    ...more,
  };
}

export function scene(states: readonly LedgerState[], damagedAtMs = 1000): Scene {
  const ledger: LedgerView = {
    states,
    truth: states.at(-1) as LedgerState,
    window: (maxLossMs) => states.filter(({ atMs }) => atMs <= damagedAtMs && atMs >= damagedAtMs - maxLossMs),
  };
  return {
    phrases: languageOf(postgres),
    ledger,
    damagedAtMs,
    log: null,
    restore: () => [],
    removeSide: () => [],
    copies: [],
    side: "database",
    over: () => [],
  };
}
