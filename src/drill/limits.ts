/**
 * How long the phases of a drill may take, by the size of its world and what it took before. People take the time they
 * need: once the damage is proven, nothing ends a game day but they.
 */
import { stat } from "node:fs/promises";
import type { Plan } from "../plan/plan.ts";
import { type Limit, type LimitedPhase, limitsOf, OF_DRILL } from "../run/limits.ts";
import type { DrillKit } from "./stage.ts";

/** Of a row with its indexes, generously. */
const BYTES_A_ROW = 1000;

/** Before people come, and after that. */
const BEFORE_PEOPLE: readonly LimitedPhase[] = ["world", "healthy", "damage", "proof"];

/** An index or two, a log, and the text itself. */
const TIMES_ITS_TEXT = 4;

/** A copy is packed, and comes twice: as production, and beside it. */
const TIMES_ITS_COPY = 2 * 12;

/** How large a world is meant to be, in bytes. What cannot be asked counts nothing: its own error comes when it is read. */
export async function sizeOfWorld({ dataset, own }: Pick<Plan, "dataset" | "own">): Promise<number> {
  if ("backup" in dataset) return TIMES_ITS_COPY * (own?.database.production.sizeBytes ?? 0);
  if ("rows" in dataset) return dataset.rows * BYTES_A_ROW;
  const sizes = await Promise.all(
    dataset.sql.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) * TIMES_ITS_TEXT;
}

type Given = Pick<DrillKit, "limits" | "link" | "people">;

/** The limits of all phases, in their order; `bytes`: how large the world is meant to be. */
export function limitsOfDrill(bytes: number, { limits, link, people }: Given): readonly Limit[] {
  return limitsOf(
    { bytes, bytesPerSecond: link?.bytesPerSecond ?? null, ...limits },
    OF_DRILL.filter((phase) => people === undefined || BEFORE_PEOPLE.includes(phase)),
  );
}
