/** Which recovery point: the newest that verifies. "First found" is how story 001 lost twelve hours instead of one. */
import type { RecoveryPoint } from "../parts.ts";

export interface Considered {
  readonly point: RecoveryPoint;
  /** Why it is not a candidate; null when it is. */
  readonly rejected: string | null;
}

export interface SelectionRule {
  /** Simulated moment of the damage; later points hold the damage. */
  readonly damagedAtMs: number;
  /** Restore with this engine's methods only. */
  readonly engine: string;
  /** The one named backup, or null for the newest. */
  readonly only: string | null;
}

function rejection(point: RecoveryPoint, rule: SelectionRule): string | null {
  if (point.facts.engine !== rule.engine) return `made by ${point.facts.engine}`;
  if (Date.parse(point.moment.at) > rule.damagedAtMs) return "younger than the damage";
  if (point.sizeBytes === 0) return "empty";
  if (point.facts.complete === "no") return point.facts.because;
  if (rule.only !== null && point.name !== rule.only) return `the scenario asks for ${rule.only}`;
  return null;
}

/** Every point with the reason against it, best candidate first. Pure: the same points, the same order. */
export function select(points: readonly RecoveryPoint[], rule: SelectionRule): Considered[] {
  return points
    .map((point) => ({ point, rejected: rejection(point, rule) }))
    .sort(
      (a, b) =>
        Number(a.rejected !== null) - Number(b.rejected !== null) ||
        Date.parse(b.point.moment.at) - Date.parse(a.point.moment.at) ||
        a.point.id.localeCompare(b.point.id),
    );
}
