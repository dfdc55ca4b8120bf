/** Asks probes, and writes down what they found. A probe that fails to answer is unknown, never a pass. */
import { asFogbellError, CancelledError } from "../errors.ts";
import type { Finding, Outcome, Phase, Probe, Scene } from "../parts.ts";
import type { PlannedPart } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import { commandHash, type Runner } from "../run/runner.ts";

/** A probe that keeps asking would never end; no honest one needs more than a question per table. */
const MOST_QUESTIONS = 1000;

export interface AskKit {
  readonly runner: Runner;
  readonly scene: Scene;
  readonly phase: Phase;
  readonly group: "healthy" | "proof" | "verify";
  readonly write: (body: EventBody) => void;
}

/** What one question needs. */
export type AskedOne = Pick<AskKit, "runner" | "scene" | "phase">;

/** What was answered so far, by question. */
type Answers = Map<string, Outcome>;

/**
 * Several probes look at the same thing from several sides: what one of them asked is answered to the others, too. Who asks
 * the same again wants to know it anew.
 */
async function askOne(kit: AskedOne, { part, options }: PlannedPart<Probe>, answers: Answers): Promise<Finding> {
  const outcomes: Outcome[] = [];
  const own = new Set<string>();
  let next = part.question(kit.scene, options);
  while (outcomes.length < MOST_QUESTIONS) {
    const asked = commandHash(next);
    const known = own.has(asked) ? undefined : answers.get(asked);
    const outcome = known ?? (await kit.runner.ask(next, { phase: kit.phase, name: part.name }));
    own.add(asked);
    answers.set(asked, outcome);
    outcomes.push(outcome);
    const answer = part.answer(outcomes, kit.scene, options);
    if ("held" in answer) return answer;
    next = answer;
  }
  return { held: "unknown", because: `still asking after ${MOST_QUESTIONS} questions` };
}

/** Whether it was asked of everything but what it names. */
const isExcept = (options: unknown): boolean => (options as { except?: string[] }).except !== undefined;

/** What a probe was asked about, for the matrix: `orders`, `all but orders`. */
export function subjectOf(options: unknown): string {
  const told = options as { table?: string; tables?: string[]; except?: string[]; of?: string };
  if (told.table !== undefined) return told.table;
  if (told.tables !== undefined) return told.tables.join(", ");
  if (told.except !== undefined) return `all but ${told.except.join(", ")}`;
  return told.of ?? "all";
}

/** Asks, and writes nothing down but the questions: for what is not yet the recovery. */
export async function ask(kit: AskedOne, probes: readonly PlannedPart<Probe>[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const answers: Answers = new Map();
  for (const told of probes) findings.push(await askSafely(kit, told, answers));
  return findings;
}

function askSafely(kit: AskedOne, told: PlannedPart<Probe>, answers: Answers): Promise<Finding> {
  return askOne(kit, told, answers).catch((error: unknown): Finding => {
    if (error instanceof CancelledError || asFogbellError(error).exitCode === 4) throw error;
    return { held: "unknown", because: `the probe failed: ${asFogbellError(error).message}` };
  });
}

/** Asks every probe in order, whatever the ones before found. Returns the findings. */
export async function askProbes(kit: AskKit, probes: readonly PlannedPart<Probe>[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const answers: Answers = new Map();
  for (const told of probes) {
    const finding = await askSafely(kit, told, answers);
    findings.push(finding);
    kit.write({
      kind: "finding",
      probe: told.part.name,
      group: kit.group,
      subject: subjectOf(told.options),
      ...(isExcept(told.options) ? { except: true } : {}),
      line: told.line,
      held: finding.held,
      because: finding.because,
      ...(finding.measured === undefined ? {} : { measured: finding.measured }),
    });
  }
  return findings;
}
