/** Takes stock of a store: every recovery point in it, read by content and not by name. Opens nothing for writing. */

import { FogbellError } from "../errors.ts";
import { folderOf } from "../host/key-parts.ts";
import type { BackupFacts, Engine, Gathered, Method, Moment, RecoveryPoint, Store, StoredObject } from "../parts.ts";
import { askObject, type ObjectReading } from "./ask-object.ts";
import { type Companions, companionsAmong, isGlobals, isLedger, setAside } from "./companions.ts";
import type { Form } from "./form.ts";
import { generations, pointId } from "./generations.ts";
import { withLogs } from "./log-beside.ts";
import { isPieceOf } from "./log-names.ts";
import { momentInName } from "./moments.ts";
import { withSpans } from "./spans.ts";
import { joined, partsOf } from "./split-parts.ts";
import { createBreaker, settled } from "./unreadable.ts";

function momentOf(lead: StoredObject): Moment {
  const named = momentInName(lead.key);
  return named === null ? { at: lead.modifiedAt, from: "object-time" } : { at: named, from: "name" };
}

export interface Inventory {
  readonly points: readonly RecoveryPoint[];
  /** Objects that no method recognises, or that cannot be read: listed with the reason, never restored. */
  readonly unknown: readonly UnknownObject[];
}

export interface UnknownObject extends StoredObject {
  /** In words. */
  readonly because: string;
  /** What it is instead; absent when it could not be read. */
  readonly form?: Form;
}

interface Candidate extends Gathered {
  readonly engine: Engine;
  readonly method: Method;
}

/** What each method takes for one backup of its own, by name; the larger gathering of the same lead comes first. */
function candidates(engines: readonly Engine[], objects: readonly StoredObject[]): Candidate[] {
  return engines
    .flatMap((engine) =>
      engine.methods.flatMap((method) =>
        (method.gather?.(objects) ?? objects.map((lead) => ({ lead, members: [lead] }))).map((gathered) => ({
          ...gathered,
          engine,
          method,
        })),
      ),
    )
    .sort((a, b) => b.members.length - a.members.length);
}

/** What increments were applied to describes itself as the last of them, and holds everything all the same. */
const wholeOf = (facts: BackupFacts, { isWhole }: Candidate): BackupFacts =>
  isWhole !== true || facts.span === undefined ? facts : { ...facts, span: { ...facts.span, from: "0" } };

function toPoint(
  store: Store,
  { lead, members, byObjectTime, reachAt = "" }: Candidate,
  facts: BackupFacts,
  beside: Companions,
) {
  const stem = (members.length > 1 ? lead.key.replace(/\/toc\.dat$/, "") : lead.key).replace(/\.[a-z.]+$/, "");
  const { globals, ledger } = beside.of(stem);
  const moment: Moment = byObjectTime === true ? { at: lead.modifiedAt, from: "object-time" } : momentOf(lead);
  const point: RecoveryPoint = {
    id: pointId(lead),
    name: lead.key.split("/")[0] ?? lead.key,
    store: store.place,
    objects: members.flatMap((member) => partsOf(member)?.parts ?? [member]),
    ...(globals === undefined ? {} : { globals }),
    ...(ledger === undefined ? {} : { ledger }),
    log: [],
    moment,
    reach: reachAt > moment.at ? { at: reachAt, from: "object-time" } : moment,
    sizeBytes: members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    facts,
  };
  return point;
}

/** Objects at once: a listing of thousands would take minutes one by one. */
const AT_ONCE = 16;

/** Asks every lead once. Of what was read only the answers stay: heads of thousands of objects would fill the memory. */
async function askLeads(
  store: Store,
  all: readonly Candidate[],
): Promise<ReadonlyMap<StoredObject, ObjectReading | null>> {
  const byLead = new Map<StoredObject, Method[]>();
  // Members of a folder are not asked one by one, unless the folder turns out to be none.
  const inFolders = new Set(all.flatMap(({ lead, members }) => members.filter((member) => member !== lead)));
  for (const { lead, members, method } of all) {
    if (lead.sizeBytes === 0 || (members.length === 1 && inFolders.has(lead))) continue;
    byLead.set(lead, [...(byLead.get(lead) ?? []), method]);
  }
  const answers = new Map<StoredObject, ObjectReading | null>();
  const todo = [...byLead];
  const breaker = createBreaker();
  const worker = async () => {
    try {
      for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
        const answer = await askObject(store, next[0], next[1]);
        answers.set(next[0], answer);
        breaker.tell(answer?.unreadable);
      }
    } finally {
      todo.length = 0;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  breaker.end();
  return answers;
}

/** What may be one backup, of one generation of objects. */
interface Among {
  readonly store: Store;
  readonly engines: readonly Engine[];
  readonly objects: readonly StoredObject[];
  /** What goes with a backup is looked for here: objects of its own generation, and the log. */
  readonly beside: readonly StoredObject[];
}

async function stockAmong({ store, engines, objects, beside }: Among): Promise<Inventory> {
  const isPiece = ({ key }: StoredObject) => isPieceOf(engines, key);
  const left = new Set(
    await joined(
      store,
      objects.filter((object) => !isGlobals(object.key) && !isLedger(object.key) && !isPiece(object)),
    ),
  );
  const shared = new Set<StoredObject>();
  const all = candidates(engines, [...left]);
  const answers = await askLeads(store, all);
  const points: RecoveryPoint[] = [];
  const companions = companionsAmong(beside);
  const answerOf = async (lead: StoredObject, method: Method): Promise<ObjectReading | null> => {
    const known = answers.get(lead);
    const isKnown = known === null || known?.unreadable !== undefined || known?.facts.has(method) === true;
    return isKnown ? known : askObject(store, lead, [method]);
  };
  for (const candidate of all) {
    const { lead, members, method } = candidate;
    const isFree = (member: StoredObject) => left.has(member) || (candidate.shared === true && shared.has(member));
    if (lead.sizeBytes === 0 || !members.every(isFree)) continue;
    if (setAside(members.length === 1 ? lead.key : folderOf(lead.key)) !== null) continue;
    const answer = await answerOf(lead, method);
    if (answer === null) left.delete(lead);
    const told = answer?.facts.get(method);
    if (told === null || told === undefined) continue;
    const facts = wholeOf(told, candidate);
    if ((facts.isChain === true) !== (candidate.chain === true)) continue;
    for (const member of members) {
      left.delete(member);
      if (candidate.shared === true) shared.add(member);
    }
    points.push(toPoint(store, candidate, facts, companions));
  }
  const unknown: UnknownObject[] = [];
  for (const object of left) {
    const answer = answers.get(object) ?? (await askObject(store, object, []));
    if (answer === null) continue;
    const { because, form, unreadable } = answer;
    unknown.push({
      ...object,
      because: setAside(object.key) ?? because,
      ...(form === undefined ? {} : { form }),
      ...(unreadable === undefined ? {} : { unreadable }),
    });
  }
  return { points: await withLogs(store, engines, withSpans(points), beside), unknown };
}

async function takeStockOnce(store: Store, engines: readonly Engine[], prefix: string): Promise<Inventory> {
  const listed: StoredObject[] = [];
  for await (const object of store.list(prefix)) listed.push(object);
  const found: Inventory[] = [];
  const [newest = [], ...older] = generations(listed);
  found.push(await stockAmong({ store, engines, objects: newest, beside: newest }));
  // Older versions are backups of their own; the log is not: its pieces are never written twice.
  const pieces = newest.filter(({ key }) => isPieceOf(engines, key));
  for (const objects of older) {
    found.push(await stockAmong({ store, engines, objects, beside: [...objects, ...pieces] }));
  }
  return { points: found.flatMap(({ points }) => points), unknown: found.flatMap(({ unknown }) => unknown) };
}

/**
 * Every recovery point under `prefix`. Reads a head and a tail of each object, never all of it. What is overwritten
 * meanwhile is looked at once more.
 * `prefix` of a scenario's world is empty: the store itself is limited to the run.
 */
export async function takeStock(store: Store, engines: readonly Engine[], prefix = ""): Promise<Inventory> {
  try {
    return await takeStockOnce(store, engines, prefix);
  } catch (error) {
    if (!(error instanceof FogbellError && error.code === "FB_OBJECT_CHANGED")) throw error;
    return takeStockOnce(settled(store), engines, prefix);
  }
}
