/** How a game day ended, for a terminal and for a program. */
import { join } from "node:path";
import type { ExitCode } from "../errors.ts";
import { NARROW_COLUMNS, wrap } from "../host/columns.ts";
import { pause } from "../host/stream.ts";
import { formatDuration } from "../host/units.ts";
import type { Verdict } from "../record.ts";
import { exitCodeOf } from "../result/verdict.ts";
import { AFTER_ACTION_FILE } from "./after-action.ts";
import { all } from "./events.ts";
import { MEANT_TO_BE_LOST, type Score, scoreOf, scoreText } from "./scoring.ts";
import { isPlayed, readLog, readSession } from "./session.ts";

const DRAFTED_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

export interface DayOutcome {
  readonly folder: string;
  readonly dayId: string;
  readonly abandoned: boolean;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly rtaMs: number | null;
  readonly rpaMs: number | null;
  readonly score: Score | null;
  /** False where the scenario is made so that nothing can bring the data back. */
  readonly isRecoverable: boolean;
  readonly scenario: string;
  readonly salt: string;
  readonly seal: string;
  readonly exitCode: ExitCode;
  readonly report: string;
}

/** The report is drafted from the finished log, a moment after its last line; a keeper that died drafts none. */
async function untilDrafted(folder: string): Promise<void> {
  for (const endMs = performance.now() + DRAFTED_WITHIN_MS; performance.now() < endMs; ) {
    if ((await readSession(folder)) === null || !(await isPlayed(folder))) return;
    await pause(LOOK_EVERY_MS);
  }
}

export async function outcomeOf(folder: string): Promise<DayOutcome> {
  await untilDrafted(folder);
  const events = await readLog(folder);
  const judged = all(events, "judged").at(-1);
  const revealed = all(events, "revealed").at(-1);
  const began = all(events, "day-began")[0];
  const verdict = judged?.verdict ?? "void";
  return {
    folder,
    dayId: began?.dayId ?? "",
    abandoned: all(events, "day-ended").at(-1)?.abandoned ?? true,
    verdict,
    reasons: judged?.reasons ?? [
      all(events, "stage").findLast(({ stage }) => stage === "over")?.because ?? "it did not end",
    ],
    rtaMs: judged?.rtaMs ?? null,
    rpaMs: judged?.rpaMs ?? null,
    score: scoreOf(events),
    isRecoverable: judged?.drilled?.isRecoverable ?? true,
    scenario: revealed?.scenario ?? "",
    salt: revealed?.salt ?? "",
    seal: began?.seal ?? "",
    exitCode: exitCodeOf({ verdict, interrupted: false, problems: [] }),
    report: join(folder, AFTER_ACTION_FILE),
  };
}

/** A reason can be as long as a list of tables; the report has the whole of it. */
const LONGEST_REASON = 220;
const shortened = (text: string) =>
  text.length <= LONGEST_REASON ? text : `${text.slice(0, LONGEST_REASON).replace(/\s+\S*$/, "")} …`;

const duration = (ms: number | null) => (ms === null ? "not measured" : formatDuration(ms));

export function closingText(outcome: DayOutcome): string {
  const { isRecoverable, verdict, reasons, rtaMs, rpaMs, score, scenario, seal, salt, report } = outcome;
  return [
    "",
    `${verdict.toUpperCase()}  RTA ${duration(rtaMs)}, RPA ${duration(rpaMs)}`,
    ...reasons.slice(0, 5).map((reason) => wrap(`  ${shortened(reason)}`, NARROW_COLUMNS)),
    ...(isRecoverable ? [] : [`  ${MEANT_TO_BE_LOST}`]),
    ...(score === null
      ? []
      : [
          `Team: ${scoreText(score)}${score.hardFails.length > 0 ? ", FAILED" : ""}`,
          ...score.hardFails.map((fail) => wrap(`  HARD FAIL: ${fail}`, NARROW_COLUMNS)),
          ...score.capabilities.map(
            (one) => `  ${one.name.padEnd(20)} ${String(one.points).padStart(3)} of ${one.of}  ${one.grade}`,
          ),
          ...score.deductions.map((one) => wrap(`  -${one.points}: ${one.because}`, NARROW_COLUMNS)),
        ]),
    wrap(`It was ${scenario}. The seal ${seal.slice(0, 16)}… opens with the salt ${salt}.`, NARROW_COLUMNS, 0),
    `Report: ${report}`,
    "",
  ].join("\n");
}
