/** A suite in front of a person or a CI log: signals heard, events shown, the terminal left as it was. */
import { createTerminal, summary } from "../reporters/terminal.ts";
import { onInterrupt } from "./signals.ts";
import { runSuite, type SuiteRequest, type SuiteRun } from "./suite.ts";

export interface TerminalRequest extends Omit<SuiteRequest, "signal" | "onEvent"> {
  /** Nothing but the result may stand on stdout. */
  readonly json: boolean;
}

export async function runWithTerminal(request: TerminalRequest): Promise<SuiteRun[]> {
  const { env, stderr } = process;
  const plain = env.CI !== undefined || env.TERM === "dumb" || !stderr.isTTY;
  const colour = env.FORCE_COLOR !== undefined || (env.NO_COLOR === undefined && !plain);
  const terminal = createTerminal({
    stream: stderr,
    isTty: !plain,
    color: colour,
    now: () => performance.now(),
  });
  using interruption = onInterrupt((text) => void stderr.write(`\n${text}\n`));
  try {
    const runs = await runSuite({
      ...request,
      signal: interruption.signal,
      onEvent: (event) => terminal.onEvent(event),
    });
    if (!request.json)
      for (const run of runs) process.stdout.write(summary(run, colour && process.stdout.isTTY === true));
    return runs;
  } finally {
    terminal.close();
  }
}
