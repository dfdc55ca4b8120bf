/**
 * The user's own checks: a query that answers with one number, a command beside the restored server, or an application that
 * is started on it and asked.
 */

import { setTimeout as pause } from "node:timers/promises";
import type { ConfiguredCheck } from "../config/database.ts";
import { asFogbellError, UnavailableError } from "../errors.ts";
import { askHttp, judgeHttp } from "../http-request.ts";
import type { ApplicationSpec, CopyLanguage, Finding, Line, Outcome } from "../parts.ts";
import { silent } from "./reading.ts";
import type { PlacedFinding } from "./scene.ts";

/** What `tolerance` allows around `equals`. */
function allowed({ equals = 0, tolerance = "0" }: ConfiguredCheck): number {
  const number = Number.parseFloat(tolerance);
  return tolerance.endsWith("%") ? Math.abs(equals) * (number / 100) : number;
}

/** Reads the first answer; one that is no number is not repeated, because it may be a row's value. */
export function judgeAnswer(check: ConfiguredCheck, outcome: Outcome): Finding {
  if (outcome.exitCode !== 0 || outcome.truncated) {
    return {
      held: "unknown",
      because: `the query failed: ${outcome.stderrTail.trim().split("\n")[0] || `exit code ${outcome.exitCode}`}`,
    };
  }
  const lines = outcome.stdout.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return { held: "no", because: "the query answered nothing" };
  const cell = lines[0]?.split(/[\t|]/)[0]?.trim() ?? "";
  if (lines.length > 1)
    return { held: "unknown", because: `the query answered ${lines.length} rows; one number is needed` };
  const answer = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN;
  if (!Number.isFinite(answer)) return { held: "unknown", because: "the query did not answer with a number" };
  const { min, max, equals } = check;
  const measured = { answer };
  if (min !== undefined && answer < min) return { held: "no", because: `${answer} is less than ${min}`, measured };
  if (max !== undefined && answer > max) return { held: "no", because: `${answer} is more than ${max}`, measured };
  if (equals !== undefined && Math.abs(answer - equals) > allowed(check)) {
    const around = check.tolerance === undefined ? "" : ` within ${check.tolerance}`;
    return { held: "no", because: `${answer} is not ${equals}${around}`, measured };
  }
  return { held: "yes", because: `${answer}, as it should be`, measured };
}

function judgeCommand(outcome: Outcome): Finding {
  return outcome.exitCode === 0
    ? { held: "yes", because: "exit code 0" }
    : { held: outcome.exitCode === 127 ? "unknown" : "no", because: `exit code ${outcome.exitCode}` };
}

export interface OwnScene {
  /** Those that the checks need were asked about beforehand. */
  readonly copies: Pick<CopyLanguage, "query" | "shell" | "letIn">;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
  /** Starts an application on the copy. */
  readonly attach: (application: ApplicationSpec) => Promise<AsyncDisposable>;
}

type OwnCheck = ConfiguredCheck & { readonly line: number };
type Application = NonNullable<ConfiguredCheck["app"]>;

const USUAL_START_MS = 60_000;
const AGAIN_AFTER_MS = 1000;

/** Asked until it answers as it should, or its time is over: an application takes a while to start. */
async function answers(app: Application, ask: () => Promise<Outcome>): Promise<Finding> {
  const beganMs = performance.now();
  for (;;) {
    const outcome = await ask();
    const finding = outcome.exitCode === 0 ? judgeHttp(outcome, app) : silent(outcome);
    const isOver = performance.now() - beganMs > (app.within ?? USUAL_START_MS);
    if (finding.held === "yes" || isOver) return finding;
    await pause(AGAIN_AFTER_MS);
  }
}

/** Why it cannot be started is no fault of the copy. */
async function askApplication(check: OwnCheck, app: Application, name: string, scene: OwnScene): Promise<Finding> {
  const { copies, ask, attach } = scene;
  if (check.role !== undefined) {
    const outcome = await ask(copies.letIn(check.role), `${name}-let-in`);
    if (outcome.exitCode !== 0) return silent(outcome);
  }
  try {
    await using _started = await attach(app);
    return await answers(app, () => ask(askHttp(app), name));
  } catch (thrown) {
    const error = asFogbellError(thrown);
    if (!(error instanceof UnavailableError)) throw thrown;
    return { held: "unknown", because: [error.message, ...error.next.slice(0, 1)].join("; ") };
  }
}

async function askOne(check: OwnCheck, name: string, scene: OwnScene): Promise<{ probe: string; finding: Finding }> {
  const { copies, ask } = scene;
  if (check.app !== undefined) return { probe: "app", finding: await askApplication(check, check.app, name, scene) };
  if (check.shell !== undefined)
    return { probe: "shell", finding: judgeCommand(await ask(copies.shell(check.shell), name)) };
  const outcome = await ask(copies.query(check.sql ?? "", check.role ?? null), name);
  return { probe: "sql", finding: judgeAnswer(check, outcome) };
}

/** Asks every check, whatever the ones before found; applications last, because they may write. */
export async function askOwn(checks: readonly OwnCheck[], scene: OwnScene): Promise<PlacedFinding[]> {
  const findings: PlacedFinding[] = [];
  const numbered = checks.map((check, index) => ({ check, number: index + 1 }));
  const inOrder = [
    ...numbered.filter(({ check }) => check.app === undefined),
    ...numbered.filter(({ check }) => check.app !== undefined),
  ];
  for (const { check, number } of inOrder) {
    const { probe, finding } = await askOne(check, `check-${number}`, scene);
    findings.push({ probe, subject: check.name ?? `check ${number}`, line: check.line, own: true, ...finding });
  }
  return findings;
}
