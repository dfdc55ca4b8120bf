/** What a person typed, fit for a log that others read: no password, no value of a row. Pure. */
import type { Redactor, Shown } from "../host/redact.ts";

const MASK = "•••";

/** Passwords as the tools take them. Repetitions are bounded: a pasted file can be one line of megabytes. */
const PASSWORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(password|passwd|pwd|secret|token)(\s{0,9}[=:]?\s{0,9})'[^'\n]{0,500}'/gi, `$1$2'${MASK}'`],
  [/\b(identified\s{1,9}by\s{0,9})'[^'\n]{0,500}'/gi, `$1'${MASK}'`],
  [/(--password=|\s-p(?!ath|rint|orts?|\d{1,5}\b)(?=[^\s-]{4}))[^\s]{1,500}/g, `$1${MASK}`],
  [/\b([A-Z_]{0,40}(?:PASSWORD|PASSWD|SECRET|TOKEN|_PWD|ACCESS_KEY|API_KEY)[A-Z_]{0,20}=)[^\s]{1,500}/g, `$1${MASK}`],
  [/(authorization:\s{0,9}\w{1,20}\s{1,9})[^\s"']{1,500}/gi, `$1${MASK}`],
];

/** Constants that SQL compares with or writes: they are what rows hold. */
const VALUES =
  /((?:=|<>|!=|(?<!<)<|>|\blike|\bilike|\bin\s{0,9}\(|\bvalues\s{0,9}\(|,|\bbetween|\b(?:and|or|not|where|select|when|then|else))\s{0,9})'(?:[^'\n]|''){0,500}'/gi;

const SQL = /\b(select|insert|update|delete|where|values|set)\b/i;

/** Whatever was typed is data to us: it is masked, cut and made printable, and never run. */
export function maskCommand(text: string, redact: Redactor): Shown {
  let shown = text.slice(0, 4000);
  for (const [pattern, mask] of PASSWORDS) shown = shown.replace(pattern, mask);
  if (SQL.test(shown)) shown = shown.replace(VALUES, `$1'${MASK}'`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they move the cursor of whoever reads the log
  shown = shown.replace(/[\u0000-\u0008\u000b-\u001f\u007f\u0080-\u009f]/g, "\uFFFD");
  return redact(shown);
}
