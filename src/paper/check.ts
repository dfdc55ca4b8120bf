/** Whether a printed runbook still is what was last drilled. Pure: the page, the drills, the rules. */
import { formatDuration } from "../host/units.ts";
import type { DrillResult } from "../record.ts";
import { type PageIdentity, printedCommands, readIdentity } from "./identity.ts";
import { comparable, normalOf } from "./normal.ts";
import { procedure } from "./runbook.ts";

/** A step has drifted when its normal time changed by this factor, and by more than the seconds that nobody notices. */
const DRIFT_FACTOR = 2;
const DRIFT_LEAST_MS = 5000;

export interface CheckRules {
  readonly nowMs: number;
  /** A drill older than this proves nothing about today. */
  readonly maxAgeMs: number;
}

function drifts({ steps }: PageIdentity, newest: DrillResult, past: readonly DrillResult[]): string[] {
  const drills = comparable(newest, past);
  return procedure(newest).flatMap((record) => {
    const printedMs = steps.find(([hash]) => hash === record.hash)?.[1];
    const { normalMs } = normalOf(record, drills);
    if (printedMs === undefined || printedMs === null || normalMs === null) return [];
    const [less = 0, more = 0] = [printedMs, normalMs].sort((a, b) => a - b);
    if (more < less * DRIFT_FACTOR || more - less < DRIFT_LEAST_MS) return [];
    return [
      `the normal time of "${record.command.say}" has drifted: ${formatDuration(printedMs)} on the page, ${formatDuration(normalMs)} in the last drills`,
    ];
  });
}

/** What is wrong with a page; empty when it can hang on the door. `past` is oldest first. */
export function checkPage(page: string, past: readonly DrillResult[], { nowMs, maxAgeMs }: CheckRules): string[] {
  const identity = readIdentity(page);
  if (identity === null)
    return ["it does not say which drill it was printed from: it is no runbook of Fogbell, or was cut"];
  const own = past.find(({ runId }) => runId === identity.run);
  const same = past.filter(
    ({ scenario }) => scenario.id === identity.scenario && `${scenario.engine} ${scenario.version}` === identity.engine,
  );
  const newest = same.at(-1);
  if (newest === undefined) return [`no drill of ${identity.scenario} on ${identity.engine} is kept here`];
  const faults: string[] = [];
  if (newest.endedAt > identity.drilledAt)
    faults.push(`it is older than the last drill: run ${newest.runId} ended at ${newest.endedAt}`);
  if (newest.verdict !== "recovered") faults.push(`its last drill, run ${newest.runId}, ended ${newest.verdict}`);
  const ageMs = nowMs - Date.parse(newest.endedAt);
  if (ageMs > maxAgeMs)
    faults.push(`its last drill is ${formatDuration(ageMs)} old; at most ${formatDuration(maxAgeMs)} are allowed`);
  if (own === undefined) faults.push(`the run it was printed from, ${identity.run}, is not kept here`);
  else faults.push(...differences(page, own));
  return [...faults, ...drifts(identity, newest, past)];
}

/** Commands on the page that did not run like that, and commands that ran and are not on it. */
function differences(page: string, own: DrillResult): string[] {
  const ran = procedure(own);
  const progress = new Set(ran.flatMap(({ command }) => command.progress ?? []));
  const scripts = ran.map(({ command }) => command.script);
  const printed = printedCommands(page).filter((script) => !progress.has(script) || scripts.includes(script));
  const first = printed.find((script, index) => script !== scripts[index]);
  const undrilled = ran.flatMap(({ command }) => command.without ?? []);
  const foreign = printedCommands(page, "console").find((script, index) => script !== undrilled[index]);
  if (first !== undefined) return [`a printed command is not the one that ran: ${first.split("\n")[0]}`];
  if (foreign !== undefined) return [`a command for a machine without Fogbell is not ours: ${foreign.split("\n")[0]}`];
  return printed.length < scripts.length
    ? [`a command that ran is not printed: ${(scripts[printed.length] ?? "").split("\n")[0]}`]
    : [];
}
