/**
 * The verdict algebra: worst wins, "could not tell" is never a pass, zero checks is never a pass.
 * Pure: a result's verdict follows from its findings, problems and clock, and from nothing else.
 */
import type { ExitCode } from "../errors.ts";
import { formatDuration } from "../host/units.ts";
import type { DrillResult, FindingRecord, Objectives, Verdict } from "../record.ts";

/** Worst first, as exit codes rank several drills: 5, 1, 4, 3, 0. */
export const WORST_FIRST: readonly Verdict[] = ["refused", "lost", "void", "late", "recovered"];

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = { recovered: 0, lost: 1, late: 3, void: 4, refused: 5 };

export interface Judged {
  readonly verdict: Verdict;
  /** Why, worst reason first. Never empty. */
  readonly reasons: readonly string[];
}

export type Evidence = Pick<DrillResult, "findings" | "problems" | "objectives" | "measured" | "interrupted"> & {
  /** Where the journal breaks off, in words; null when it was written to its end. */
  readonly brokeOff: string | null;
  /** Somebody's own backup: there was no world to be healthy, and no damage to be proven. */
  readonly isVerify?: boolean;
};

interface Reason {
  readonly verdict: Verdict;
  readonly text: string;
}

const say = (finding: FindingRecord) => `${finding.probe} of ${finding.subject}: ${finding.because}`;

const inGroup = (findings: readonly FindingRecord[], group: FindingRecord["group"]) =>
  findings.filter((finding) => finding.group === group);

/** Asked, and every answer a yes. */
const holds = (asked: readonly FindingRecord[]) => asked.length > 0 && asked.every(({ held }) => held === "yes");

/** A gate that must hold wholly. An empty one judges nothing, which needs no saying when something else ended the drill. */
function gate(asked: readonly FindingRecord[], empty: string | null): Reason[] {
  if (asked.length === 0) return empty === null ? [] : [{ verdict: "void", text: empty }];
  return asked
    .filter(({ held }) => held !== "yes")
    .map((finding) => ({ verdict: "void", text: `${finding.group}: ${say(finding)}` }));
}

function verification(asked: readonly FindingRecord[], empty: string | null): Reason[] {
  // The drill adds findings of its own (line 0); a scenario's verification must have been asked as well.
  const nothing: Reason[] =
    asked.some(({ line }) => line > 0) || empty === null ? [] : [{ verdict: "void", text: empty }];
  const broken = asked
    .filter(({ held }) => held !== "yes")
    .map((finding): Reason => ({ verdict: finding.held === "no" ? "lost" : "void", text: `verify: ${say(finding)}` }));
  return [...nothing, ...broken];
}

function clock({ rtaMs, rpaMs }: Evidence["measured"], { rtoMs, rpoMs }: Objectives): Reason[] {
  const reasons: Reason[] = [];
  if (rtaMs === null)
    reasons.push({ verdict: "void", text: "the RTA couldn't be measured: its start or its end was never reached" });
  else if (rtaMs > rtoMs)
    reasons.push({
      verdict: "late",
      text: `RTA ${formatDuration(rtaMs)} is longer than the RTO of ${formatDuration(rtoMs)}`,
    });
  if (rpaMs === null)
    reasons.push({ verdict: "void", text: "the RPA couldn't be measured: nothing shows how new the data is" });
  else if (rpaMs > rpoMs)
    reasons.push({
      verdict: "late",
      text: `RPA ${formatDuration(rpaMs)} is more than the RPO of ${formatDuration(rpoMs)}`,
    });
  return reasons;
}

/** Nobody should read "recovered" and think that nothing is gone. */
function proven({ rowsMissing, rowsAltered, rowsExtra }: Evidence["measured"]): string {
  return `proven, within RTO and RPO; ${rowsSaid([rowsMissing, rowsAltered, rowsExtra])}`;
}

/** Missing, altered and extra rows; null is what no probe asked, and nothing is claimed of it. */
function rowsSaid([missing, altered, extra]: readonly [number | null, number | null, number | null]): string {
  if (missing === null && altered === null && extra === null) return "rows weren't compared";
  if (missing === null || altered === null || extra === null) return "rows were compared only in part";
  return missing + altered + extra === 0
    ? "no row is missing, altered or extra"
    : `${missing} rows missing, ${altered} older and ${extra} extra, all within the loss the scenario allows`;
}

/** What ended the drill before it could end by itself. */
function ends({ problems, brokeOff, interrupted }: Evidence): Reason[] {
  const reasons: Reason[] = problems.map(({ makes, message }) => ({
    verdict: makes,
    text: message.split("\n")[0] ?? message,
  }));
  if (brokeOff !== null) reasons.push({ verdict: "void", text: brokeOff });
  if (interrupted) reasons.push({ verdict: "void", text: "the drill was interrupted" });
  return reasons;
}

/** Judges a drill from what was written down. */
export function judge(evidence: Evidence): Judged {
  const { findings } = evidence;
  const reasons = ends(evidence);
  // What ended the drill early also says why the rest was not asked.
  const hasOtherEnd = reasons.length > 0;
  const unless = (text: string) => (hasOtherEnd ? null : text);
  const [healthy, proof, verify] = (["healthy", "proof", "verify"] as const).map((group) =>
    inGroup(findings, group),
  ) as [FindingRecord[], FindingRecord[], FindingRecord[]];
  if (evidence.isVerify === true) return verdictOf([...reasons, ...verifying(evidence, verify, hasOtherEnd)], evidence);
  reasons.push(...gate(healthy, unless("the health check before the damage wasn't run")));
  if (holds(healthy)) reasons.push(...gate(proof, unless("the damage was not proven")));
  // Without proven damage there is nothing that could have been lost, verified or late. With it, a no stays a no,
  // whatever ended the drill afterwards.
  if (holds(healthy) && holds(proof)) {
    const verified = verification(verify, unless("nothing was verified"));
    reasons.push(...verified);
    if (verified.length === 0 && !hasOtherEnd) reasons.push(...clock(evidence.measured, evidence.objectives));
  }
  return verdictOf(reasons, evidence);
}

/** The drill's own questions are enough here, because they cannot pass on nothing. */
function verifying(evidence: Evidence, asked: readonly FindingRecord[], hasOtherEnd: boolean): Reason[] {
  const counted = asked.map((finding) => ({ ...finding, line: Math.max(1, finding.line) }));
  const reasons = verification(counted, hasOtherEnd ? null : "nothing was verified");
  return reasons.length > 0 || hasOtherEnd ? reasons : clock(evidence.measured, evidence.objectives);
}

/** A copy that held: each of its questions is a check. */
function checked(findings: readonly FindingRecord[]): string {
  const asked = inGroup(findings, "verify").length;
  return `restored, ${asked} of ${asked} checks passed, within RTO and RPO`;
}

function verdictOf(reasons: readonly Reason[], { measured, isVerify, findings }: Evidence): Judged {
  const verdict = WORST_FIRST.find((one) => reasons.some((reason) => reason.verdict === one)) ?? "recovered";
  const ranked = [...reasons].sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict));
  const texts = [...new Set(ranked.map(({ text }) => text))];
  const fine = isVerify === true ? checked(findings) : proven(measured);
  return { verdict, reasons: texts.length > 0 ? texts : [fine] };
}

/** Of one drill: an interruption or a defect of ours comes before the verdict. */
export function exitCodeOf(result: Pick<DrillResult, "verdict" | "interrupted" | "problems">): ExitCode {
  if (result.interrupted) return 130;
  if (result.problems.some(({ code }) => code === "FB_DEFECT")) return 70;
  return EXIT_CODES[result.verdict];
}

/** Of several drills: an interruption or a defect of ours first, then the worst verdict. No drill at all is a usage error. */
export function worstExitCode(results: readonly Pick<DrillResult, "verdict" | "interrupted" | "problems">[]): ExitCode {
  return worstCode(results.map(exitCodeOf)) ?? 2;
}

const RANKED: readonly ExitCode[] = [130, 70, 5, 1, 4, 3, 0];

/** The code that counts of several; undefined when there is none. */
export const worstCode = (codes: readonly ExitCode[]): ExitCode | undefined =>
  RANKED.find((code) => codes.includes(code));
