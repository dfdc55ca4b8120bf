/**
 * Which recovery point: the one that verifies and reaches closest to the damage. "First found" is how story 001 lost
 * twelve hours instead of one.
 */
import { formatDuration } from "../host/units.ts";
import type { RecoveryPoint } from "../parts.ts";
import type { RejectionKind } from "../record.ts";

export interface Considered {
  readonly point: RecoveryPoint;
  /** Why it is not a candidate; null when it is. */
  readonly rejected: Rejection | null;
}

export interface Rejection {
  readonly kind: RejectionKind;
  readonly because: string;
}

export interface SelectionRule {
  /** Simulated moment of the damage; later points hold the damage. The moment it was found, when that is not known. */
  readonly damagedAtMs: number;
  /** Restore with this engine's methods only. */
  readonly engine: string;
  /** Major version of the server that will restore it. */
  readonly version: string;
  /** The one named backup, or null for the newest. */
  readonly only: string | null;
  /** The copy that production stands for: whoever needs it does not have it yet, nor anything that is as new. */
  readonly production?: RecoveryPoint;
}

/** As far as the shorter of two dotted versions tells. */
function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(".").map(Number));
  for (const [index, part] of (b ?? []).entries()) {
    const difference = (a?.[index] ?? 0) - part;
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** How long before the damage the newest data lies that it can bring back, in milliseconds; 0 when it reaches that far. */
function lossMs({ reach }: RecoveryPoint, damagedAtMs: number): number {
  return Math.max(0, damagedAtMs - Date.parse(reach.at));
}

/** Why the first candidate was taken, for the record. */
export function reason(point: RecoveryPoint, damagedAtMs: number): string {
  const loss = lossMs(point, damagedAtMs);
  if (point.facts.isLive === true)
    return "a running copy: nothing to fetch, and it has received all that was committed";
  if (point.reach.at !== point.moment.at)
    return loss === 0 ? "its log reaches up to the damage" : `its log ends ${formatDuration(loss)} before the damage`;
  return `taken ${formatDuration(loss)} before the damage, the closest there is`;
}

/** Made of the same objects: as it was taken, or brought further through a log. */
const isSameBase = (one: RecoveryPoint, other: RecoveryPoint) =>
  one.store === other.store && one.objects[0]?.key === other.objects[0]?.key;

function rejection(point: RecoveryPoint, rule: SelectionRule): Rejection | null {
  const no = (kind: RejectionKind, because: string): Rejection => ({ kind, because });
  if (point.facts.engine !== rule.engine) return no("other-engine", `made by ${point.facts.engine}`);
  if (rule.production !== undefined && point.facts.isLive !== true) {
    if (isSameBase(point, rule.production)) return no("is-production", "it is what production stands for here");
    if (Date.parse(point.moment.at) >= Date.parse(rule.production.moment.at))
      return no("is-production", "not older than the copy that production stands for");
  }
  // Whether the damage went through a running server is asked of it, not guessed.
  if (point.facts.isLive !== true && Date.parse(point.moment.at) > rule.damagedAtMs)
    return no("younger-than-damage", "younger than the damage");
  const { serverVersion } = point.facts;
  if (serverVersion !== undefined && isNewer(serverVersion, rule.version))
    return no(
      "newer-server",
      `taken by a newer server (${serverVersion}) than the one that is to restore it (${rule.version})`,
    );
  if (point.sizeBytes === 0) return no("empty", "empty");
  if (point.facts.complete === "no") return no("incomplete", point.facts.because);
  if (rule.only !== null && point.name !== rule.only) return no("not-asked-for", `the scenario asks for ${rule.only}`);
  return null;
}

/** What a point is called that is restored without the log beside it. */
export const ALONE = "@alone";

/** The same backup as it was taken: what is left when its log turns out to be torn. */
export function alone(point: RecoveryPoint): RecoveryPoint {
  const { hasLog, ...facts } = point.facts;
  const sizeBytes = point.objects.reduce((sum, object) => sum + object.sizeBytes, 0);
  return { ...point, id: `${point.id}${ALONE}`, log: [], reach: point.moment, sizeBytes, facts };
}

/** Every point with the reason against it, best candidate first. Pure: the same points, the same order. */
export function select(points: readonly RecoveryPoint[], rule: SelectionRule): Considered[] {
  return points
    .flatMap((point) => (point.log.length === 0 ? [point] : [point, alone(point)]))
    .map((point) => ({ point, rejected: rejection(point, rule) }))
    .sort(
      (a, b) =>
        Number(a.rejected !== null) - Number(b.rejected !== null) ||
        lossMs(a.point, rule.damagedAtMs) - lossMs(b.point, rule.damagedAtMs) ||
        Date.parse(b.point.moment.at) - Date.parse(a.point.moment.at) ||
        a.point.id.localeCompare(b.point.id),
    );
}
