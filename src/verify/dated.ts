/** Candidates with their moments: what names, contents and objects' times of one source say together. Pure. */
import { momentsOf } from "../backups/dating.ts";
import { leadKey } from "../backups/generations.ts";
import { momentInName } from "../backups/moments.ts";
import { type Dating, withMade } from "../backups/told-moment.ts";
import type { MadeAt, Moment, RecoveryPoint } from "../parts.ts";
import type { Candidate } from "./task.ts";

/** A repository names its backups by moments of its own and says that its objects' times count. */
const isByObject = ({ objects: [lead], moment }: RecoveryPoint) =>
  moment.from === "object-time" && lead !== undefined && momentInName(lead.key) !== null;

function withMoment(point: RecoveryPoint, moment: Moment): RecoveryPoint {
  // The log brings it further than its own moment, or there is none that does.
  const hasLog = point.reach !== point.moment && point.reach.at > moment.at;
  return { ...point, moment, reach: hasLog ? point.reach : moment };
}

/** Dates the recovery points of a source together: one night's object tells what zone the other nights' names are in. */
export function datedPoints(points: readonly RecoveryPoint[], dating: Dating): RecoveryPoint[] {
  const open = points.filter((point) => point.objects[0] !== undefined && !isByObject(point));
  const objects = open.map(({ objects, facts }) => ({
    key: objects[0]?.key ?? "",
    modifiedAt: objects[0]?.modifiedAt ?? "",
    made: facts.made,
    fileAt: facts.fileAt,
    isOneTime: facts.isOneTime,
  }));
  const moments = new Map(momentsOf(objects, dating).map((moment, index) => [open[index], moment]));
  return points.map((one) => {
    const moment = moments.get(one) ?? withMade(one.moment, one.facts.made, dating);
    return (moment === one.moment) === undefined ? one : withMoment(one, moment);
  });
}

/** A copy that was read to its end: what it says there of when it was made may be older than all that was known before. */
export function asRead({ point, timezone }: Candidate, made: MadeAt | undefined, nowMs: number): RecoveryPoint {
  const moment = withMade(point.moment, made, { timezone, nowMs });
  return moment === point.moment ? point : withMoment(point, moment);
}

/** The same for candidates. */
export function dated(candidates: readonly Candidate[], dating: Dating): Candidate[] {
  const points = datedPoints(
    candidates.map(({ point }) => point),
    dating,
  );
  return candidates.map((one, index) => ({ ...one, point: points[index] ?? one.point }));
}

const reachMs = ({ point }: Candidate) => Date.parse(point.reach.at);
const writtenMs = ({ point }: Candidate) => Date.parse(point.objects[0]?.modifiedAt ?? point.moment.at);

/** Names order the copies of a job: a sync changes every object's time. A log brings a copy further than its name. */
function placeMs(one: Candidate): number {
  const { moment, reach } = one.point;
  const ownMs = moment.order ?? Date.parse(moment.at);
  return reach === moment ? ownMs : Math.max(ownMs, reachMs(one));
}

/** Versions of one name are of the same moment by that name: what was written last is what a disaster would find. */
export function newestFirst(a: Candidate, b: Candidate): number {
  const isSame = a.store === b.store && leadKey(a.point) === leadKey(b.point);
  return (
    placeMs(b) - placeMs(a) ||
    Date.parse(b.point.moment.at) - Date.parse(a.point.moment.at) ||
    (isSame ? writtenMs(b) - writtenMs(a) : a.point.id.localeCompare(b.point.id))
  );
}

/** The youngest that a copy may be at a moment that is asked about: whether it is as old as that is not flattered. */
export const isUpTo = ({ point }: Candidate, atMs: number): boolean =>
  Date.parse(point.reach === point.moment ? (point.moment.latest ?? point.moment.at) : point.reach.at) <= atMs;
