/**
 * What a client program says about a failure, as values: its code, its words without a row in them, its place. A client
 * quotes the statement or the row that it failed at; nothing of that may reach a record, so that what no reader of its
 * form understood is left out.
 */
import { MASKED, plainLines, plainWords } from "./plain-words.ts";

/** One failure, as far as it may be written down: never a statement, never a value of a row. */
export interface ClientError {
  /** The program that said it: `psql`, `pg_restore`, `mariadb`, `gzip`. */
  readonly client: string;
  readonly severity: "error" | "warning";
  /** The server's own code: an SQLSTATE, an error number. */
  readonly code?: string;
  /** The client's words with every literal masked, or the name of the code's condition. */
  readonly message: string;
  /** The engine's own word for what is wrong, for its own judgement: `no-extension`. */
  readonly reason?: string;
  /** What the reason is about, by its name: the extension. */
  readonly named?: string;
  /** Line of the file, or of what was fed in, at which the statement ended. */
  readonly line?: number;
  /** What it happened to: a table, a constraint. */
  readonly object?: string;
  /** The first words of the statement, without a name: `CREATE SCHEMA`, `COPY`. */
  readonly statementKind?: string;
}

/** Reads what one engine's programs print on standard error. Total: whatever comes, it never throws. */
export type ErrorReader = (text: string) => readonly ClientError[];

export { MASKED };

/** One line for people: `pg_restore: REFRESH MATERIALIZED VIEW public.totals: relation "•••" does not exist (42P01)`. */
export function describeError({ client, message, code, line, statementKind, object }: ClientError): string {
  const where = line === undefined ? client : `${client}, line ${line}`;
  const what = [statementKind, object].filter((part) => part !== undefined).join(" ");
  return `${where}: ${what === "" ? "" : `${what}: `}${message}${code === undefined ? "" : ` (${code})`}`;
}

/** What stands in a record instead of a command's standard error. */
export const shownErrors = (errors: readonly ClientError[]): string => errors.map(describeError).join("\n");

/** The first that ended something, or what was said at all. */
export const firstError = (errors: readonly ClientError[]): ClientError | undefined =>
  errors.find(({ severity }) => severity === "error") ?? errors[0];

/** Programs that know no rows: of theirs every word may be written down. */
const TOOLS =
  /^(?:\/[\w./-]*\/)?(awk|bzip2|cat|cp|cut|dd|dash|find|gawk|grep|gunzip|gzip|head|lz4|mawk|mkdir|mkfifo|mv|rm|sed|sh|sort|tail|tar|tee|test|timeout|touch|unxz|unzip|xz|zcat|zstd|env|stat|sha256sum|tr|wc|xargs|ln|ls|du|df|mktemp|nc|openssl)$/;

/** The words of the system for what it refused, and of tools that unpack: no value can stand in them. */
const PLAIN_WORDS =
  /No space left on device|Permission denied|No such file or directory|Cannot allocate memory|Input\/output error|Broken pipe|unexpected end of file|not in gzip format|crc error|invalid compressed data|Killed|not found|Is a directory|File exists|Disk quota exceeded|Read-only file system/;

const LONGEST_CHARS = 300;

/**
 * A line by a program that knows no rows, or null. `isInside`: it may be the rest of somebody else's message, which can
 * hold anything, so that only the system's own words count.
 */
export function readTool(line: string, isInside: boolean): ClientError | null {
  const at = line.indexOf(": ");
  const name = TOOLS.exec(line.slice(0, Math.max(0, at)))?.[1];
  if (name === undefined) return null;
  const said = line.slice(at + 2, at + 2 + LONGEST_CHARS);
  const plain = PLAIN_WORDS.exec(said)?.[0];
  const message = isInside ? plain : said;
  if (message === undefined) return null;
  return {
    client: name,
    severity: "error",
    message,
    ...(plain === "No space left on device" || plain === "Disk quota exceeded" ? { reason: "disk-full" } : {}),
    ...(plain === "Cannot allocate memory" || plain === "Killed" ? { reason: "no-memory" } : {}),
  };
}

/** In place of lines whose form nobody knows: what they say may be a row. */
export const unread = (lines: number): ClientError => ({
  client: "a program",
  severity: "error",
  message: `it printed ${lines === 1 ? "a line" : `${lines} lines`} in a form that is not read here, because it may hold rows`,
});

/** So many lines of a script are kept. */
export const SCRIPT_LINES = 12;

/**
 * Reads what somebody's own script prints on standard error: of the engine's programs the codes, and of everything only
 * plain words, because a script prints what it likes and can pose as any program.
 */
export const readScript =
  (readErrors: ErrorReader): ErrorReader =>
  (text) => {
    const coded = readErrors(text).flatMap(({ client, severity, code, message, line }): ClientError[] =>
      code === undefined
        ? []
        : [{ client, severity, code, message: plainWords(message), ...(line === undefined ? {} : { line }) }],
    );
    if (coded.length > 0) return coded.slice(-SCRIPT_LINES);
    return plainLines(text, SCRIPT_LINES).map((message) => ({ client: "script", severity: "error", message }));
  };
