/** Work on several things at once, but never on more than so many. */

export interface PoolLimits {
  /** How many at once; at least 1. */
  readonly jobs: number;
  /** Once aborted, nothing more is begun; what runs hears it by itself. */
  readonly signal: AbortSignal;
}

/** Once one has ended so, nothing more is begun; what runs goes on to its end. */
export type IsLast<R> = (done: R) => boolean;

/**
 * Does the work for every item, in order, at most `jobs` at once; what came of it, in the items' order. An item whose
 * work throws does not keep the others from their end: the first error is thrown once all have ended.
 */
export async function inPool<T, R>(
  items: readonly T[],
  { jobs, signal, isLast = () => false }: PoolLimits & { readonly isLast?: IsLast<R> },
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const done = new Map<number, R>();
  const errors: unknown[] = [];
  let next = 0;
  let isOver = false;
  const worker = async () => {
    while (next < items.length && !signal.aborted && !isOver) {
      const index = next++;
      try {
        const one = await work(items[index] as T);
        done.set(index, one);
        isOver ||= isLast(one);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, jobs), items.length) }, worker));
  if (errors.length > 0) throw errors[0];
  return [...done.keys()].sort((a, b) => a - b).map((index) => done.get(index) as R);
}
