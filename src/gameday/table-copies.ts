/** Copies as people at the table meet them: listed, fetched, checked, or taken by hand. */
import { takeStock } from "../backups/locate.ts";
import { endOf, faultOf, readDump } from "../backups/read-dump.ts";
import type { PeopleTable } from "../drill/people.ts";
import { fetchCopy, named, type Source } from "../drill/source.ts";
import { UnavailableError } from "../errors.ts";
import { formatBytes } from "../host/units.ts";
import type { ListedCopy } from "./answers.ts";
import { all, type DayBody, type DayEvent } from "./events.ts";
import type { OpenDesk } from "./open-desk.ts";
import type { KeeperAnswer } from "./wire.ts";

interface There {
  readonly table: PeopleTable;
  readonly desk: OpenDesk;
}

export async function listFor({ table, desk }: There): Promise<ListedCopy[]> {
  const { points, unknown } = await takeStock(table.sources.store, [table.plan.engine]);
  const copies: ListedCopy[] = [...points, ...table.sources.live].map(({ id, moment, sizeBytes, facts }) => ({
    id,
    at: moment.at,
    sizeBytes,
    ...(facts.isLive === true
      ? { format: facts.method, isLive: true }
      : { format: `${facts.method}, ${facts.format}` }),
  }));
  const others: ListedCopy[] = unknown.map(({ key, sizeBytes, modifiedAt, because }) => ({
    id: key,
    at: modifiedAt,
    sizeBytes,
    format: because,
  }));
  const found = [...copies, ...others].sort((a, b) => (a.at < b.at ? 1 : -1));
  const kept: ListedCopy[] = [];
  for (const copy of found) if (copy.isLive || (await desk.has(copy.id))) kept.push(copy);
  return kept;
}

/** `number`: of the fetches of a day. */
export async function fetchFor(
  { table, desk, append }: There & { readonly append: (body: DayBody) => void },
  id: string,
  number: number,
): Promise<{ source: Source; text: string }> {
  const { points } = await takeStock(table.sources.store, [table.plan.engine]);
  const known = named(table.sources, points);
  const point =
    known.find((one) => one.id === id) ??
    known.find((one) => one.facts.isLive === true && one.name === id) ??
    known.find((one) => one.objects.some(({ key }) => key === id));
  if (point === undefined || (point.facts.isLive !== true && !(await desk.has(point.objects[0]?.key ?? "")))) {
    throw new UnavailableError(`there is no backup ${id} in the store`, {
      code: "FB_NO_SOURCE",
      next: ['fogbell backups list --store "$STORE"', 'ls -l "$STORE"'],
    });
  }
  table.write({ kind: "source-chosen", sourceId: point.id, because: "people chose it" });
  let sha256: string | null = null;
  if (point.facts.isLive === true) table.sources.onCopy(point, null);
  else ({ sha256 } = await fetchCopy(table.sources, point, number));
  await desk.places();
  const ageMs = table.sources.damagedAtMs - Date.parse(point.moment.at);
  append({ kind: "source", point: point.id, name: point.name, ageMs });
  const where = table.places().BACKUP?.value ?? "";
  const text =
    point.facts.isLive === true
      ? `${point.name} is a running server. From here on, the SIDE_… names refer to it`
      : `${where}\n${formatBytes(point.sizeBytes)}, sha256 ${sha256}\nFrom here on, BACKUP is this file.`;
  return { source: { point, sha256 }, text };
}

/** What was fetched last, as it lies in the sandbox: whoever spoiled it there meanwhile hears so. */
export async function checkFor(table: PeopleTable, source: Source | null, path: string): Promise<KeeperAnswer> {
  const { dumpReader } = table.plan.engine;
  const facts = source !== null && path === table.places().BACKUP?.value ? source.point.facts : null;
  const reader = facts === null ? null : (dumpReader?.(facts) ?? null);
  if (facts === null || reader === null) {
    throw new UnavailableError(`${path} isn't a dump that was downloaded here`, {
      code: "FB_NO_SOURCE",
      next: ['fogbell backups fetch "$POINT" --store "$STORE" --to "$SCRATCH"'],
    });
  }
  const read = await readDump(reader, table.sources.server.get(path), facts.packing);
  const { exitCode, printed } = endOf(read, faultOf(read, null));
  return { code: exitCode, text: printed };
}

/** A copy that was taken by hand, without asking: its folder in the command tells which. */
export function takenByHand({ world, plan }: PeopleTable, text: string, events: readonly DayEvent[]): DayBody[] {
  if (!/\b(cp|cat|gunzip|zcat|zstd|tar|<|restore)\b|</.test(text)) return [];
  const last = all(events, "source").at(-1)?.name;
  return [...world.names].flatMap(([key, name]) => {
    if (!text.includes(key) || last === name) return [];
    const backup = plan.backups.find((one) => one.name === name);
    return [{ kind: "source", point: key, name, ageMs: backup?.ageMs ?? 0 } as const];
  });
}
