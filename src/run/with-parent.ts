/** A child that must not outlive who started it: when that process is gone, this one is told to stop, as by a signal. */

const LOOK_EVERY_MS = 1000;

/** Does nothing unless whoever started this process asked for it. */
export function endWithParent(environment: Readonly<Record<string, string | undefined>>): Disposable {
  const parent = Number(environment.FOGBELL_WITH_PARENT);
  if (!Number.isInteger(parent) || parent <= 0) return { [Symbol.dispose]: () => {} };
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MS);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
