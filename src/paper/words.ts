/** Numbers and moments as the paper writes them, and the parts of a view that both pages share. Pure. */
import { formatBytes, formatDuration } from "../host/units.ts";
import { type CommandRecord, type DrillResult, MARK_MEANING, MARKS, type Verdict } from "../record.ts";

type Kind = "drill" | "verify";
/** What a verdict must be known with to be said: a verify damages nothing, so nothing is "recovered" there. */
type Said = Pick<DrillResult, "verdict"> & { readonly scenario: { readonly kind?: "verify" | undefined } };

/** What people read for each verdict. Records, exit codes, metrics and `--json` keep the verdicts' own names. */
const WORDS: Readonly<Record<Kind, Readonly<Record<Verdict, string>>>> = {
  drill: { recovered: "recovered", late: "late", lost: "lost", void: "void", refused: "refused" },
  verify: { recovered: "good", late: "late", lost: "bad", void: "can't tell", refused: "refused" },
};

const MEANINGS: Readonly<Record<Kind, Readonly<Record<Verdict, string>>>> = {
  drill: {
    recovered: "the data is back, proven, and within its objectives",
    late: "the data is back, but an objective was missed",
    lost: "data is missing or wrong",
    void: "could not be judged, so it proves nothing",
    refused: "stopped by a safety rule",
  },
  verify: {
    recovered: "the backup restored, and every check passed, within its objectives",
    late: "the backup restored and every check passed, but an objective was missed",
    lost: "the backup is faulty or incomplete",
    void: "could not be judged, so it proves nothing",
    refused: "stopped by a safety rule",
  },
};

/** `recovered` of a drill, `good` of a verify. */
export function verdictWord({ verdict, scenario }: Said): string {
  return WORDS[scenario.kind ?? "drill"][verdict];
}

/** The verdict as a headline has it: `RECOVERED`, `CAN'T TELL`. */
export function verdictTitle(said: Said): string {
  return verdictWord(said).toUpperCase();
}

/** What the verdict means, as the rest of a sentence. */
export function verdictMeaning({ verdict, scenario }: Said): string {
  return MEANINGS[scenario.kind ?? "drill"][verdict];
}

export const NOT_MEASURED = "not measured";

/** A duration in milliseconds, or that it was not measured. */
export function durationOr(durationMs: number | null | undefined): string {
  return durationMs === null || durationMs === undefined ? NOT_MEASURED : formatDuration(durationMs);
}

/** A number with its thousands separated, or that it was not measured. */
export function numberOr(number: number | null): string {
  return number === null ? NOT_MEASURED : number.toLocaleString("en-US");
}

/** `2026-11-20 22:01:45 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 19).replace("T", " ")} UTC`;
}

export function size(bytes: number): string {
  return formatBytes(bytes);
}

/** Commands that people would type, in the order in which they ran. */
export function recoveryCommands(result: DrillResult): CommandRecord[] {
  const phases = ["contain", "preserve", "locate", "fetch", "restore", "reopen", "normal"];
  return result.commands.filter(({ command }) => phases.includes(command.phase));
}

/** T0 … T9: when, and how long since the one before that was reached. */
export function clockRows(result: DrillResult) {
  let before: number | undefined;
  const origin = result.marks.T0;
  return MARKS.map((mark) => {
    const at = result.marks[mark];
    const row = {
      mark,
      meaning: MARK_MEANING[mark],
      sinceDamage: at === undefined || origin === undefined ? "not reached" : formatDuration(at - origin),
      step: at === undefined || before === undefined ? "" : formatDuration(at - before),
    };
    if (at !== undefined) before = at;
    return row;
  });
}

/**
 * What would have passed everything that was asked of this copy, by what was asked: measured, and listed in
 * docs/verify.md. Without a last good copy nothing says how many rows or guards there should be.
 */
export function unnoticed({ findings }: Pick<DrillResult, "findings">): string {
  // Only a comparison with the last good copy counts what is gone.
  const isCompared = findings.some(({ measured }) => measured?.gone !== undefined);
  const missing = isCompared
    ? ["up to half of a table's rows missing"]
    : ["missing rows that nothing refers to", "a missing view, index or constraint"];
  return `${["changed values", "an emptied column", ...missing.slice(0, -1)].join(", ")} and ${missing.at(-1)}`;
}
