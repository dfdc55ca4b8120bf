/** The copies that stand in the stores and run beside the database at this moment: what an audit counts. */
import { pointId } from "../backups/generations.ts";
import { takeStock } from "../backups/locate.ts";
import type { FoundCopy, RecoveryPoint } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import { OFFSITE } from "../world/two-stores.ts";
import type { SourceKit } from "./source.ts";

type Looking = Pick<SourceKit, "store" | "live"> & { readonly plan: Pick<Plan, "engine" | "backups"> };

/** Off site is what lies in the second store, or a replica that the scenario puts there. */
export async function copiesFound({ store, live, plan }: Looking): Promise<FoundCopy[]> {
  const { points } = await takeStock(store, [plan.engine]);
  const isOffsite = ({ objects }: RecoveryPoint) => objects.every((object) => pointId(object).startsWith(OFFSITE));
  const stored = points
    .filter(({ facts, sizeBytes }) => facts.complete !== "no" && sizeBytes > 0)
    .map((point): FoundCopy => {
      const offsite = isOffsite(point);
      return { medium: offsite ? `another store than ${store.place}` : store.place, offsite };
    });
  const running = live.map(
    ({ name }): FoundCopy => ({
      medium: RUNNING,
      offsite: plan.backups.find((backup) => backup.name === name)?.offsite ?? false,
    }),
  );
  return [...stored, ...running];
}

/** A replica goes through every statement with the original: it is the same kind of place. */
const RUNNING = "a running server";
