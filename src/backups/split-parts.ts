/**
 * Files that `split` made of one: told by their names, which count on, and seen as one object by everybody else. Pure but for
 * the reading of what a store holds.
 */
import type { Store, StoredObject } from "../parts.ts";
import { lookInto } from "./look-into.ts";

export interface SplitSet {
  /** Stands for all parts: the first's key, the size of all, the time of the last. */
  readonly whole: StoredObject;
  readonly parts: readonly StoredObject[];
  /** Names of parts that must have been there. */
  readonly holes: readonly string[];
  /** So much comes before the first hole. */
  readonly soundBytes: number;
}

interface Numbered {
  readonly object: StoredObject;
  readonly value: number;
  readonly width: number;
}

interface Group {
  readonly stem: string;
  readonly isLetters: boolean;
  /** The name says that it is a part. */
  readonly isSaid: boolean;
  readonly parts: Numbered[];
}

/** `x.partaa`, `x.part-01`, `x.aa`, `x.001`, and split's own `xaa`. A single digit alone is a rotation's. */
const SAID = /^(.*[._-]part[._-]?)([a-z]{1,4}|\d{1,5})$/;
const UNSAID = /^(.*[._-]|(?:.*\/)?x)(a[a-z]|a[a-z]{2}|\d{2,4})$/;

const A = 97;
const numberOf = (suffix: string) =>
  /^\d/.test(suffix) ? Number(suffix) : [...suffix].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - A, 0);

function suffixOf(value: number, width: number, isLetters: boolean): string {
  if (!isLetters) return String(value).padStart(width, "0");
  let left = value;
  return Array.from({ length: width }, () => {
    const letter = String.fromCharCode(A + (left % 26));
    left = Math.floor(left / 26);
    return letter;
  })
    .reverse()
    .join("");
}

function grouped(objects: readonly StoredObject[]): Group[] {
  const groups = new Map<string, Group>();
  for (const object of objects) {
    const said = SAID.exec(object.key);
    const [, stem = "", suffix = ""] = said ?? UNSAID.exec(object.key) ?? [];
    if (suffix === "") continue;
    const isLetters = !/^\d/.test(suffix);
    // Letters and padded numbers keep their width; others count on from 9 to 10.
    const key = JSON.stringify([stem, isLetters ? suffix.length : 0]);
    const group = groups.get(key) ?? { stem, isLetters, isSaid: said !== null, parts: [] };
    group.parts.push({ object, value: numberOf(suffix), width: suffix.length });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What an object stands for that no store knows. */
const SETS = new WeakMap<StoredObject, SplitSet>();

/** The parts that an object of this listing stands for; null: it is itself. */
export const partsOf = (object: StoredObject): SplitSet | null => SETS.get(object) ?? null;

/** All but the last have one size, as `split -b` cuts them. */
const isEven = (parts: readonly Numbered[]) =>
  parts.slice(0, -1).every(({ object }) => object.sizeBytes === parts[0]?.object.sizeBytes) &&
  (parts.at(-1)?.object.sizeBytes ?? 0) <= (parts[0]?.object.sizeBytes ?? 0);

function toSet({ stem, isLetters, isSaid, parts: found }: Group): SplitSet | null {
  const parts = [...found].sort((a, b) => a.value - b.value);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined || parts.length < 2) return null;
  if (!isSaid && !isEven(parts)) return null;
  const from = isLetters || first.value > 1 ? Math.min(first.value, isLetters ? 0 : 1) : first.value;
  const span = last.value - from + 1;
  // Names that only happen to look like this leave more out than they have.
  if (span > parts.length * 2) return null;
  const there = new Set(parts.map(({ value }) => value));
  const holes = Array.from({ length: span }, (_, index) => from + index)
    .filter((value) => !there.has(value))
    .map((value) => `${stem}${suffixOf(value, first.width, isLetters)}`);
  const objects = parts.map(({ object }) => object);
  const modifiedAt = objects.reduce((latest, one) => (one.modifiedAt > latest ? one.modifiedAt : latest), "");
  const sizeBytes = objects.reduce((sum, one) => sum + one.sizeBytes, 0);
  const { tag: _, ...lead } = first.object;
  const sound = parts.filter(({ value }, index) => value === from + index);
  const soundBytes = sound.reduce((sum, { object }) => sum + object.sizeBytes, 0);
  const set = { whole: { ...lead, sizeBytes, modifiedAt }, parts: objects, holes, soundBytes };
  SETS.set(set.whole, set);
  return set;
}

/** What counts on among these objects, by name and size; whether it is one file is told by the content of its second part. */
const splitSets = (objects: readonly StoredObject[]): SplitSet[] =>
  grouped(objects).flatMap((group) => toSet(group) ?? []);

/** A store in which each set can be read as one object. */
export const joining = (store: Store): Store => ({
  ...store,
  async *read(object, from = 0, to) {
    const set = partsOf(object);
    if (set === null) return yield* store.read(object, from, to);
    let at = 0;
    for (const part of set.parts) {
      const [begin, end] = [Math.max(0, from - at), Math.min(part.sizeBytes, (to ?? object.sizeBytes) - at)];
      if (begin < end) yield* store.read(part, begin, end);
      at += part.sizeBytes;
    }
  },
});

/** Whether the second part is a file by itself: then a rotation numbers them. */
async function isWholeFile(store: Store, part: StoredObject): Promise<boolean> {
  const looked = await lookInto(store, part).catch(() => null);
  return (
    looked === null ||
    looked.views.some(
      ({ packing, members, bytes }) =>
        packing.length > 0 || members !== undefined || /^-- \w+ .*dump/im.test(bytes.toString("latin1", 0, 400)),
    )
  );
}

/** The objects, those that are parts of one file as that one. */
export async function joined(store: Store, objects: readonly StoredObject[]): Promise<StoredObject[]> {
  const all = new Set(objects);
  for (const set of splitSets(objects)) {
    const second = set.parts[1];
    if (second === undefined || second.unreadable !== undefined || second.sizeBytes === 0) continue;
    if (await isWholeFile(store, second)) continue;
    for (const part of set.parts) all.delete(part);
    all.add(set.whole);
  }
  return [...all];
}
