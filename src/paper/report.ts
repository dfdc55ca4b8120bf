/** The RTO/RPO report: a view of one result, and nothing that is not in it. */
import { packingWords } from "../host/packing.ts";
import { formatDuration, formatLink, formatObjective } from "../host/units.ts";
import type { DrillResult, FindingRecord, Opening, SourceRecord } from "../record.ts";
import { CONTROLS } from "./controls.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { renderPage, type Templates } from "./format.ts";
import { pastOf, trendOf } from "./past.ts";
import { drillName } from "./scorecard.ts";
import { sloText } from "./slo.ts";
import {
  clockRows,
  durationOr,
  moment,
  numberOr,
  recoveryCommands,
  size,
  unnoticed,
  verdictMeaning,
  verdictTitle,
  verdictWord,
} from "./words.ts";

/** What each number holds, of a drill and of a verify. */
const MEANING = {
  drill: ["RTA: from the damage (T0) to reopening (T8)", "RPA: from the newest recovered heartbeat to the damage"],
  verify: ["RTA: download, read to the end, restore, check", "RPA: age of the newest data"],
} as const;

/** What the link was held to, for a sentence; null when it was not. */
function linkOf({ fetched }: DrillResult): string | null {
  return fetched?.limitBytesPerSecond === undefined ? null : formatLink(fetched.limitBytesPerSecond);
}

function objectiveRows(result: DrillResult) {
  const { objectives, measured, scenario } = result;
  const [meaning, rpa] = MEANING[scenario.kind ?? "drill"];
  const link = linkOf(result);
  const rta = link === null ? meaning : `${meaning}; fetched over a link limited to ${link}`;
  const row = (name: string, objectiveMs: number, measuredMs: number | null, what: string) => ({
    name,
    objective: formatObjective(objectiveMs),
    measured: durationOr(measuredMs),
    met: measuredMs === null ? "not measured" : measuredMs <= objectiveMs ? "met" : "MISSED",
    what,
  });
  return [row("RTO", objectives.rtoMs, measured.rtaMs, rta), row("RPO", objectives.rpoMs, measured.rpaMs, rpa)];
}

function findingRow(finding: FindingRecord) {
  return { ...finding, answer: { yes: "yes", no: "NO", unknown: "can't tell" }[finding.held] };
}

/** The first thing that went wrong, or the slowest phase when nothing did. */
function worstFinding(result: DrillResult): string {
  if (result.verdict !== "recovered") return result.reasons[0] ?? "";
  const measured = result.phases.filter(
    ({ phase }) => !["world", "healthy", "damage", "proof", "cleanup"].includes(phase),
  );
  const slowest = measured.reduce(
    (slow, one) => (one.durationMs > slow.durationMs ? one : slow),
    measured[0] ?? { phase: "none", durationMs: 0 },
  );
  return `none; the slowest phase was ${slowest.phase}, ${formatDuration(slowest.durationMs)}`;
}

const fateOf = ({ chosen, rejected }: SourceRecord) =>
  chosen ? "CHOSEN: the newest good one" : (rejected ?? "not needed: a newer one is good");

/** A verify chooses what was asked for, whatever comes of it; older ones are there for the night that it is bad. */
function verifyFate({ id, chosen, rejected }: SourceRecord, { verified }: DrillResult): string {
  if (verified?.sourceId === id) return verified.asked ? "verified: GOOD" : "the newest GOOD one";
  if (rejected !== null) return `verified: ${rejected}`;
  return chosen ? "verified: no result" : "older: not needed";
}

/** What it is: `logical, plain, gzip`. Records of earlier versions know one packing, by its word. */
function formatWords(facts: DrillResult["sources"][number]["facts"] & { readonly compression?: string }): string {
  const earlier = facts.compression === "none" ? "" : facts.compression;
  return [facts.method, facts.format, earlier ?? packingWords(facts.packing)].filter((word) => word !== "").join(", ");
}

function sourceRows(result: DrillResult) {
  return result.sources.map((source) => ({
    id: source.id,
    age: formatDuration(source.ageMs),
    moment: moment(source.moment.at),
    momentFrom: { name: "its name", content: "its content", "object-time": "the object's time" }[source.moment.from],
    size: size(source.sizeBytes),
    format: formatWords(source.facts),
    fate: result.scenario.kind === "verify" ? verifyFate(source, result) : fateOf(source),
  }));
}

/** What is said of a sandbox that leaves something open; that files are seen where there is no container goes without saying. */
const OPENINGS: readonly { readonly opening: Opening; readonly unproven: string; readonly action: string }[] = [
  {
    opening: "network",
    unproven: "Not isolated: the local sandbox couldn't be cut off from the network.",
    action: "the drill ran with network access",
  },
  {
    opening: "sockets",
    unproven: "Not isolated: the local sandbox could reach other servers on this machine through their sockets.",
    action: "the drill wasn't isolated from the sockets of other servers on its machine",
  },
];
const openingsOf = ({ sandbox }: DrillResult) =>
  OPENINGS.filter(({ opening }) => sandbox?.leavesOpen?.includes(opening) ?? false);

/** A copy that is too young, that nobody asked for or that production stands for is in order. */
const NO_FAULT: ReadonlySet<unknown> = new Set([undefined, "younger-than-damage", "not-asked-for", "is-production"]);
/** A copy that somebody should look at. */
const isFaulty = ({ rejectedAs }: SourceRecord) => !NO_FAULT.has(rejectedAs);

/** What this drill did not show, said aloud. */
function unproven(result: DrillResult): string[] {
  return [
    result.scenario.by === "people"
      ? "Machine time: people did this recovery, on a game day. Their share is in the after-action report."
      : "Human time: nobody had to notice, decide or type. With people, it takes longer.",
    result.scenario.contended
      ? "Durations: other drills ran on this machine at the same time, so the times are distorted. Use a run with --jobs 1."
      : `Load: the server was otherwise idle${result.scenario.kind === "verify" ? "" : ", and its caches were warm because the database had just been built"}.`,
    linkOf(result) === null
      ? "The network: the backup was fetched from a store near this machine; production's may be slower."
      : `The network: the link was held to ${linkOf(result)} at most; whether production's has that on a bad night is not shown.`,
    ...(result.scenario.kind === "verify"
      ? [
          ...(result.findings.some(({ probe }) => probe === "ledger")
            ? []
            : [
                `Rows: without a ledger from the time of the backup, rows can't be compared with production. These go unnoticed: ${unnoticed(result)}.`,
              ]),
        ]
      : result.scenario.own === undefined
        ? ["Ages: the timeline is simulated (backups of known age, a writer between them); durations are real."]
        : [
            "Production's physical state: it was restored from a copy here, so bloat, statistics and load are not production's.",
            "What was written after the newest copy: production stood at its moment, and nobody wrote meanwhile.",
          ]),
    ...openingsOf(result).map(({ unproven }) => unproven),
    ...result.findings
      .filter(({ held }) => held === "unknown")
      .map(({ probe, subject, because }) => `${probe} of ${subject}: ${because}`),
  ];
}

function environmentRows(result: DrillResult) {
  const rows: [string, string][] = [
    ["sandbox", result.sandbox === null ? "none was opened" : `${result.sandbox.sandbox}: ${result.sandbox.why}`],
    ...result.servers.map(({ server, made, version }): [string, string] => [
      server,
      `${result.scenario.engine} ${version}; ${made}`,
    ]),
    ...Object.entries(result.sandbox?.hardware ?? result.host),
    ["Fogbell", result.fogbellVersion],
  ];
  return rows.map(([name, value]) => ({ name, value }));
}

/** What somebody should own: everything that was not as it should be. Nobody is named; a person fills in who and when. */
function actions(result: DrillResult): string[] {
  const { verdict, reasons, sources, cleanup, scenario } = result;
  const found = [
    ...(verdict === "recovered" ? [] : reasons.slice(0, 5)),
    ...sources
      .filter((source) => isFaulty(source) && source.name !== "")
      .map(({ id, rejected }) => `${id} can't be restored: ${rejected}`),
    ...openingsOf(result).map(({ action }) => action),
    ...((cleanup?.failed.length ?? 0) > 0 ? ["clean-up failed; run: fogbell gc"] : []),
    ...(scenario.contended ? ["other drills ran at the same time: run it again with --jobs 1"] : []),
  ];
  return found.length === 0 ? ["none"] : [...new Set(found)];
}

/** The drill among its own kind. */
function pastView(result: DrillResult, past: readonly DrillResult[]) {
  const all = past.some(({ runId }) => runId === result.runId) ? past : [...past, result];
  const name = drillName(result.scenario);
  const own = pastOf(all).find((one) => one.name === name);
  if (own === undefined) return null;
  const line = forecast(own.results, result.objectives.rtoMs);
  return {
    drills: own.drills,
    recovered: own.recovered,
    timed: own.timed,
    lastSuccess: own.lastSuccess === null ? "never" : moment(own.lastSuccess),
    medianRta: durationOr(own.medianRtaMs),
    worstRta: durationOr(own.worstRtaMs),
    medianRpa: durationOr(own.medianRpaMs),
    worstRpa: durationOr(own.worstRpaMs),
    trend: trendOf(own),
    people:
      own.people.days === 0
        ? null
        : {
            ...own.people,
            medianRta: durationOr(own.people.medianRtaMs),
            worstRta: durationOr(own.people.worstRtaMs),
            last: moment(own.people.lastAt ?? ""),
          },
    forecast: forecastText(line),
    slo: sloText(own),
    runs: own.results.slice(-12).map((one) => ({
      when: moment(one.endedAt),
      runId: one.runId,
      verdict: verdictWord(one),
      rta: durationOr(one.measured.rtaMs),
      rpa: durationOr(one.measured.rpaMs),
      size: one.dataset === null ? "not built" : size(one.dataset.databaseBytes),
    })),
  };
}

export function forecastText(line: Forecast): string {
  if (line.kind === "none") return `none: ${line.because}`;
  const { drills, sizes, fixedMs, msPerGb, errorMs, fromBytes, toBytes } = line;
  const growth = line.grows
    ? `${formatDuration(Math.max(0, fixedMs))} plus ${formatDuration(msPerGb)} for each gigabyte, give or take ${formatDuration(errorMs)} at ${size(toBytes)}`
    : `growth with data size can't be separated from the scatter of ${formatDuration(errorMs)}`;
  return `from ${drills} drills at ${sizes} sizes (${size(fromBytes)} to ${size(toBytes)}): ${growth}; ${reachText(line)}`;
}

/** What the line says of the objective, and no further than it can be trusted. */
function reachText({ reachBytes, crossesAtBytes, safeUntilBytes }: Extract<Forecast, { kind: "line" }>): string {
  const end = `${size(reachBytes)} (ten times the largest drill; for more, drill at larger sizes)`;
  if (safeUntilBytes === reachBytes) return `with 95 % confidence the RTO holds up to ${end}`;
  const safe =
    safeUntilBytes === 0 ? "not safe at any size, given the margin of error" : `safe up to ${size(safeUntilBytes)}`;
  if (crossesAtBytes === null) return `the trend line stays below the RTO up to ${end}, but it is ${safe}`;
  if (crossesAtBytes === 0) return "the RTO is missed at every size";
  return `the RTO is exceeded from about ${size(crossesAtBytes)}; ${safe}`;
}

/** What only a verify has to tell: the copy that holds, and what its checks are worth. */
function verifyView(result: DrillResult) {
  return {
    verified:
      result.verified == null
        ? null
        : {
            ...result.verified,
            rows: result.verified.rows.toLocaleString("en-US"),
            moment: moment(result.verified.momentAt),
          },
    mutations: result.mutations?.map(({ mutation, subject, noticedBy, because }) => ({
      mutation,
      subject: subject === "" ? "–" : subject,
      answer: because !== "" ? `not tried: ${because}` : noticedBy.length === 0 ? "NO CHECK" : noticedBy.join(", "),
    })),
  };
}

/** The view that `reports/report.md.hbs` prints. Strings are plain here; rendering escapes them. */
function reportView(result: DrillResult, past: readonly DrillResult[] = []) {
  const { measured, dataset, fetched, cleanup } = result;
  const of = (group: FindingRecord["group"]) =>
    result.findings.filter((finding) => finding.group === group).map(findingRow);
  return {
    id: result.scenario.id,
    title: result.scenario.title,
    own:
      result.scenario.own === undefined
        ? null
        : { ...result.scenario.own, at: moment(result.scenario.own.productionAt) },
    runId: result.runId,
    verdict: verdictTitle(result),
    verdictMeaning: verdictMeaning(result),
    began: moment(result.beganAt),
    ended: moment(result.endedAt),
    objectives: objectiveRows(result),
    mtd: result.objectives.mtdMs === undefined ? "not set" : formatObjective(result.objectives.mtdMs),
    machine: durationOr(measured.machineMs),
    wrt: durationOr(measured.wrtMs),
    rowsMissing: numberOr(measured.rowsMissing),
    rowsAltered: numberOr(measured.rowsAltered),
    rowsExtra: numberOr(measured.rowsExtra),
    worst: worstFinding(result),
    actions: actions(result),
    history: pastView(result, past),
    controls: CONTROLS,
    reasons: result.reasons,
    next: result.next,
    dataset:
      dataset === null
        ? null
        : { ...dataset, rows: dataset.rows.toLocaleString("en-US"), size: size(dataset.databaseBytes) },
    isolation: result.sandbox?.isolation ?? [],
    environment: environmentRows(result),
    clock: clockRows(result),
    damagedAtSimulated: result.damagedAtSimulated === null ? null : moment(result.damagedAtSimulated),
    phases: result.phases.map(({ phase, beganMs, durationMs }) => ({
      phase,
      began: formatDuration(beganMs),
      duration: formatDuration(durationMs),
    })),
    sources: sourceRows(result),
    ...verifyView(result),
    healthy: of("healthy"),
    proof: of("proof"),
    verify: of("verify"),
    unproven: unproven(result),
    commands: recoveryCommands(result).map(({ command, hash, exitCode, durationMs }) => ({
      id: command.id,
      say: command.say,
      hash,
      exit: exitCode === null ? "did not end" : String(exitCode),
      duration: durationOr(durationMs),
    })),
    remarks: result.findings.flatMap(({ held, remarks = [] }) => (held === "yes" ? remarks : [])),
    notes: result.notes,
    problems: result.problems.map(({ code, message, makes }) => ({ code, message, makes })),
    cleanup:
      cleanup === null ? null : { ...cleanup, isClean: cleanup.failed.length === 0 && cleanup.kept.length === 0 },
    fetched: fetched === null ? null : { ...fetched, size: size(fetched.bytes) },
    backups: result.backups.map(({ name, keys, sha256 }) => ({ name, keys: keys.join(", "), sha256 })),
    scenarioHash: result.scenario.sha256,
    journalHash: result.journalHash,
    version: result.fogbellVersion,
  };
}

/** The template of a result's report: a verify has no world and no damage to tell of. */
export const reportPageOf = ({ scenario }: DrillResult) =>
  scenario.kind === "verify" ? "verify.md.hbs" : "report.md.hbs";

/** `past`: other drills, of which those like this one make its history. */
export function renderReport(
  result: DrillResult,
  templates: Templates,
  past: readonly DrillResult[] = [],
): Promise<string> {
  return renderPage(templates, reportView(result, past));
}
