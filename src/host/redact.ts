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
const ROW_VALUE_LINE = /^(.{0,300}?)\b(DETAIL|CONTEXT|STATEMENT|QUERY|LINE \d{1,9}):.*$/;

/**
 * Primary messages that carry a value: invalid input syntax for type integer: "4242-4242". All repetitions here are
 * bounded: output can be tens of megabytes on one line, and an unbounded one would take hours to look through it.
 */
const QUOTED_VALUE = /((?:invalid input|invalid byte|out of range|malformed|value)[^\n"]{0,300})"[^"\n]{0,10000}"/g;

/** user:password@ in any URL. */
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,200}):[^\s@/]{1,1000}@/gi;

/**
 * Makes a redactor that masks the given secrets (values of at least 4 characters) and everything of known secret shape.
 * `secrets` are exact values; overlapping ones are masked longest first.
 */
export function createRedactor(secrets: Iterable<string>): Redactor {
  const values = [...new Set(secrets)].filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const value of values) shown = shown.split(value).join(MASK);
    shown = shown
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
