/** Which disaster of the programme is due on a database: the one that was drilled there longest ago, or never. Pure. */
import type { DrillResult } from "../record.ts";

/** `2026-11`, of a moment. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

/** The calendar month before: `2026-12` is before `2027-01`. */
export function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}

/** When this scenario was last drilled on this database, by machine, with an answer; null: never. */
export function lastDrilled(runs: readonly DrillResult[], database: string, scenario: string): string | null {
  const mine = runs.filter(
    ({ scenario: { id, own, by }, verdict }) =>
      id === scenario && own?.name === database && by !== "people" && verdict !== "void",
  );
  return (
    mine
      .map(({ endedAt }) => endedAt)
      .sort()
      .at(-1) ?? null
  );
}

/** Of those that a database allows, in the programme's order; null when it allows none. */
export function dueOn(allowed: readonly string[], runs: readonly DrillResult[], database: string): string | null {
  const ages = allowed.map((id) => ({ id, at: lastDrilled(runs, database, id) ?? "" }));
  return [...ages].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))[0]?.id ?? null;
}
