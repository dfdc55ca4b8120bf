/**
 * One object, asked by every method that would take it: from its first and last bytes. What was answered is kept for as
 * long as the store is open, and never trusted beyond the object's key, version, size, time and tag.
 */
import { FogbellError } from "../errors.ts";
import { tameName } from "../host/tame.ts";
import type { BackupFacts, Content, Method, Store, StoredObject, Unreadable } from "../parts.ts";
import { lookInto } from "./look-into.ts";
import { unreadableBy } from "./unreadable.ts";
import { whyUnrecognised } from "./unrecognised.ts";

/** What the first and last bytes of an object say to each method that would take it, and to nobody. */
export interface Answer {
  readonly facts: ReadonlyMap<Method, BackupFacts | null>;
  readonly because: string;
  readonly unreadable?: Unreadable;
}

/** By what reads a store: views of it that list less read with the same. */
const ANSWERS = new WeakMap<Store["read"], Map<string, Answer>>();

interface Remembered {
  readonly answer: Answer | null;
  keep(answer: Answer): Answer;
}

/** What was answered before. An object without a tag may have been replaced within its second, and is asked again. */
function remembered({ read }: Store, { key, version, sizeBytes, modifiedAt, tag }: StoredObject): Remembered {
  if (tag === undefined) return { answer: null, keep: (answer) => answer };
  const answers = ANSWERS.get(read) ?? new Map<string, Answer>();
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

/** The first of several ways to look at it that the method knows. */
function ask(method: Method, contents: readonly Content[]): BackupFacts | null {
  for (const content of contents) {
    const facts = method.inspect(content);
    if (facts !== null) return shown(facts);
  }
  return null;
}

const unread = (unreadable: Unreadable): Answer => ({ facts: new Map(), because: unreadable.because, unreadable });

/**
 * Null: it was removed since it was listed, as a pruning job does; then it is no recovery point, and no fault. One that
 * cannot be read is an answer, too: it must not hide the others.
 */
export async function askObject(
  store: Store,
  object: StoredObject,
  methods: readonly Method[],
): Promise<Answer | null> {
  if (object.unreadable !== undefined) return unread(object.unreadable);
  try {
    const known = remembered(store, object);
    if (known.answer !== null && methods.every((method) => known.answer?.facts.has(method))) return known.answer;
    const { head, contents } = await lookInto(store, object);
    const facts = new Map(methods.map((method) => [method, ask(method, contents)] as const));
    return known.keep({ facts, because: whyUnrecognised(head, object.sizeBytes) });
  } catch (error) {
    if (error instanceof FogbellError && error.code === "FB_OBJECT_GONE") return null;
    const unreadable = unreadableBy(error);
    if (unreadable === null) throw error;
    return unread(unreadable);
  }
}
