/** What ends a drill from outside: a signal, the deadline of its scenario, a disk that fills up. */
import { CancelledError, UnavailableError } from "../errors.ts";
import { roomIn } from "../host/disk-fault.ts";
import { diskOf } from "../host/disk-free.ts";
import { formatBytes, formatDuration } from "../host/units.ts";

const LOOK_EVERY_MS = 2000;

export interface WatchRequest {
  /** Aborted by Ctrl-C, with a CancelledError as its reason. */
  readonly signal: AbortSignal;
  readonly elapsedMs: number | undefined;
  readonly diskFreeBytes: number | undefined;
  /** The folder whose disk is watched. */
  readonly folder: string;
}

/** One signal for all of them; its reason says which. Disposing stops watching. */
export function watch(request: WatchRequest): Disposable & { readonly signal: AbortSignal } {
  const own = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const { elapsedMs, diskFreeBytes, folder } = request;
  if (elapsedMs !== undefined) {
    const error = new CancelledError(`the drill did not end within ${formatDuration(elapsedMs)}`, {
      code: "FB_DEADLINE",
      by: "deadline",
      next: ["raise abort.over in the scenario, or find out in the journal what took so long"],
    });
    timers.push(setTimeout(() => own.abort(error), elapsedMs));
  }
  if (diskFreeBytes !== undefined) {
    timers.push(
      setInterval(async () => {
        const { free } = await diskOf(folder);
        if (free >= diskFreeBytes) return;
        own.abort(
          new UnavailableError(
            `only ${formatBytes(free)} left on the disk of ${folder}; the scenario asks for ${formatBytes(diskFreeBytes)}`,
            {
              code: "FB_DISK_FULL",
              next: roomIn(folder),
            },
          ),
        );
      }, LOOK_EVERY_MS),
    );
  }
  return {
    signal: AbortSignal.any([request.signal, own.signal]),
    [Symbol.dispose]: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
