/**
 * What is opened for a run may hang where no signal is heard: a container engine that does not answer, a disk. Once the run
 * is told to end, what is being opened has a little while to come, so that it can be removed with the rest; then the run
 * goes on to its end without it, and what comes even later is closed as it comes.
 */

const GRACE_MS = 10_000;

/** What `open` opens; the signal's reason when that aborted, and nothing came. */
export async function opening<T extends AsyncDisposable>(
  signal: AbortSignal,
  open: () => Promise<T>,
  graceMs = GRACE_MS,
): Promise<T> {
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let isGivenUp = false;
  let stop = () => {};
  const over = new Promise<never>((_, reject) => {
    const giveUp = () => {
      isGivenUp = true;
      reject(signal.reason);
    };
    stop = () => {
      timer = setTimeout(giveUp, graceMs);
    };
    signal.addEventListener("abort", stop, { once: true });
  });
  const opened = open();
  try {
    return await Promise.race([opened, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    if (isGivenUp) opened.then((late) => late[Symbol.asyncDispose]()).catch(() => {});
  }
}
