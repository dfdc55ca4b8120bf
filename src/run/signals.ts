/** Ctrl-C once tears down and writes the journal; twice leaves at once, and `gc` removes what is left. */
import { CancelledError } from "../errors.ts";

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

const NAMES = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Name = (typeof NAMES)[number];

/** Listens for the signals until disposed. `say` tells the person what the signal does. */
export function onInterrupt(say: (text: string) => void, names: readonly Name[] = NAMES): Interruption {
  const controller = new AbortController();
  const listen = (name: Name) => {
    if (controller.signal.aborted) {
      say("Leaving at once. What is left of this run goes with: fogbell gc");
      process.exit(130);
    }
    say(`${name}: stopping and cleaning up. Once more leaves at once.`);
    controller.abort(
      new CancelledError(`interrupted by ${name}`, {
        code: "FB_INTERRUPTED",
        by: "signal",
        next: ["fogbell gc, when a second signal cut the clean-up short"],
      }),
    );
  };
  for (const name of names) process.on(name, listen);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, listen);
    },
  };
}
