/** Waiting that ends when it is told to, or in time: a source that hangs, a step, and a pause between attempts. */

/** Passes a source on; throws the signal's reason at once when it aborts, even while the source hangs. */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  signal.throwIfAborted();
  const iterator = source[Symbol.asyncIterator]();
  let stop = () => {};
  const onAbort = () => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  // One promise a step: racing every step against a single one would keep a reaction for each chunk of a large backup.
  const step = () =>
    new Promise<IteratorResult<T>>((resolve, reject) => {
      stop = () => reject(signal.reason);
      if (signal.aborted) stop();
      else iterator.next().then(resolve, reject);
    });
  let isOver = false;
  try {
    for (let next = await step(); !next.done; next = await step()) yield next.value;
    isOver = true;
  } finally {
    signal.removeEventListener("abort", onAbort);
    // What hangs is told to end, but not waited for.
    const ended = isOver ? undefined : iterator.return?.();
    if (signal.aborted) ended?.catch(() => {});
    else await ended;
  }
}

/** What a step comes to; throws what `late` makes when it takes longer. The step itself is not ended. */
export async function inTime<T>(step: PromiseLike<T>, limitMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([step, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves after `durationMs`; rejects with the signal's reason when it aborts before. */
export function pause(durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, durationMs);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
