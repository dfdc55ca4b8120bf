/**
 * What MariaDB's and MySQL's programs print about a failure, read: `ERROR 1062 (23000) at line 12: …`, a server's log,
 * mariadb-backup. Words are kept only where their shape is known.
 */
import { type ClientError, type ErrorReader, MASKED, readTool, unread } from "../../host/client-errors.ts";
import type { Unjudged } from "../../parts.ts";

const CLIENT =
  /^(?:(\w[\w-]{0,40}): )?(?:\w{1,20}: )?ERROR (\d{4,5})(?: \((\w{5})\))?(?: at line (\d{1,15})(?: in file: .{0,1000}?)?)?: (.*)$/i;

/** Shapes of messages that say what is missing here, with the name that is missing. */
const LACKS: readonly (readonly [RegExp, string])[] = [
  [/uses page size (\d+), but the innodb_page_size start-up parameter is \d+/, "page-size"],
  [/Unknown collation: '([\w.-]{1,60})'/, "no-collation"],
  [/Unknown character set: '([\w.-]{1,60})'/, "no-charset"],
  [/Unknown storage engine '([\w.-]{1,60})'/, "no-engine"],
  [/Plugin '([\w.-]{1,60})' is not loaded/, "no-plugin"],
  [/Unknown system variable '([\w.-]{1,60})'/, "no-variable"],
  [/No space left on device|The table '[^']{1,100}' is full/, "disk-full"],
  [/Access denied for user/, "no-entry"],
];

const masked = (words: string) =>
  words.replace(/(['"`])(?:(?!\1)[\s\S]|\1\1){0,10000}\1?/g, `'${MASKED}'`).slice(0, 200);

function read(line: string): ClientError | null {
  const [, client = "mariadb", code, , number, words = ""] = CLIENT.exec(line) ?? [];
  const lack = LACKS.find(([pattern]) => pattern.test(line));
  if (code === undefined && lack === undefined) return null;
  const found = lack?.[0].exec(line);
  return {
    client: client === "ERROR" ? "mariadb" : client,
    severity: "error",
    message: found?.[0] ?? masked(words),
    ...(code === undefined ? {} : { code }),
    ...(lack === undefined ? {} : { reason: lack[1] }),
    ...(found?.[1] === undefined ? {} : { named: found[1] }),
    ...(number === undefined ? {} : { line: Number(number) }),
  };
}

export const readErrors: ErrorReader = (text) => {
  const errors: ClientError[] = [];
  let strange = 0;
  for (const line of text.split(/\r?\n/)) {
    const error = read(line) ?? readTool(line, strange > 0);
    if (error !== null) errors.push(error);
    else if (line.trim() !== "" && errors.length === 0) strange += 1;
  }
  return strange > 0 && errors.length === 0 ? [unread(strange)] : errors;
};

/** Why a failure says nothing about the backup; else null. */
export function unjudged(errors: readonly ClientError[]): Unjudged | null {
  const lacks = new Set<string | undefined>(LACKS.map(([, reason]) => reason));
  const error = errors.find(({ reason }) => lacks.has(reason));
  return error === undefined ? null : { because: error.message };
}
