/** The rules by which what was said of somebody's backup is right or wrong. Pure, so that the judge itself can be judged. */

/** A case as `cases/make.sh` wrote it down. */
export interface FieldCase {
  readonly id: string;
  /** The kind of trap: a fix is of the kind, not of the case. */
  readonly kind: string;
  readonly what: string;
  readonly steps: readonly string[];
  /** Right exit codes of the last `verify`; of `init` when it wrote no file. */
  readonly codes: ReadonlySet<number>;
  /** Expressions over all that was said, letter case ignored; empty: nothing is asked. */
  readonly must: string;
  readonly mustNot: string;
}

/** What is wrong with an answer, worst first. */
export const WRONGS = ["false good", "false bad", "refused wrongly", "not judged", "broken", "wrong words"] as const;
export type Wrong = (typeof WRONGS)[number];

export interface Fault {
  readonly wrong: Wrong;
  readonly why: string;
}

/** In no output, whatever the case. */
const NEVER: readonly (readonly [RegExp, string])[] = [
  [/please report this|FB_DEFECT|\b(Range|Type|Reference|Syntax)Error\b.*\n\s+at /, "a defect is reported"],
  [/(\btaken|\bis|^ *) -\d+(\.\d+)? ?(ms|s|m|h|d)\b/m, "an age below zero"],
];

const LISTING = /^=== backups$[\s\S]*?^\[exit -?\d+\]$/gm;
const STEP = /^=== (init|verify|backups)$[\s\S]*?^\[exit (-?\d+)\]$/gm;
const HOUR_MS = 3_600_000;

/** `{-26h}` is that day as 20261126 and `{F-26h}` as 2026-11-26, counted from when the inputs were made. */
function dated(text: string, madeAtMs: number): string {
  return text.replaceAll(/\{(F?)-(\d+)h\}/g, (_, form: string, hours: string) => {
    const day = new Date(madeAtMs - Number(hours) * HOUR_MS).toISOString().slice(0, 10);
    return form === "F" ? day : day.replaceAll("-", "");
  });
}

/** An expression of a case: `(?s)` and `(?m)` at its beginning are flags. */
export function expression(text: string, madeAtMs: number): RegExp {
  const [, flags = "", rest = ""] = /^(?:\(\?([sm]+)\))?([\s\S]*)$/.exec(text) ?? [];
  return new RegExp(dated(rest, madeAtMs), `i${flags}`);
}

function byCode(code: number, codes: ReadonlySet<number>): Fault | null {
  if (codes.has(code)) return null;
  if (code === 0) return { wrong: "false good", why: "" };
  if (code === 5) return { wrong: "refused wrongly", why: "" };
  if (code === 2 || code === 4) return { wrong: "not judged", why: "" };
  const isBadAnyway = [...codes].every((one) => one === 1 || one === 3);
  return { wrong: isBadAnyway ? "wrong words" : "false bad", why: "" };
}

/** Nothing but the right rows can be called right: a part that was taken for the whole is not. */
function withoutRows(code: number): Wrong {
  if (code === 0) return "false good";
  return code === 2 || code === 4 ? "not judged" : "wrong words";
}

function byWords(text: string, one: FieldCase, code: number, madeAtMs: number): Fault | null {
  const never = NEVER.find(([pattern]) => pattern.test(text));
  if (never !== undefined) return { wrong: "wrong words", why: never[1] };
  // What a verify must say is not looked for in the listing that follows it.
  const where = one.must.includes("=== verify") ? text.replaceAll(LISTING, "") : text;
  if (one.must !== "" && !expression(one.must, madeAtMs).test(where)) {
    const wrong = one.must.includes("rows") ? withoutRows(code) : "wrong words";
    return { wrong, why: `does not say /${dated(one.must, madeAtMs)}/` };
  }
  const said = one.mustNot === "" ? null : expression(one.mustNot, madeAtMs).exec(text);
  return said === null ? null : { wrong: "wrong words", why: `says ${JSON.stringify(said[0].slice(-60))}` };
}

/** The fault in what was said; null when it is right. */
export function judged(one: FieldCase, text: string, madeAtMs: number): Fault | null {
  const ends = [...text.matchAll(STEP)].map(([, step = "", code]) => ({ step, code: Number(code) }));
  const odd = ends.find(({ code }) => !(code >= 0 && code <= 5));
  if (odd !== undefined) return { wrong: "broken", why: `${odd.step} ended with ${odd.code}` };
  const verifies = ends.filter(({ step }) => step === "verify").map(({ code }) => code);
  const last = verifies.at(-1) ?? ends.findLast(({ step }) => step === "init")?.code;
  if (last === undefined) return { wrong: "broken", why: "neither init nor verify came to an end" };
  const [first] = verifies;
  if (verifies.length > 1 && first !== undefined && first !== 0) {
    return { wrong: byCode(first, new Set([0]))?.wrong ?? "not judged", why: "already the first night is not good" };
  }
  return byCode(last, one.codes) ?? byWords(text, one, last, madeAtMs);
}
