/** What was fetched for one backup as the one copy that is restored: files of one night, and archives of one database, are joined. */

import { UnavailableError } from "../errors.ts";
import type { BackupFacts, CopyPhrases, RecoveryPoint } from "../parts.ts";
import { copiesOf, methodOf } from "../plan/capabilities.ts";
import { type ArchiveMember, archiveMembers, brokenAmong, dumpsAmong } from "./archive-members.ts";
import { type fetchCandidate, recognise } from "./fetch-copy.ts";
import { joinMembers, joinParts } from "./join-parts.ts";
import type { AttemptKit } from "./kit.ts";
import type { Candidate } from "./task.ts";

type Fetched = Awaited<ReturnType<typeof fetchCandidate>>;

interface OneCopy {
  readonly fetched: Fetched;
  readonly facts: BackupFacts;
  /** What lies in the archive that it is; null when that was not read yet. */
  readonly members: readonly ArchiveMember[] | null;
}

/** Half of a backup is no bad one: nobody can tell. */
export function assertWholeKind(
  { id, parts, facts: { lacks } }: RecoveryPoint,
  { loadsText }: Pick<CopyPhrases, "loadsText">,
): void {
  // Of several files of one night another one holds them.
  if (lacks === "tables" && parts === undefined) {
    throw new UnavailableError(
      `${id} has no table definitions, only data or other parts of a dump (data-only, or a single section): half a backup`,
      {
        code: "FB_NOT_JUDGED",
        next: ["dump structure and data together, or keep both files of one night in one folder"],
      },
    );
  }
  if (lacks === "rest") {
    throw new UnavailableError(
      `${id} has only the pre-data and data sections; the post-data section (keys, indexes, triggers) is missing on every night`,
      {
        code: "FB_NOT_JUDGED",
        next: ["keep all three sections of a night together, or take one complete dump"],
      },
    );
  }
  if (lacks === "rows") {
    throw new UnavailableError(`${id} keeps its rows in text files beside it (--tab), which Fogbell doesn't read`, {
      code: "FB_NOT_JUDGED",
      next: [`${loadsText === undefined ? "" : `${loadsText} loads them; `}a dump made without --tab can be verified`],
    });
  }
}

/** What was fetched as one copy, and what it is. */
export async function oneCopy(kit: AttemptKit, { point, encryption }: Candidate, fetched: Fetched): Promise<OneCopy> {
  if (encryption !== null) return { fetched, facts: await recognise(kit, fetched.folder), members: null };
  if (point.parts === undefined) return oneOfArchive(kit, point, fetched);
  const { paths, folder } = fetched;
  const method = methodOf(kit.task.engine, point.facts);
  const { path, facts } = await joinParts(kit, { point, paths, folder, method });
  return { fetched: { ...fetched, paths: [path, ...paths.slice(point.objects.length)] }, facts, members: [] };
}

/** A table's rows in a text file of its own name, as --tab writes them: its dump has the table alone. */
function hasTextRows(members: readonly ArchiveMember[]): boolean {
  const dumps = new Set(members.flatMap(({ name, facts }) => (facts === null ? [] : [name])));
  return members.some(
    ({ name, facts }) => facts === null && /\.(txt|csv)$/.test(name) && dumps.has(name.replace(/\.(txt|csv)$/, ".sql")),
  );
}

/** An archive whose dumps are of one database together, joined. What cannot be read is told when it is restored. */
async function oneOfArchive(kit: AttemptKit, point: RecoveryPoint, fetched: Fetched): Promise<OneCopy> {
  const { facts } = point;
  const [path, ...others] = fetched.paths.slice(0, point.objects.length);
  if (path === undefined || others.length > 0) return { fetched, facts, members: null };
  const method = methodOf(kit.task.engine, facts);
  const all = await archiveMembers([path], facts, { method, signal: kit.signal }).catch(() => null);
  if (all !== null && hasTextRows(all))
    assertWholeKind({ ...point, facts: { ...facts, lacks: "rows" } }, copiesOf(kit.task.engine));
  const isSound = all !== null && brokenAmong(all).length === 0;
  const members = isSound ? dumpsAmong(all, kit.task.database) : [];
  const joined = await joinMembers(kit, { point, path, folder: fetched.folder, method, members });
  if (joined === null) return { fetched, facts, members: all };
  const paths = [joined.path, ...fetched.paths.slice(1)];
  return { fetched: { ...fetched, paths }, facts: joined.facts, members: [] };
}
