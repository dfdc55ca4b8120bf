/** A suite in front of a person or a CI log: signals heard, events shown, reports delivered, the terminal left as it was. */
import { openReporting, type Surroundings } from "./reporting.ts";
import { onInterrupt } from "./signals.ts";
import { runSuite, type SuiteRequest, type SuiteRun } from "./suite.ts";

export interface TerminalRequest extends Omit<SuiteRequest, "signal" | "onEvent"> {
  /** Nothing but the result may stand on stdout. */
  readonly json: boolean;
  /** Reporters as typed, `name` or `name=file`; none: what fits the place. */
  readonly reporters: readonly string[];
}

/** What this process is connected to, by the conventions: CI, TERM, NO_COLOR, FORCE_COLOR. */
export function ownSurroundings(): Surroundings {
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
  };
}

export async function runWithTerminal(request: TerminalRequest): Promise<SuiteRun[]> {
  const { catalog, reporters: named, outFolder, json } = request;
  const surroundings = ownSurroundings();
  const reporting = await openReporting({ reporters: catalog.reporters, named, outFolder, json, surroundings });
  using interruption = onInterrupt((text) => void surroundings.screen.write(`\n${text}\n`));
  try {
    const runs = await runSuite({ ...request, signal: interruption.signal, onEvent: reporting.onEvent });
    await reporting.finish(runs.map(({ result }) => result));
    return runs;
  } finally {
    reporting.close();
  }
}
