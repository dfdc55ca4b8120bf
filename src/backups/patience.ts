/**
 * Looking into a store has no phase, and so no limit of its own: a server that takes a question and never answers, a mount
 * that hangs, would hold it for as long as its connections are patient. Here it is given so long without a byte, and then
 * it is said. What is fetched is read on elsewhere, within the limits of a run.
 */
import { UnavailableError } from "../errors.ts";
import { inTime } from "../host/stream.ts";
import { formatDuration } from "../host/units.ts";
import type { Store } from "../parts.ts";

/** A connection is given up after a minute; there is time for another one to be made, and to begin to answer. */
const SILENT_MS = 75_000;
/** Of a store that was silent, and of which nothing came since. */
const SHORT_MS = 10_000;
/** No look reads more at once. */
const MOST_LOOKED_BYTES = 8 * 1024 ** 2;

const silent = (doing: string, ms: number) =>
  new UnavailableError(`${doing}: nothing came for ${formatDuration(ms)}`, {
    code: "FB_STORE_UNREADABLE",
    next: ["run again", "ask the store itself: a listing by its own client, or ls of the mount"],
  });

/** Passes a source on as long as something comes; the next step is given so long. */
async function* within<T>(source: AsyncIterable<T>, msNow: () => number, error: (ms: number) => Error) {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  try {
    for (;;) {
      const ms = msNow();
      const next = await inTime(iterator.next(), ms, () => error(ms));
      if (next.done) break;
      yield next.value;
    }
    isOver = true;
  } finally {
    // What hangs is told to end, but not waited for.
    if (!isOver) iterator.return?.().catch(() => {});
  }
}

/** The same store, patient for so long. */
export function patient(store: Store, silentMs = SILENT_MS): Store {
  let isSilent = false;
  const msNow = () => (isSilent ? Math.min(SHORT_MS, silentMs) : silentMs);
  const held = async function* <T>(source: AsyncIterable<T>, doing: string): AsyncIterable<T> {
    const given = within(source, msNow, (ms) => {
      isSilent = true;
      return silent(doing, ms);
    });
    for await (const one of given) {
      isSilent = false;
      yield one;
    }
  };
  return {
    ...store,
    list: (prefix) => held(store.list(prefix), `listing ${store.place}`),
    read(object, from = 0, to = object.sizeBytes) {
      const source = store.read(object, from, to);
      return to - from > MOST_LOOKED_BYTES ? source : held(source, `reading ${object.key} in ${store.place}`);
    },
  };
}
