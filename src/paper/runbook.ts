/** The panic runbook: the very commands of a drill, in the order in which they ran, with what a tired person needs around them. */
import { sha256 } from "../host/digest.ts";
import { quote } from "../host/sh.ts";
import { formatDuration, formatObjective } from "../host/units.ts";
import type { Phase } from "../parts.ts";
import type { CommandRecord, DrillResult } from "../record.ts";
import { Raw, renderPage, type Templates } from "./format.ts";
import { identityLine, type PageIdentity } from "./identity.ts";
import { comparable, type Normal, normalOf } from "./normal.ts";
import { type RunbookFacts, withOwn } from "./page-facts.ts";
import { pastOf } from "./past.ts";
import { drillName } from "./scorecard.ts";
import { durationOr, moment, recoveryCommands, size, verdictMeaning, verdictTitle } from "./words.ts";

/** A page is good for so long after its drill, unless it is told otherwise. */
export const GOOD_FOR_MS = 90 * 86_400_000;
/** A drilled output longer than this helps nobody at two in the morning. */
const SHORT_OUTPUT_LINES = 6;

/** "584 ms (median of 4 drills, longest 1.2 s)". */
function normalText({ normalMs, longestMs, drills }: Normal): string {
  if (drills < 2) return `${durationOr(normalMs)} (one drill)`;
  return `${durationOr(normalMs)} (median of ${drills} drills, longest ${durationOr(longestMs)})`;
}

function step({ command, stdoutTail, exitCode }: CommandRecord, number: number, normal: Normal) {
  const lines = stdoutTail
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  return {
    number,
    say: command.say,
    script: new Raw(command.script),
    without: command.without === undefined ? null : new Raw(command.without),
    destroys: command.destroys,
    expect: command.expect ?? "Exit code 0.",
    seen: lines.length > 0 && lines.length <= SHORT_OUTPUT_LINES ? new Raw(lines.join("\n")) : null,
    normal: normalText(normal),
    worry: normal.worryMs === null ? null : formatDuration(normal.worryMs),
    ifNot: command.ifNot ?? "Stop. Call the commander.",
    failed: exitCode !== 0,
  };
}

/** Ties paper to result: the same commands, the same hash. */
function procedureHash(commands: readonly CommandRecord[]): string {
  return sha256(commands.map(({ hash }) => hash).join("\n")).slice(0, 12);
}

function slowOrStuck(commands: readonly CommandRecord[], drills: readonly DrillResult[]) {
  return commands
    .filter(({ command }) => command.progress !== undefined)
    .map((record) => ({
      say: record.command.say,
      script: new Raw(record.command.progress ?? ""),
      normal: normalText(normalOf(record, drills)),
    }));
}

/** The commands of a page. A failed candidate's steps are part of the record, not of the procedure. */
export function procedure(result: DrillResult): CommandRecord[] {
  return recoveryCommands(result).filter(({ command, exitCode }) => exitCode === 0 || command.phase !== "fetch");
}

function identityOf(
  result: DrillResult,
  commands: readonly CommandRecord[],
  drills: readonly DrillResult[],
): PageIdentity {
  return {
    scenario: result.scenario.id,
    engine: `${result.scenario.engine} ${result.scenario.version}`,
    run: result.runId,
    drilledAt: result.endedAt,
    hash: procedureHash(commands),
    steps: commands.map((record) => [record.hash, normalOf(record, drills).normalMs] as const),
  };
}

/** What a page is made of beside its own drill. */
export interface RunbookSettings {
  /** Other drills, for the normal times. */
  readonly past?: readonly DrillResult[];
  readonly goodForMs?: number;
  /** What is known of the real database and its people; blanks stand for the rest. */
  readonly facts?: RunbookFacts;
}

/** Who is needed, whoever they are. */
const ROLES: Readonly<Record<string, string>> = {
  commander: "Commander (decides, does not type)",
  operator: "Operator (types)",
  checker: "Checker (reads every line aloud before it changes the database)",
  scribe: "Scribe and messages",
};

interface Person {
  readonly role: string;
  readonly name: string | null;
  readonly phone: string | null;
}

function people({ contacts = [] }: RunbookFacts): Person[] {
  const isRole = (told: string, role: string) => told.toLowerCase() === role;
  const needed = Object.entries(ROLES).flatMap(([role, words]): Person[] => {
    const found = contacts.filter((one) => isRole(one.role, role));
    return found.length === 0
      ? [{ role: words, name: null, phone: null }]
      : found.map((one) => ({ role: words, name: one.name, phone: one.phone ?? null }));
  });
  const others = contacts
    .filter((one) => !Object.keys(ROLES).some((role) => isRole(one.role, role)))
    .map((one) => ({ role: one.role, name: one.name, phone: one.phone ?? null }));
  return [...needed, ...others];
}

/** Beside the copies that are known there is always room for those that nobody thought of. */
const BLANK_COPIES = 3;

function factsView(facts: RunbookFacts) {
  const or = (text: string | undefined) => text ?? null;
  return {
    system: or(facts.system),
    environment: facts.environment ?? "PRODUCTION",
    expected: [
      { what: "Host", value: or(facts.host) },
      { what: "Database name", value: or(facts.database) },
      { what: "Size", value: or(facts.size) },
      ...Object.entries(facts.rows ?? {}).map(([table, rows]) => ({ what: `Rows in ${table}`, value: rows })),
      ...(Object.keys(facts.rows ?? {}).length === 0 ? [{ what: "Rows in a table you know", value: null }] : []),
    ],
    people: people(facts),
    breakGlass: or(facts.breakGlass),
    channel: or(facts.channel),
    offline: or(facts.offline),
    copies: [
      ...(facts.copies ?? []).map(({ place, kept, by, verified }) => ({
        place,
        kept: or(kept),
        by: or(by),
        verified: or(verified),
      })),
      ...Array.from({ length: BLANK_COPIES }, () => ({ place: null, kept: null, by: null, verified: null })),
    ],
  };
}

/** How long people took on game days of this disaster: a machine's time is a floor. */
function peopleView(result: DrillResult, past: readonly DrillResult[]) {
  const name = drillName(result.scenario);
  const people = pastOf(past).find((one) => one.name === name)?.people;
  if (people === undefined || people.medianRtaMs === null) return null;
  return { days: people.days, median: durationOr(people.medianRtaMs), worst: durationOr(people.worstRtaMs) };
}

/** The sections of a page that hold steps, in order, and the phases that each of them prints. */
const PAGE_SECTIONS = {
  contain: ["contain"],
  preserve: ["preserve"],
  locate: ["locate", "fetch"],
  restore: ["restore"],
  reopen: ["reopen"],
  normal: ["normal"],
} as const satisfies Readonly<Record<string, readonly Phase[]>>;
type Section = keyof typeof PAGE_SECTIONS;

const inPhases = (commands: readonly CommandRecord[], phases: readonly Phase[]) =>
  commands.filter(({ command }) => phases.includes(command.phase));

/** The number on the page of the first step that fits; null when there is none. */
function stepNumber(shown: readonly CommandRecord[], fits: (record: CommandRecord) => boolean): number | null {
  const at = shown.findIndex(fits);
  return at < 0 ? null : at + 1;
}

/** The step that one person may still take alone: the last before the first that cannot be taken back. */
const lastBefore = (step: number | null): number | null => (step === null || step === 1 ? null : step - 1);

/** What the operator sets first. What is known of somebody's own database is filled in, the rest is left to fill. */
function placesView({ places, scenario: { own } }: DrillResult, used: ReadonlySet<string>) {
  const database = own?.database;
  const isTheirs = (name: string, value: string) =>
    own !== undefined && value !== "" && (THEIRS.has(name) || value === database || value === `${database}_side`);
  const rows = Object.entries(places)
    .filter(([name]) => used.has(name))
    .map(([name, { meaning, value }]) => ({
      name,
      meaning,
      value: value === "" ? "set as you go" : value,
      here: isTheirs(name, value) ? value : null,
    }));
  const lines = rows.map(({ name, here }) => `export ${name}=${here === null ? "" : quote(here)}`);
  return { places: rows, exports: new Raw(lines.join("\n")) };
}

/** Places that are the same in a drill on somebody's own backups and on the night. */
const THEIRS: ReadonlySet<string> = new Set(["STORE", "POINT", "JOBS"]);

/** On what the page was drilled: a page with somebody's name on it must not be the shop's without saying so. */
function drilledOn({ scenario }: DrillResult, { system }: RunbookFacts): string {
  const { own } = scenario;
  if (own !== undefined) return `${own.name}, from its own backups; ${own.production} stood in for production`;
  if (system === undefined) return "a database made by the drill";
  return `a database made by the drill, NOT ${system}. To drill that one: fogbell run ${scenario.id} --on ${system}`;
}

/** The view that `runbooks/runbook.md.hbs` prints. */
export function runbookView(
  result: DrillResult,
  { past = [], goodForMs = GOOD_FOR_MS, facts: told = {} }: RunbookSettings = {},
) {
  const facts = withOwn(told, result);
  const commands = procedure(result);
  const drills = comparable(result, past);
  let number = 0;
  const part = (section: Section) =>
    inPhases(commands, PAGE_SECTIONS[section]).map((record) => step(record, ++number, normalOf(record, drills)));
  const sections = {
    contain: part("contain"),
    preserve: part("preserve"),
    locate: part("locate"),
    restore: part("restore"),
    reopen: part("reopen"),
    normal: part("normal"),
  };
  const chosen = result.sources.find((source) => source.chosen);
  // As numbered on the page: sections in order, and within each as it ran.
  const shown = Object.values(PAGE_SECTIONS).flatMap((phases) => inPhases(commands, phases));
  const used = new Set(commands.flatMap(({ command }) => command.uses));
  return {
    id: result.scenario.id,
    title: result.scenario.title,
    symptom: result.scenario.symptom ?? result.scenario.title,
    ...factsView(facts),
    engine: `${result.scenario.engine} ${result.scenario.version}`,
    runId: result.runId,
    drilled: moment(result.endedAt),
    verdict: verdictTitle(result),
    verdictMeaning: verdictMeaning(result),
    passed: result.verdict === "recovered",
    reasons: result.reasons,
    hash: procedureHash(commands),
    identity: new Raw(identityLine(identityOf(result, commands, drills))),
    expires: new Date(Date.parse(result.endedAt) + goodForMs).toISOString().slice(0, 10),
    drills: drills.length,
    gamedays: peopleView(result, past),
    version: result.fogbellVersion,
    rto: formatObjective(result.objectives.rtoMs),
    rpo: formatObjective(result.objectives.rpoMs),
    rta: durationOr(result.measured.rtaMs),
    rpa: durationOr(result.measured.rpaMs),
    datasetSize: result.dataset === null ? "not measured" : size(result.dataset.databaseBytes),
    from: chosen === undefined ? "none" : chosen.id,
    fromAge: chosen === undefined ? "unknown" : formatDuration(chosen.ageMs),
    ...placesView(result, used),
    drilledOn: drilledOn(result, facts),
    ...sections,
    slow: slowOrStuck(commands, drills),
    verify: result.findings
      .filter(({ group, line }) => group === "verify" && line > 0)
      .map(({ probe, subject, because }) => ({ probe, subject, because })),
    steps: number,
    stopStep: stepNumber(shown, ({ command }) => command.stopsWriters === true),
    lastSafeStep: lastBefore(stepNumber(shown, ({ command }) => command.destroys)),
  };
}

export function renderRunbook(
  result: DrillResult,
  templates: Templates,
  settings: RunbookSettings = {},
): Promise<string> {
  return renderPage(templates, runbookView(result, settings));
}
