/** A suite in front of a person or a CI log: signals heard, events shown, reports delivered, the terminal left as it was. */

import type { Catalog } from "../parts.ts";
import type { DrillResult } from "../record.ts";
import type { SuiteRun } from "../run/run-folder.ts";
import { onInterrupt } from "../run/signals.ts";
import { endWithParent } from "../run/with-parent.ts";
import type { Recorder } from "./detached-run.ts";
import { askedReporters, openReporting, type Reporting, type ReportSurroundings } from "./reporting.ts";
import { runSuite, type SuiteRequest } from "./suite.ts";
import { assertReceivers, type Receivers, tell } from "./tell.ts";

/** Who hears of what was drilled. The same for every command that drills. */
export interface Audience {
  readonly reporters: Catalog["reporters"];
  /** Reporters as typed, `name` or `name=file`; none: what fits the place. */
  readonly named: readonly string[];
  readonly receivers: Receivers;
  readonly outFolder: string;
  /** Nothing but the result may stand on stdout. */
  readonly json: boolean;
  /** `1/3`, when these are not all the drills. */
  readonly shard?: string | undefined;
  /** Of a run that is apart from its terminal. */
  readonly recorder?: Recorder | null;
}

export interface Attended {
  readonly signal: AbortSignal;
  readonly onEvent: Reporting["onEvent"];
  /** A line for the person, beside what the reporters show. */
  readonly say: (text: string) => void;
}

/** What this process is connected to, by the conventions: CI, TERM, NO_COLOR, FORCE_COLOR. */
export function ownSurroundings(): ReportSurroundings {
  const { env, stderr, stdout } = process;
  const plain = env.CI !== undefined || env.TERM === "dumb" || !stderr.isTTY;
  const color = env.FORCE_COLOR !== undefined || (env.NO_COLOR === undefined && !plain);
  return {
    environment: env,
    screen: {
      write: (text) => stderr.write(text),
      get columns() {
        return stderr.columns;
      },
      isTty: !plain,
      color,
      now: () => performance.now(),
    },
    print: (text) => void stdout.write(text),
    printsColor: color && stdout.isTTY === true,
    printsColumns: stdout.isTTY === true ? stdout.columns : undefined,
  };
}

/** Throws UsageError for reporters and receivers that cannot be, before anything is begun; also where nothing will be. */
export function assertAudience(audience: Pick<Audience, "reporters" | "named" | "json" | "receivers">): void {
  assertReceivers(audience.receivers);
  askedReporters(audience);
}

/**
 * Does the work with signals heard and reporters in their seats; then reports its results, and tells who wants to know.
 * Throws UsageError before the work when a reporter or a receiver cannot be.
 */
export async function withAudience<R extends { readonly result: DrillResult }>(
  { receivers, recorder = null, ...audience }: Audience,
  work: (attended: Attended) => Promise<R[]>,
): Promise<R[]> {
  const surroundings = ownSurroundings();
  const { screen, environment } = surroundings;
  assertReceivers(receivers);
  const { outFolder } = audience;
  const reporting = await openReporting({ ...audience, surroundings });
  using interruption = onInterrupt((text) => void screen.write(`\n${text}\n`));
  using _parent = endWithParent(environment);
  const { signal } = interruption;
  const say = (text: string) => void screen.write(`${text}\n`);
  try {
    const onEvent: Reporting["onEvent"] = (event, drill) => {
      recorder?.onEvent(event, drill);
      reporting.onEvent(event, drill);
    };
    const done = await work({ signal, onEvent, say });
    const results = done.map(({ result }) => result);
    await reporting.finish(results);
    await tell(results, { receivers, outFolder, environment, signal, say });
    return done;
  } finally {
    reporting.close();
  }
}

export interface TerminalRequest extends Omit<SuiteRequest, "signal" | "onEvent"> {
  readonly audience: Omit<Audience, "reporters" | "outFolder">;
}

export async function runWithTerminal(request: TerminalRequest): Promise<SuiteRun[]> {
  const { catalog, outFolder, audience } = request;
  return withAudience({ ...audience, reporters: catalog.reporters, outFolder }, (attended) =>
    runSuite({ ...request, ...attended }),
  );
}
