/** A detached run in front of a person: shown as in its own terminal, left alone by Ctrl-C, and told to its end. */
import { dirname } from "node:path";
import { UsageError } from "../errors.ts";
import type { Catalog, Screen } from "../parts.ts";
import type { DrillResult } from "../record.ts";
import { follow, goneError, lastWords, resultsOf } from "./attach.ts";
import type { DetachedRun } from "./detached-run.ts";
import { defaultReporters, openReporting } from "./reporting.ts";
import { ownSurroundings } from "./with-terminal.ts";

const LEAVING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** As any other program that was ended by Ctrl-C: no verdict was heard, and that is no pass. */
const LEFT = 130;

export interface AttachRequest {
  readonly reporters: Catalog["reporters"];
  readonly json: boolean;
  /** End the run, and follow it to its end. */
  readonly stop: boolean;
}

/** Aborts when somebody leaves, until disposed. */
function onLeave(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const leave = () => controller.abort();
  for (const name of LEAVING) process.on(name, leave);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of LEAVING) process.off(name, leave);
    },
  };
}

/** A screen whose clock stands at the moment of what is told again, so that durations come out as they were. */
function replaying(screen: Screen): Screen & { at(moment: string | null): void } {
  let agoMs = 0;
  return {
    write: (text) => screen.write(text),
    get columns() {
      return screen.columns ?? 80;
    },
    isTty: screen.isTty,
    color: screen.color,
    now: () => screen.now() - agoMs,
    at: (moment) => {
      agoMs = moment === null ? 0 : Math.max(0, Date.now() - Date.parse(moment));
    },
  };
}

function end({ state, pid, id }: DetachedRun): void {
  if (state.is === "running") process.kill(pid, "SIGINT");
  else if (state.is === "elsewhere") {
    throw new UsageError(`${id} runs on another machine and can only be ended there`, {
      code: "FB_DETACHED_ELSEWHERE",
      next: [`there: fogbell attach ${id} --stop`],
    });
  }
}

/** Shows a run to its end. Throws UnavailableError when its process is gone without an exit code. */
export async function attachWithTerminal(
  run: DetachedRun,
  { reporters, json, stop }: AttachRequest,
): Promise<{ exitCode: number; results: readonly DrillResult[] }> {
  if (stop) end(run);
  const surroundings = ownSurroundings();
  const screen = replaying(surroundings.screen);
  const say = (text: string) => void screen.write(`${text}\n`);
  const outFolder = dirname(dirname(run.folder));
  const reporting = await openReporting({
    reporters,
    // Any name: only what is followed on a screen.
    named: defaultReporters(reporters, { ...surroundings, screen }, ["any"]),
    outFolder,
    json,
    surroundings: { ...surroundings, screen },
  });
  using leaving = onLeave();
  const isOver = run.state.is === "ended" || run.state.is === "gone";
  try {
    const last = await follow(run, {
      signal: leaving.signal,
      onEvent: (event, drill) => {
        // Of what is over only the end is told.
        if (isOver) return;
        screen.at(event.kind === "progress" ? null : event.at);
        reporting.onEvent(event, drill);
        screen.at(null);
      },
    });
    const results = (await resultsOf(last)).map(({ result }) => result);
    if (results.length > 0) await reporting.finish(results);
    else say(await lastWords(last));
    if (last.state.is === "ended") return { exitCode: last.state.exitCode, results };
    throw goneError(last);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    reporting.close();
    say(`\nYou left; the run goes on. Come back: fogbell attach ${run.id}. End it: fogbell attach ${run.id} --stop`);
    return { exitCode: LEFT, results: [] };
  } finally {
    reporting.close();
  }
}
