/**
 * Nothing secret and no row value may reach a journal, a log or paper. Tool output becomes `Shown` only here.
 */

/** Text that passed the redactor. The brand can be made nowhere else. */
export type Shown = string & { readonly __shown: unique symbol };

export type Redactor = (text: string) => Shown;

const MASK = "•••";

/** Environment variables whose values are secrets, by the habits of the tools we run. */
const SECRET_NAME =
  /(PASSWORD|PASSWD|SECRET|TOKEN|_PWD$|^PWD_|ACCESS_KEY|API_KEY|PRIVATE|CREDENTIAL|SESSION_KEY|^FOGBELL_(NOTIFY_|PING$))/i;

/** Such a variable points at a secret and is not one itself. */
const POINTER_NAME = /(_FILE|_PATH|_DIR|_SOCK|_URL)$/i;

/**
 * PostgreSQL and its tools quote row values in these lines ("Key (email)=(a@b) already exists"); terse verbosity drops
 * most, but server logs and older tools do not honour it.
 */
const ROW_VALUE_LINE = /^(.{0,300}?)\b(DETAIL|CONTEXT|STATEMENT|QUERY|LINE \d{1,9}):.*$/s;

/**
 * Primary messages that carry a value: invalid input syntax for type integer: "4242-4242". All repetitions here are
 * bounded: output can be tens of megabytes on one line, and an unbounded one would take hours to look through it.
 */
const QUOTED_VALUE = /((?:invalid input|invalid byte|out of range|malformed|value)[^\n"]{0,300})"[^"\n]{0,10000}"/g;

/** user:password@ in any URL. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}):[^\s@/]{1,1000}@/gi;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Adds a span behind those that begin before it; one that touches the last makes it longer. */
function added(spans: Span[], { from, to }: Span): Span[] {
  const last = spans.at(-1);
  if (last === undefined || from > last.to) spans.push({ from, to });
  else spans[spans.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  return spans;
}

function spansOf(text: string, value: string): Span[] {
  const spans: Span[] = [];
  for (let from = text.indexOf(value); from >= 0; from = text.indexOf(value, from + 1))
    added(spans, { from, to: from + value.length });
  return spans;
}

/** All are looked for in the text as it was: what one of them covers would hide the rest of another. */
function masked(text: string, values: readonly string[]): string {
  const all = values.flatMap((value) => spansOf(text, value)).sort((a, b) => a.from - b.from);
  const spans = all.reduce(added, []);
  const kept = spans.map(({ from }, index) => text.slice(spans[index - 1]?.to ?? 0, from));
  return [...kept, text.slice(spans.at(-1)?.to ?? 0)].join(MASK);
}

/**
 * Makes a redactor that masks the given secrets (values of at least 4 characters) and everything of known secret shape.
 * `secrets` are exact values; of those that overlap in the text nothing is left.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const values = [...new Set(secrets)].filter((value) => value.length >= 4);
  return (text) => {
    const shown = masked(text, values)
      .replace(URL_PASSWORD, `$1:${MASK}@`)
      .replace(QUOTED_VALUE, `$1"${MASK}"`)
      .split("\n")
      .map((line) => line.replace(ROW_VALUE_LINE, `$1$2: ${MASK}`))
      .join("\n");
    return shown as Shown;
  };
}

/** The secret values in an environment, by variable name. */
export function secretsIn(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment)
    .filter(([name, value]) => SECRET_NAME.test(name) && !POINTER_NAME.test(name) && value !== undefined)
    .map(([, value]) => value as string);
}
