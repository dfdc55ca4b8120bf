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

/** A statement, not a sentence that happens to have such a word. */
const STATEMENT =
  /\bselect\b[\s\S]{0,2000}\bfrom\b|\binsert\s{1,9}into\b|\bupdate\b[\s\S]{0,200}\bset\b|\bdelete\s{1,9}from\b|\bvalues\s{0,9}\(/i;

const SQL = /\b(select|insert|update|delete|where|values|set)\b/i;

/** Characters that move the cursor of whoever reads them, or turn the direction of the text around them. */
export const printable = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069]/g, "\uFFFD");

function masked(text: string, isSql: RegExp, redact: Redactor): Shown {
  let shown = text;
  for (const [pattern, mask] of PASSWORDS) shown = shown.replace(pattern, mask);
  if (isSql.test(shown)) shown = shown.replace(VALUES, `$1'${MASK}'`);
  return redact(printable(shown));
}

/** Whatever was typed is data to us: it is masked, cut and made printable, and never run. */
export const maskCommand = (text: string, redact: Redactor): Shown => masked(text.slice(0, 4000), SQL, redact);

/** What people say is kept whole; a secret and a pasted statement's values are masked in it all the same. */
export const maskWords = (text: string, redact: Redactor): Shown => masked(text, STATEMENT, redact);

/** Who somebody says they are: a word or a name, and nothing that could be taken for more. */
export const plainName = (text: string): string => printable(text).replace(/\s+/g, " ").trim().slice(0, 60);
