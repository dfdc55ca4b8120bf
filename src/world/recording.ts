/** How a world is written down, whether it was built or restored: its rows into the ledger, its size. */
import type { Line } from "../parts.ts";
import type { WorldKit } from "./kit.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { ledgerFolderOf, type PreparedWorld } from "./prepared.ts";

const WORLD = { phase: "world" } as const;

/** The ledger of a run, in its folder on the host. `prepared` is what a kept world knew. */
export function ledgerOf(
  { plan, runner, folder }: Pick<WorldKit, "plan" | "runner" | "folder">,
  prepared?: PreparedWorld["prepared"],
): Promise<Ledger> {
  const ask = (line: Line, sink?: (chunk: Uint8Array) => void) => runner.ask(line, { ...WORLD, name: "ledger" }, sink);
  return openLedger(ledgerFolderOf(folder), plan.engine.phrases, ask, prepared?.ledger);
}

/** Records the state of every table under a name. `atMs`: Unix milliseconds on the simulated timeline. */
export async function record(
  { write }: Pick<WorldKit, "write">,
  ledger: Ledger,
  { name, atMs }: { readonly name: string; readonly atMs: number },
) {
  const { tables } = await ledger.record(name, atMs);
  const rows = [...tables.values()].reduce((sum, table) => sum + table.rows, 0);
  const simulatedAt = new Date(atMs).toISOString();
  write({ kind: "ledger-recorded", state: name, simulatedAt, tables: tables.size, rows });
  return { tables, rows };
}

/** The database's size, in bytes, as its server tells it. */
export async function sizeOf({ plan, runner }: Pick<WorldKit, "plan" | "runner">): Promise<number> {
  const asked = await runner.must(plan.engine.phrases.databaseSize(), { ...WORLD, name: "size" });
  return Number(asked.stdout.trim());
}
