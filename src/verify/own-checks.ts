/** The user's own checks, each asked by the probe whose name is its key. What one starts is stopped before the next. */

import { setTimeout as pause } from "node:timers/promises";
import type { ConfiguredCheck } from "../config/database.ts";
import { asFogbellError, Defect, UnavailableError } from "../errors.ts";
import type { ApplicationSpec, CheckProbe, CopyLanguage, Finding, Line, Outcome } from "../parts.ts";
import type { PlacedFinding } from "./scene.ts";

export interface OwnScene {
  readonly probes: readonly CheckProbe[];
  /** Those phrases that the checks need were asked about beforehand. */
  readonly copies: CopyLanguage;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
  /** Starts an application on the copy. */
  readonly attach: (application: ApplicationSpec) => Promise<AsyncDisposable>;
}

type OwnCheck = ConfiguredCheck & { readonly line: number };

const AGAIN_AFTER_MS = 1000;

function probeFor(check: OwnCheck, probes: readonly CheckProbe[]): CheckProbe {
  const probe = probes.find(({ name }) => (check as Readonly<Record<string, unknown>>)[name] !== undefined);
  if (probe === undefined) throw new Defect(`no probe asks the check of line ${check.line}`);
  return probe;
}

/** Asked until it answers as it should, or its time is over: an application takes a while to start. */
async function answers(withinMs: number, ask: () => Promise<Finding>): Promise<Finding> {
  const beganMs = performance.now();
  for (;;) {
    const finding = await ask();
    if (finding.held === "yes" || performance.now() - beganMs > withinMs) return finding;
    await pause(AGAIN_AFTER_MS);
  }
}

/** Why an application cannot be started is no fault of the copy. */
async function askOne(check: OwnCheck, probe: CheckProbe, name: string, scene: OwnScene): Promise<Finding> {
  const { copies, ask, attach } = scene;
  const question = async () => probe.answer(await ask(probe.question(check, copies), name), check);
  const started = probe.starts?.(check);
  if (started === undefined) return question();
  const before = probe.before?.(check, copies) ?? null;
  const outcome = before === null ? null : await ask(before, `${name}-let-in`);
  if (outcome !== null && outcome.exitCode !== 0) return probe.answer(outcome, check);
  try {
    await using _started = await attach(started.application);
    return await answers(started.withinMs, question);
  } catch (thrown) {
    const error = asFogbellError(thrown);
    if (!(error instanceof UnavailableError)) throw thrown;
    return { held: "unknown", because: [error.message, ...error.next.slice(0, 1)].join("; ") };
  }
}

/** Asks every check, whatever the ones before found; those that start something last, because that may write. */
export async function askOwn(checks: readonly OwnCheck[], scene: OwnScene): Promise<PlacedFinding[]> {
  const findings: PlacedFinding[] = [];
  const all = checks.map((check, index) => ({ check, number: index + 1, probe: probeFor(check, scene.probes) }));
  const starts = ({ probe }: (typeof all)[number]) => probe.starts !== undefined;
  for (const { check, number, probe } of [...all.filter((one) => !starts(one)), ...all.filter(starts)]) {
    const finding = await askOne(check, probe, `check-${number}`, scene);
    const subject = check.name ?? `check ${number}`;
    findings.push({ probe: probe.name, subject, line: check.line, own: true, ...finding });
  }
  return findings;
}
