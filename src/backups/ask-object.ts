/**
 * One object, asked by every method that would take it: from its first and last bytes. What was answered is kept for as
 * long as the store is open, and never trusted beyond the object's key, version, size, time and tag.
 */

import { FogbellError } from "../errors.ts";
import { tameName } from "../host/tame.ts";
import type { BackupFacts, Content, Method, Store, StoredObject, Unreadable } from "../parts.ts";
import type { Form } from "./form.ts";
import { type LookedInto, lookInto } from "./look-into.ts";
import { joining, partsOf, type SplitSet } from "./split-parts.ts";
import { unreadableBy } from "./unreadable.ts";
import { formOf, formWords } from "./unrecognised.ts";

/** What the first and last bytes of an object say to each method that would take it, and to nobody. */
export interface ObjectReading {
  readonly facts: ReadonlyMap<Method, BackupFacts | null>;
  readonly because: string;
  readonly form?: Form;
  readonly unreadable?: Unreadable;
}

/** By what reads a store: views of it that list less read with the same. */
const ANSWERS = new WeakMap<Store["read"], Map<string, ObjectReading>>();

interface Remembered {
  readonly answer: ObjectReading | null;
  keep(answer: ObjectReading): ObjectReading;
}

/** What was answered before. An object without a tag may have been replaced within its second, and is asked again. */
function remembered({ read }: Store, { key, version, sizeBytes, modifiedAt, tag }: StoredObject): Remembered {
  if (tag === undefined) return { answer: null, keep: (answer) => answer };
  const answers = ANSWERS.get(read) ?? new Map<string, ObjectReading>();
  ANSWERS.set(read, answers);
  const id = JSON.stringify([key, version, sizeBytes, modifiedAt, tag]);
  const before = answers.get(id) ?? null;
  return {
    answer: before,
    keep(answer) {
      const all = { ...answer, facts: new Map([...(before?.facts ?? []), ...answer.facts]) };
      answers.set(id, all);
      return all;
    },
  };
}

/** What a header says is somebody's text: a line of it, short enough to be looked at, and without what is not seen. */
function shown(facts: BackupFacts): BackupFacts {
  const tamed = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === "string" ? tameName(value) : value,
  ]);
  return Object.fromEntries(tamed) as unknown as BackupFacts;
}

/** A copy of an object loses its time, and what is packed in it keeps its own. */
function withFileTime(facts: BackupFacts, { writtenAtMs, isOneTime }: Content): BackupFacts {
  const at = writtenAtMs === undefined ? new Date(Number.NaN) : new Date(writtenAtMs);
  return Number.isNaN(at.getTime())
    ? facts
    : { ...facts, fileAt: at.toISOString(), ...(isOneTime === true ? { isOneTime } : {}) };
}

/** The first of several ways to look at it that the method knows. */
function ask(method: Method, contents: readonly Content[]): BackupFacts | null {
  const found = contents.flatMap((content) => {
    const facts = method.inspect(content);
    return facts === null ? [] : [withFileTime(facts, content)];
  });
  const [first, second] = found;
  if (first === undefined) return null;
  // Dumps of several databases in one archive: it is called by none of them.
  const isMember = first.packing.some((layer) => typeof layer === "object" && !("join" in layer));
  if (second === undefined || !isMember || first.format === "directory" || first.format === "tar") return shown(first);
  const { database: _, ...facts } = first;
  return shown(facts);
}

/** A part that is not there is proven by those around it. */
function withHoles(facts: BackupFacts | null, set: SplitSet | null): BackupFacts | null {
  if (facts === null || set === null || set.holes.length === 0) return facts;
  return { ...facts, complete: "no", because: `of its parts ${set.holes.join(", ")} missing: a hole in the middle` };
}

/** Its ends, or those of the file that its parts are; of that no more than comes before a part that is missing. */
function lookAt(store: Store, object: StoredObject, set: SplitSet | null): Promise<LookedInto> {
  if (set === null) return lookInto(store, object);
  const most = set.soundBytes === 0 ? undefined : set.soundBytes;
  return lookInto(joining(store), object, [{ join: set.parts.length }], most);
}

const unread = (unreadable: Unreadable): ObjectReading => ({
  facts: new Map(),
  because: unreadable.because,
  unreadable,
});

/**
 * Null: it was removed since it was listed, as a pruning job does; then it is no recovery point, and no fault. One that
 * cannot be read is an answer, too: it must not hide the others.
 */
export async function askObject(
  store: Store,
  object: StoredObject,
  methods: readonly Method[],
): Promise<ObjectReading | null> {
  if (object.unreadable !== undefined) return unread(object.unreadable);
  try {
    const known = remembered(store, object);
    if (known.answer !== null && methods.every((method) => known.answer?.facts.has(method))) return known.answer;
    const set = partsOf(object);
    const { head, views, contents } = await lookAt(store, object, set);
    const facts = new Map(methods.map((method) => [method, withHoles(ask(method, contents), set)] as const));
    const form = formOf({ key: object.key, sizeBytes: object.sizeBytes, head, views, holes: set?.holes ?? [] });
    return known.keep({ facts, because: formWords(form), form });
  } catch (error) {
    if (error instanceof FogbellError && error.code === "FB_OBJECT_GONE") return null;
    const unreadable = unreadableBy(error);
    if (unreadable === null) throw error;
    return unread(unreadable);
  }
}
