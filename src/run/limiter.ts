/**
 * Ends an attempt that takes too long or fills too much: one signal for all it does, aborted with the reason. The clock is
 * the machine's own that only runs forward, so that no correction of the time ends a phase.
 */
import { UnavailableError } from "../errors.ts";
import { roomIn } from "../host/disk-fault.ts";
import { diskOf } from "../host/disk-free.ts";
import { formatBytes } from "../host/units.ts";
import type { Command, Places, Server } from "../parts.ts";
import type { EventBody } from "../record.ts";
import {
  type Limit,
  type LimitedPhase,
  limitWords,
  longer,
  type OfDrill,
  reserveOf,
  roomFault,
  roomFor,
  tooSmallFor,
} from "./limits.ts";
import { timed } from "./timing.ts";

const LOOK_EVERY_MS = 2000;
/** A restore writes a gigabyte in less than that. */
const LOOK_AT_ROOM_EVERY_MS = 500;
/** One part looking, so many parts not. */
const LOOK_SHARE = 50;

/** Whose phases are limited: what each is about, and what to type for more time. */
export interface LimitedRun {
  readonly doing: Readonly<Partial<Record<LimitedPhase, string>>>;
  /** `fogbell verify`. */
  readonly command: string;
}

export const VERIFY: LimitedRun = {
  command: "fogbell verify",
  doing: {
    fetch: "fetching the copy",
    world: "starting the sandbox and its server",
    restore: "reading and restoring the copy",
    verify: "looking through the restored copy",
    prove: "spoiling the copy and asking again",
  },
};

export const DRILL: LimitedRun = {
  command: "fogbell run",
  doing: {
    world: "building the world",
    healthy: "asking whether the world is well",
    damage: "the disaster",
    proof: "proving the damage",
    contain: "containing the damage",
    preserve: "preserving the damaged state",
    locate: "looking for a backup",
    fetch: "fetching the backup",
    restore: "the restore",
    verify: "proving what came back",
    reopen: "reopening the application",
    normal: "going back to normal",
  },
};

/** Before a drill has a server. */
export const DRILL_OPENING: LimitedRun = {
  command: "fogbell run",
  doing: { world: "opening the sandbox, its server and the stores" },
};

export interface Limiter extends Disposable {
  readonly signal: AbortSignal;
  /** What phases took so far, in milliseconds. */
  readonly tookMs: Readonly<Record<string, number>>;
  /** Does the work of a phase within its limit. The work has to heed the signal. */
  within<T>(phase: LimitedPhase, work: () => Promise<T>): Promise<T>;
  /** Ends everything. */
  end(error: UnavailableError): void;
}

const tooLong = ({ doing, command }: LimitedRun, limit: Limit) =>
  new UnavailableError(
    `${doing[limit.phase] ?? limit.phase} did not end within its time limit (${limitWords(limit)}), so nothing is judged`,
    {
      code: "FB_TIME_LIMIT",
      next: [
        `${command} --timeout ${longer(limit)} …`,
        "or find out in the journal what took so long: a statement or a script may wait for ever",
      ],
    },
  );

/** Watches the time of each phase that has a limit, and from now on the disk of `folder`. */
export async function openLimiter(
  { signal, folder, run }: { readonly signal: AbortSignal; readonly folder: string; readonly run: LimitedRun },
  limitOf: (phase: LimitedPhase) => Limit | undefined,
): Promise<Limiter> {
  const own = new AbortController();
  const tookMs: Record<string, number> = {};
  const reserve = reserveOf(await diskOf(folder));
  const disk = setInterval(async () => {
    const { free } = await diskOf(folder);
    if (free >= reserve) return;
    own.abort(
      new UnavailableError(
        `only ${formatBytes(free)} left on the disk of ${folder}, so it was ended before that is full`,
        { code: "FB_DISK_FULL", next: roomIn(folder) },
      ),
    );
  }, LOOK_EVERY_MS);
  return {
    signal: AbortSignal.any([signal, own.signal]),
    tookMs,
    async within(phase, work) {
      const beganMs = performance.now();
      const limit = limitOf(phase);
      const timer = limit === undefined ? undefined : setTimeout(() => own.abort(tooLong(run, limit)), limit.ms);
      try {
        const result = await work();
        own.signal.throwIfAborted();
        return result;
      } finally {
        clearTimeout(timer);
        tookMs[phase] = (tookMs[phase] ?? 0) + Math.round(performance.now() - beganMs);
      }
    },
    end: (error) => own.abort(error),
    [Symbol.dispose]: () => clearInterval(disk),
  };
}

/** A phase of the journal that has to end in time. */
export function limited<T>(
  { limiter, write }: { readonly limiter: Limiter; readonly write: (body: EventBody) => void },
  phase: OfDrill,
  work: () => Promise<T>,
): Promise<T> {
  return timed(phase, write, () => limiter.within(phase, work));
}

/** What is free on the disk of a server's folders and how large that disk is, then what they fill, in KiB. */
const looking = (): Command => ({
  id: "restore.room",
  phase: "restore",
  say: "Look at the room that is left.",
  script: `df -Pk "$LOOK_SCRATCH" | awk 'NR == 2 { print $4, $2 }' &&
  du -skx "$LOOK_DATA" "$LOOK_SIDE" "$LOOK_SCRATCH" 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'`,
  uses: ["LOOK_DATA", "LOOK_SCRATCH", "LOOK_SIDE"],
  destroys: false,
});

interface Room {
  readonly free: number;
  readonly total: number;
  readonly used: number;
}

async function lookAt(server: Server, signal: AbortSignal): Promise<Room | null> {
  const { data, scratch, side } = server.folders;
  const places: Places = { LOOK_DATA: data, LOOK_SIDE: side, LOOK_SCRATCH: scratch };
  const { exitCode, stdout } = await server.run({ command: looking(), places, signal });
  const [free = Number.NaN, total = Number.NaN, used = Number.NaN] = stdout.trim().split(/\s+/).map(Number);
  const isTold = exitCode === 0 && [free, total, used].every(Number.isFinite);
  return isTold ? { free: free * 1024, total: total * 1024, used: used * 1024 } : null;
}

export interface RoomKit {
  readonly limiter: Limiter;
  readonly server: Server;
  /** What is restored, or made. */
  readonly bytes: number;
  readonly everyMs?: number;
}

/**
 * Does work that fills the server's disk, with an eye on that: ends all when nearly nothing is left, or when more is filled
 * than `bytes` of a backup can mean. Where room cannot be asked about, the disk itself says when it is full.
 */
export async function withinRoom<T>(
  { limiter, server, bytes, everyMs = LOOK_AT_ROOM_EVERY_MS }: RoomKit,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([limiter.signal, over.signal]);
  const most = roomFor(bytes);
  const first = await lookAt(server, signal).catch(() => null);
  const reserve = first === null ? 0 : reserveOf(first);
  const small = first === null ? null : tooSmallFor(bytes, { ...first, reserve });
  if (small !== null) throw noRoom({ is: "full", because: small });
  async function look(): Promise<void> {
    const beganMs = performance.now();
    const room = await lookAt(server, signal).catch(() => null);
    if (over.signal.aborted) return;
    const fault = room === null ? null : roomFault(room, { reserve, most, from: bytes });
    if (fault !== null) limiter.end(noRoom(fault));
    timer = setTimeout(look, Math.max(everyMs, (performance.now() - beganMs) * LOOK_SHARE));
  }
  let timer = setTimeout(look, everyMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

function noRoom({ is, because }: { readonly is: "full" | "bomb"; readonly because: string }): UnavailableError {
  const message = `it was ended before it fills the disk: ${because}`;
  return is === "full"
    ? new UnavailableError(message, { code: "FB_DISK_FULL", next: ["df -h", "docker system df", "fogbell gc"] })
    : new UnavailableError(message, { code: "FB_UNPACK_LIMIT", next: ["look at what the job packs"] });
}
