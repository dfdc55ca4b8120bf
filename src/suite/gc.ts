/** Removes what killed runs left behind, wherever a run leaves anything. By label, never by name. */
import { storeFor } from "../backups/store-for.ts";
import { isOver } from "../host/label.ts";
import { sweepScratch } from "../host/scratch.ts";
import type { Catalog, RunLabel } from "../parts.ts";

export interface GarbageRequest {
  readonly catalog: Catalog;
  readonly storeUrl: string | null;
}

type Sweep = (isOver: (label: RunLabel) => boolean) => Promise<readonly string[]>;

/** Everywhere a run leaves anything. Sandboxes first: a process that still runs would write into its folder again. */
function sweeps({ catalog, storeUrl }: GarbageRequest): Sweep[] {
  const all: Sweep[] = [
    ...catalog.sandboxes.map(
      (sandbox): Sweep =>
        (over) =>
          sandbox.sweep(over),
    ),
    (over) => sweepScratch(over),
  ];
  if (storeUrl === null) return all;
  const { driver, options } = storeFor(catalog, storeUrl);
  return [...all, (over) => driver.sweep(driver.options.parse(options), over, new AbortController().signal)];
}

/** Returns what went. What cannot be removed in one place keeps nothing from going in the others. */
export async function collectGarbage(request: GarbageRequest): Promise<string[]> {
  const removed: string[] = [];
  const errors: unknown[] = [];
  for (const sweep of sweeps(request)) {
    await sweep((label) => isOver(label)).then(
      (gone) => removed.push(...gone),
      (error: unknown) => errors.push(error),
    );
  }
  if (errors.length > 0) throw errors[0];
  return removed;
}

/** The runs whose leftovers would go, by asking every place about its labels and agreeing to none. Removes nothing. */
export async function findGarbage(request: GarbageRequest): Promise<RunLabel[]> {
  const found = new Map<string, RunLabel>();
  for (const sweep of sweeps(request)) {
    await sweep((label) => {
      if (isOver(label)) found.set(label.runId, label);
      return false;
    });
  }
  return [...found.values()];
}
