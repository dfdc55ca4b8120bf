/** One disaster, every method: the same scenario with the same backups at the same ages, each made another way. Pure. */
import type { Engine, Variant } from "../parts.ts";
import type { Plan, PlannedBackup } from "./planned.ts";

/** How often the log is archived when a variant wants one and the scenario does not say. */
export const LOG_EVERY_MS = 5 * 60_000;

export interface PlannedVariant {
  readonly variant: Variant;
  readonly backups: readonly PlannedBackup[];
  readonly logEveryMs: number | null;
}

export function variantNames(engine: Engine): string[] {
  return engine.methods.flatMap(({ variants }) => variants.map(({ name }) => name));
}

/** The backups of a plan as this variant makes them. Decoys stay what they are. Null when the engine knows no such variant. */
export function asVariant(
  engine: Engine,
  name: string,
  told: Pick<Plan, "backups"> & { readonly logEveryMs: number | null },
): PlannedVariant | null {
  for (const method of engine.methods) {
    const variant = method.variants.find((one) => one.name === name);
    if (variant === undefined) continue;
    const real = told.backups.filter(({ decoy }) => !decoy);
    const backups = told.backups.flatMap((backup) => {
      if (backup.decoy) return [backup];
      const options = variant.options(real.indexOf(backup));
      return options === null ? [] : [{ ...backup, method, options: method.options.parse(options) }];
    });
    return { variant, backups, logEveryMs: variant.log ? (told.logEveryMs ?? LOG_EVERY_MS) : null };
  }
  return null;
}
