/** Takes stock of a store: every recovery point in it, read by content and not by name. Opens nothing for writing. */
import type { BackupFacts, Method, Moment, RecoveryPoint, Store, StoredObject } from "../parts.ts";
import { momentInName } from "../world/timeline.ts";

/** Enough of a file's start to read any header through compression, and of its end to read any closing line. */
const HEAD_BYTES = 65_536;
const TAIL_BYTES = 8_192;

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A directory backup is one point: its members share a folder that holds a table of contents. */
function group(objects: readonly StoredObject[]): { lead: StoredObject; members: StoredObject[] }[] {
  const folderOf = (key: string) => key.slice(0, key.lastIndexOf("/") + 1);
  const directories = new Set(objects.filter(({ key }) => key.endsWith("/toc.dat")).map(({ key }) => folderOf(key)));
  return objects
    .filter(({ key }) => key.endsWith("/toc.dat") || !directories.has(folderOf(key)))
    .map((lead) => ({
      lead,
      members: lead.key.endsWith("/toc.dat")
        ? objects.filter(({ key }) => folderOf(key) === folderOf(lead.key))
        : [lead],
    }));
}

async function inspect(store: Store, lead: StoredObject, methods: readonly Method[]): Promise<BackupFacts | null> {
  if (lead.sizeBytes === 0) return null;
  const head = await collect(store.read(lead, 0, Math.min(HEAD_BYTES, lead.sizeBytes)));
  const tail =
    lead.sizeBytes > HEAD_BYTES
      ? await collect(store.read(lead, lead.sizeBytes - TAIL_BYTES, lead.sizeBytes))
      : new Uint8Array();
  for (const method of methods) {
    const facts = method.inspect(head, tail);
    if (facts !== null) return facts;
  }
  return null;
}

function momentOf(lead: StoredObject): Moment {
  const named = momentInName(lead.key);
  return named === null ? { at: lead.modifiedAt, from: "object-time" } : { at: named, from: "name" };
}

export interface Inventory {
  readonly points: readonly RecoveryPoint[];
  /** Objects that no method recognises: listed, never restored. */
  readonly unknown: readonly StoredObject[];
}

/**
 * Every recovery point under `prefix`. Reads a head and a tail of each object, never all of it.
 * `prefix` of a scenario's world is empty: the store itself is limited to the run.
 */
export async function takeStock(store: Store, methods: readonly Method[], prefix = ""): Promise<Inventory> {
  const objects: StoredObject[] = [];
  for await (const object of store.list(prefix)) objects.push(object);
  const points: RecoveryPoint[] = [];
  const unknown: StoredObject[] = [];
  const isGlobals = ({ key }: StoredObject) => key.includes(".globals.");
  for (const { lead, members } of group(objects.filter((object) => !isGlobals(object)))) {
    const facts = await inspect(store, lead, methods);
    if (facts === null) {
      unknown.push(lead);
      continue;
    }
    const stem = (members.length > 1 ? lead.key.replace(/\/toc\.dat$/, "") : lead.key).replace(/\.[a-z.]+$/, "");
    const globals = objects.find((object) => isGlobals(object) && object.key.startsWith(`${stem}.`));
    points.push({
      id: lead.key,
      name: lead.key.split("/")[0] ?? lead.key,
      store: store.place,
      objects: members,
      ...(globals === undefined ? {} : { globals }),
      moment: momentOf(lead),
      sizeBytes: members.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      facts,
    });
  }
  return { points, unknown };
}
