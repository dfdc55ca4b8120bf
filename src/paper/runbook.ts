/** The panic runbook: the very commands of a drill, in the order in which they ran, with what a tired person needs around them. */
import { sha256 } from "../host/digest.ts";
import { formatDuration } from "../host/units.ts";
import type { CommandRecord, DrillResult } from "../record.ts";
import { Raw, renderPage, type Templates } from "./format.ts";
import { durationOr, moment, recoveryCommands, size, VERDICT_MEANING } from "./words.ts";

/** So much longer than in the drill before anybody should worry: threefold, and never less than half a minute more. */
const WORRY_FACTOR = 3;
const WORRY_LEAST_MS = 30_000;
/** A drilled output longer than this helps nobody at two in the morning. */
const SHORT_OUTPUT_LINES = 6;

function step({ command, durationMs, stdoutTail, exitCode }: CommandRecord, number: number) {
  const lines = stdoutTail
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  return {
    number,
    say: command.say,
    script: new Raw(command.script),
    destroys: command.destroys,
    expect: command.expect ?? "Exit code 0.",
    seen: lines.length > 0 && lines.length <= SHORT_OUTPUT_LINES ? new Raw(lines.join("\n")) : null,
    normal: durationOr(durationMs),
    worry:
      durationMs === null ? null : formatDuration(Math.max(durationMs * WORRY_FACTOR, durationMs + WORRY_LEAST_MS)),
    ifNot: command.ifNot ?? "Stop. Call the commander.",
    failed: exitCode !== 0,
  };
}

/** Ties paper to result: the same commands, the same hash. */
export function procedureHash(commands: readonly CommandRecord[]): string {
  return sha256(commands.map(({ hash }) => hash).join("\n")).slice(0, 12);
}

function slowOrStuck(commands: readonly CommandRecord[]) {
  return commands
    .filter(({ command }) => command.progress !== undefined)
    .map(({ command, durationMs }) => ({
      say: command.say,
      script: new Raw(command.progress ?? ""),
      normal: durationOr(durationMs),
    }));
}

/** The view that `runbooks/runbook.md.hbs` prints. */
export function runbookView(result: DrillResult) {
  // A failed candidate's steps are part of the record, not of the procedure.
  const commands = recoveryCommands(result).filter(
    ({ command, exitCode }) => exitCode === 0 || command.phase !== "fetch",
  );
  let number = 0;
  const part = (...phases: string[]) =>
    commands.filter(({ command }) => phases.includes(command.phase)).map((record) => step(record, ++number));
  const sections = {
    contain: part("contain"),
    preserve: part("preserve"),
    locate: part("locate", "fetch"),
    restore: part("restore"),
    reopen: part("reopen"),
    normal: part("normal"),
  };
  const chosen = result.sources.find((source) => source.chosen);
  const used = new Set(commands.flatMap(({ command }) => command.uses));
  return {
    id: result.scenario.id,
    title: result.scenario.title,
    engine: `${result.scenario.engine} ${result.scenario.version}`,
    runId: result.runId,
    drilled: moment(result.endedAt),
    verdict: result.verdict.toUpperCase(),
    verdictMeaning: VERDICT_MEANING[result.verdict],
    passed: result.verdict === "recovered",
    reasons: result.reasons,
    hash: procedureHash(commands),
    version: result.fogbellVersion,
    rto: formatDuration(result.objectives.rtoMs),
    rpo: formatDuration(result.objectives.rpoMs),
    rta: durationOr(result.measured.rtaMs),
    rpa: durationOr(result.measured.rpaMs),
    datasetSize: result.dataset === null ? "not measured" : size(result.dataset.databaseBytes),
    from: chosen === undefined ? "none" : chosen.id,
    fromAge: chosen === undefined ? "unknown" : formatDuration(chosen.ageMs),
    places: Object.entries(result.places)
      .filter(([name]) => used.has(name))
      .map(([name, { meaning, value }]) => ({ name, meaning, value: value === "" ? "set while you go" : value })),
    ...sections,
    slow: slowOrStuck(commands),
    verify: result.findings
      .filter(({ group, line }) => group === "verify" && line > 0)
      .map(({ probe, subject, because }) => ({ probe, subject, because })),
    steps: number,
  };
}

export function renderRunbook(result: DrillResult, templates: Templates): Promise<string> {
  return renderPage(templates, runbookView(result));
}
