/** Which errors are about one object and no other: it becomes a point that cannot be read, and the rest is judged. Pure. */
import { FogbellError, UnavailableError, UnreadableError } from "../errors.ts";
import type { RecoveryPoint, Store, StoredObject, Unreadable } from "../parts.ts";
import { pointId } from "./generations.ts";

/** A store of which what changes again while it is read is one object that cannot be read, and no reason to stop. */
export function settled(store: Store): Store {
  return {
    ...store,
    async *read(object, from, to) {
      try {
        yield* store.read(object, from, to);
      } catch (error) {
        if (!(error instanceof FogbellError && error.code === "FB_OBJECT_CHANGED")) throw error;
        const because = "it is still being written: it changed whenever it was read";
        const next = ["run again when the job that writes it has ended"];
        throw new UnreadableError(`${object.key}: ${because}`, { kind: "changing", because, next, cause: error });
      }
    },
  };
}

/** What was found in a store, as far as it matters here. */
interface Looked {
  readonly points: readonly RecoveryPoint[];
  readonly unknown: readonly StoredObject[];
}

/** What an error says against one object; null when it may be about the whole store. */
export function unreadableBy(error: unknown): Unreadable | null {
  if (error instanceof UnreadableError) {
    const { kind, because, next } = error;
    return { kind, because, next };
  }
  // Tried several times over new connections: others of the same store were read meanwhile, or will fail as well.
  if (error instanceof FogbellError && error.code === "FB_STORE_UNREADABLE") {
    return { kind: "broken", because: error.message, next: error.next };
  }
  return null;
}

/** Throws when nothing in a store was recognised and something could not be read: that may be where the backups are. */
export function assertAnyRead({ points, unknown }: Looked): void {
  const first = unknown.find(({ unreadable }) => unreadable !== undefined);
  if (points.length === 0 && first?.unreadable !== undefined) throw unreadableError(pointId(first), first.unreadable);
}

/** So many in a row, over new connections each, and nothing in between: then it is no matter of single objects. */
const MOST_BROKEN = 32;

/** Told of every object that was asked; throws when the store itself seems to be at fault. */
export function createBreaker(): { tell(unreadable: Unreadable | undefined): void; end(): void } {
  let inARow = 0;
  let read = 0;
  let last: Unreadable | null = null;
  const assertStore = (isOver: boolean) => {
    if (last === null || !isOver) return;
    throw new UnavailableError(last.because, { code: "FB_STORE_UNREADABLE", next: last.next });
  };
  return {
    tell(unreadable) {
      const isBroken = unreadable?.kind === "broken";
      if (isBroken) last = unreadable;
      else read += 1;
      inARow = isBroken ? inARow + 1 : 0;
      assertStore(inARow >= MOST_BROKEN);
    },
    end: () => assertStore(read === 0),
  };
}

/** The error that reading it ends with, for a point that is known not to be readable. */
export function unreadableError(id: string, { kind, because, next }: Unreadable): UnreadableError {
  return new UnreadableError(`${id} cannot be read: ${because}`, { kind, because, next });
}
