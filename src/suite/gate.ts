/**
 * The gate: has every database in fogbell.yaml been proven lately? What never ran fails, and so does what isn't signed
 * where a key is asked for. A run that could tell nothing proves nothing and disproves nothing: the one before it counts.
 */
import type { ConfiguredDatabase, LoadedConfig } from "../config/config.ts";
import type { GateFault, GateReport, GateRow } from "../gated.ts";
import { quote } from "../host/sh.ts";
import { formatDuration, formatObjective, overLink } from "../host/units.ts";
import { isJudged } from "../paper/message.ts";
import { drillName, isAsDesigned } from "../paper/scorecard.ts";
import { verdictTitle } from "../paper/words.ts";
import type { DrillResult } from "../record.ts";
import { databasesNamed } from "../verify/sources.ts";
import { type KeptRun, readHistory } from "./history.ts";
import { verifyRun } from "./seal.ts";

export interface GateRequest {
  readonly config: LoadedConfig;
  /** Databases to ask about; none: all of them. */
  readonly names: readonly string[];
  readonly results: readonly string[];
  readonly maxAgeMs: number;
  /** How old a drill on each database may be; null: none is asked for. */
  readonly drillMaxAgeMs: number | null;
  /** PEM file of the public key that every counted run must be signed with; null: signatures aren't asked for. */
  readonly keyFile: string | null;
  readonly nowMs: number;
}

/** Clocks of machines that share results may differ by this much. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** A verify of the newest copy on its own version: the question that the gate is about. A slower link changes no answer. */
function isPlain({ scenario: { variant }, fetched }: DrillResult): boolean {
  const limit = fetched?.limitBytesPerSecond;
  return variant === undefined || (limit !== undefined && variant === overLink(limit));
}

interface Asking {
  readonly database: ConfiguredDatabase;
  readonly index: number;
  readonly runs: readonly KeptRun[];
  readonly request: GateRequest;
}

type Answer = Pick<GateRow, "fault" | "because" | "runId" | "ageMs" | "next">;

const fails = (fault: GateFault, because: string, next: readonly string[]): Answer => ({
  fault,
  because,
  runId: null,
  ageMs: null,
  next,
});

/** What is wrong with one run as evidence, whoever asked; null: it counts. */
async function faultOf(
  run: KeptRun,
  request: GateRequest,
  maxAgeMs: number,
): Promise<Omit<Answer, "runId" | "ageMs"> | null> {
  const { result, folder } = run;
  const ageMs = request.nowMs - Date.parse(result.endedAt);
  const look = [`fogbell report verify ${quote(folder)}`];
  if (ageMs < -CLOCK_SLACK_MS)
    return {
      fault: "ahead",
      because: `ended ${formatDuration(-ageMs)} in the future: check that machine's clock`,
      next: ["date"],
    };
  if (ageMs > maxAgeMs)
    return {
      fault: "old",
      because: `last good ${formatDuration(ageMs)} ago; at most ${formatObjective(maxAgeMs)} is allowed`,
      next: [],
    };
  const { faults, sealed } = await verifyRun(folder, request.keyFile);
  if (faults.length === 0) return null;
  if (sealed === false)
    return {
      fault: "unsigned",
      because: faults.at(-1) ?? "",
      next: [`fogbell report sign ${quote(folder)} --key key.pem`, ...look],
    };
  return { fault: "altered", because: faults[0] ?? "", next: look };
}

/** What a run's answer is kept with. */
const of = (run: KeptRun, { nowMs }: GateRequest, rest: Omit<Answer, "runId" | "ageMs">): Answer => ({
  ...rest,
  runId: run.result.runId,
  ageMs: nowMs - Date.parse(run.result.endedAt),
});

const bad = (run: KeptRun, { request }: Asking, next: readonly string[]): Answer =>
  of(run, request, {
    fault: "bad",
    because: `${verdictTitle(run.result)}: ${run.result.reasons[0] ?? ""}`,
    next: [...run.result.next.slice(0, 2), ...next],
  });

async function askVerify(asking: Asking): Promise<Answer> {
  const { database, index, runs, request } = asking;
  const again = [`fogbell verify ${quote(database.name)}`];
  const mine = runs.filter(
    ({ result: { scenario } }) =>
      scenario.kind === "verify" && scenario.title === database.name && scenario.engine === database.engine,
  );
  if (database.sources.length === 0)
    return fails("never", "no sources are configured, so nothing can be verified", [
      "fogbell init --store URL --out -",
    ]);
  const plain = mine.filter(({ result }) => isPlain(result));
  const last = plain.findLast(({ result }) => result.verdict !== "void");
  if (last === undefined) {
    const tried = plain.at(-1);
    if (tried !== undefined)
      return of(tried, request, {
        fault: "never",
        because: `never judged; last: ${tried.result.reasons[0] ?? ""}`,
        next: tried.result.next,
      });
    return fails(
      "never",
      mine.length === 0 ? "never verified" : "the newest backup was never verified, only others",
      again,
    );
  }
  if (last.result.verdict !== "recovered") return bad(last, asking, again);
  if (last.result.scenario.sha256 !== request.config.hashOf(index))
    return of(last, request, {
      fault: "changed",
      because: "its configuration has changed since it was verified",
      next: again,
    });
  const found = await faultOf(last, request, request.maxAgeMs);
  if (found !== null) return of(last, request, { ...found, next: found.next.length === 0 ? again : found.next });
  return of(last, request, { fault: null, because: good(last, asking), next: [] });
}

/** What was found good, and what has been tried since without an answer. */
function good({ result }: KeptRun, { request, runs }: Asking): string {
  const ago = formatDuration(Math.max(0, request.nowMs - Date.parse(result.endedAt)));
  const since = runs.filter(
    (one) =>
      one.result.endedAt > result.endedAt &&
      one.result.verdict === "void" &&
      drillName(one.result.scenario) === drillName(result.scenario),
  ).length;
  return `${verdictTitle(result)} ${ago} ago${since === 0 ? "" : `; ${since} later ${since === 1 ? "try" : "tries"} couldn't tell`}`;
}

async function askDrill(asking: Asking, maxAgeMs: number): Promise<Answer> {
  const { database, runs, request } = asking;
  const again = [`fogbell run drop-table --on ${quote(database.name)}`];
  const mine = runs.filter(
    ({ result: { scenario, verdict } }) =>
      scenario.own?.name === database.name &&
      scenario.engine === database.engine &&
      scenario.by !== "people" &&
      verdict !== "void",
  );
  // Of each disaster its newest drill counts: a later good one of another doesn't mend it.
  const newest = [...new Map(mine.map((run) => [drillName(run.result.scenario), run])).values()];
  const failed = newest.find(({ result }) => !isAsDesigned(result));
  if (failed !== undefined) return bad(failed, asking, again);
  const last = newest
    .filter(({ result }) => result.verdict === "recovered")
    .sort((a, b) => (a.result.endedAt < b.result.endedAt ? -1 : 1))
    .at(-1);
  if (last === undefined) return fails("never", "never drilled", again);
  const found = await faultOf(last, request, maxAgeMs);
  if (found !== null) return of(last, request, { ...found, next: found.next.length === 0 ? again : found.next });
  return of(last, request, { fault: null, because: good(last, asking), next: [] });
}

/** Asks about every database. Throws UsageError for a name or a key that can't be. */
export async function gate(request: GateRequest): Promise<GateReport> {
  const { config, results, maxAgeMs, drillMaxAgeMs, nowMs } = request;
  const meant = databasesNamed(config, request.names, "gate");
  const kept = await readHistory(results);
  const runs = kept.runs.filter(({ result }) => isJudged(result));
  const rows: GateRow[] = [];
  for (const { database, index } of meant) {
    const asking: Asking = { database, index, runs, request };
    const line = config.lineOf(["databases", index, "name"]);
    const common = { database: database.name, engine: database.engine, line };
    rows.push({ ...common, asked: "verify", maxAgeMs, ...(await askVerify(asking)) });
    if (drillMaxAgeMs !== null)
      rows.push({ ...common, asked: "drill", maxAgeMs: drillMaxAgeMs, ...(await askDrill(asking, drillMaxAgeMs)) });
  }
  return {
    passes: rows.every(({ fault }) => fault === null),
    file: config.file,
    askedAt: new Date(nowMs).toISOString(),
    rows,
    lost: kept.lost,
  };
}
