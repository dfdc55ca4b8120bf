/** The only way from a line to a running command: named, written down, run, its outcome written down. */
import { createHash } from "node:crypto";
import { type FogbellError, LostError, UnavailableError } from "../errors.ts";
import { type ErrorReader, readScript, SCRIPT_LINES } from "../host/client-errors.ts";
import { plainLines } from "../host/plain-words.ts";
import type { Shown } from "../host/redact.ts";
import type { Command, Line, Outcome, Phase, Places, Server } from "../parts.ts";
import type { EventBody, Progress } from "../record.ts";

/** So much of what a command printed is written down. */
const TAIL_CHARS = 2048;
const PROGRESS_EVERY_MS = 1000;
/** One part asking, so many parts not. */
const PROGRESS_SHARE = 50;

export interface Runner {
  /** Runs a deed. Throws LostError in the measured phases, UnavailableError before them, when it exits non-zero. */
  must(line: Line, step: Step): Promise<Outcome>;
  /** Runs a deed and hands back whatever came of it. */
  run(line: Line, step: Step): Promise<Outcome>;
  /** Asks a question; what it printed is not written down. */
  ask(line: Line, step: Step, sink?: (chunk: Uint8Array) => void): Promise<Outcome>;
}

/** Where a line stands in the procedure. `name` makes the command's id: `restore.copy-table-back.2`. */
export interface Step {
  readonly phase: Phase;
  readonly name: string;
}

export interface RunnerKit {
  readonly server: Server;
  /** Read at each command, because places become known as the drill goes on. */
  readonly places: () => Places;
  readonly signal: AbortSignal;
  /** Of the engine whose programs run: nothing else of what they say about a failure gets any further. */
  readonly readErrors: ErrorReader;
  readonly write: (body: EventBody) => void;
  readonly onProgress: (progress: Progress) => void;
}

/** Ties a printed page to a run: the hash of what is said and run, not of when or where. */
export function commandHash(line: Line): string {
  return createHash("sha256").update(`${line.say}\0${line.script}`).digest("hex").slice(0, 12);
}

const SETTING: readonly Phase[] = ["world", "healthy", "damage", "proof"];

/** What a command printed, as far as it may be written down. Somebody's own script prints what it likes. */
const printedBy = ({ isOwn }: Command, { stdout }: Outcome): string =>
  isOwn === true ? plainLines(stdout, SCRIPT_LINES).join("\n") : stdout;

function failure(command: Command, outcome: Outcome): FogbellError {
  const why = outcome.stderrTail.trim() || printedBy(command, outcome).trim() || "it printed nothing";
  const message = `"${command.say}" failed with exit code ${outcome.exitCode}: ${why}`;
  return SETTING.includes(command.phase)
    ? new UnavailableError(message, { code: "FB_WORLD", next: ["fogbell doctor"] })
    : new LostError(message, { code: "FB_RECOVERY_FAILED", next: command.ifNot === undefined ? [] : [command.ifNot] });
}

/**
 * Asks the command's own progress script while it runs, each second at first, and never so often that the asking takes
 * more than a fiftieth of the time: it shares the processors with what it asks about. Silent when there is none or it fails.
 */
function watch(kit: RunnerKit, running: Command): () => void {
  const { progress } = running;
  if (progress === undefined) return () => {};
  const beganMs = performance.now();
  const stop = new AbortController();
  const question: Command = { ...running, id: `${running.id}.progress`, script: progress, destroys: false };
  let timer = setTimeout(ask, PROGRESS_EVERY_MS);
  async function ask(): Promise<void> {
    const askedMs = performance.now();
    try {
      const signal = AbortSignal.any([stop.signal, kit.signal]);
      const outcome = await kit.server.run({ command: question, places: kit.places(), signal });
      const [done, total] = outcome.stdout.trim().split(/\s+/).map(Number);
      if (outcome.exitCode === 0 && Number.isFinite(done) && !stop.signal.aborted) {
        kit.onProgress({
          kind: "progress",
          label: running.say,
          doneBytes: done ?? 0,
          totalBytes: total ?? 0,
          elapsedMs: performance.now() - beganMs,
        });
      }
    } catch {
      // Progress is a courtesy: when it cannot be had, the command itself will tell what is wrong.
    }
    const tookMs = performance.now() - askedMs;
    if (!stop.signal.aborted) timer = setTimeout(ask, Math.max(PROGRESS_EVERY_MS, tookMs * PROGRESS_SHARE));
  }
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

export function createRunner(kit: RunnerKit): Runner {
  const used = new Map<string, number>();

  function command(line: Line, { phase, name }: Step): Command {
    const stem = `${phase}.${name}`;
    const number = (used.get(stem) ?? 0) + 1;
    used.set(stem, number);
    return { ...line, id: number === 1 ? stem : `${stem}.${number}`, phase };
  }

  async function execute(given: Command, shown: boolean, sink?: (chunk: Uint8Array) => void): Promise<Outcome> {
    kit.signal.throwIfAborted();
    kit.write({ kind: "command-began", command: given, hash: commandHash(given) });
    const unwatch = watch(kit, given);
    try {
      const outcome = await kit.server.run({
        command: given,
        places: kit.places(),
        signal: kit.signal,
        readErrors: given.isOwn === true ? readScript(kit.readErrors) : kit.readErrors,
        ...(sink === undefined ? {} : { sink }),
      });
      kit.write({
        kind: "command-ended",
        commandId: given.id,
        exitCode: outcome.exitCode,
        durationMs: outcome.durationMs,
        stdoutTail: (shown ? printedBy(given, outcome).slice(-TAIL_CHARS) : "") as Shown,
        stderrTail: outcome.stderrTail.slice(-TAIL_CHARS) as Shown,
      });
      return outcome;
    } finally {
      unwatch();
    }
  }

  return {
    run: (line, step) => execute(command(line, step), true),
    async must(line, step) {
      const named = command(line, step);
      const outcome = await execute(named, true);
      if (outcome.exitCode !== 0) throw failure(named, outcome);
      return outcome;
    },
    ask: (line, step, sink) => execute(command(line, step), false, sink),
  };
}
