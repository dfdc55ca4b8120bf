/** Removes what killed runs left behind, wherever a run leaves anything. By label, never by name. */
import { isOver } from "../host/label.ts";
import { sweepScratch } from "../host/scratch.ts";
import type { Catalog } from "../parts.ts";
import { storeFor } from "./suite.ts";

export interface GarbageRequest {
  readonly catalog: Catalog;
  readonly storeUrl: string | null;
}

/** Returns what went. */
export async function collectGarbage({ catalog, storeUrl }: GarbageRequest): Promise<string[]> {
  const over = (label: Parameters<typeof isOver>[0]) => isOver(label);
  const removed: string[] = [];
  // Sandboxes first: a process that still runs would write into its folder again.
  for (const sandbox of catalog.sandboxes) removed.push(...(await sandbox.sweep(over)));
  removed.push(...(await sweepScratch(over)));
  if (storeUrl !== null) {
    const { driver, options } = storeFor(catalog, storeUrl);
    removed.push(...(await driver.sweep(driver.options.parse(options), over, new AbortController().signal)));
  }
  return removed;
}
