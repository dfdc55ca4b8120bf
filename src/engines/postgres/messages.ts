/**
 * PostgreSQL's own words about what fails in a restore, as shapes with holes. Only a message of a known shape is written
 * down, with its holes masked unless they hold a name of the catalogue or of what is missing: any other text, such as that
 * of a RAISE, can carry a row, and is replaced by its code's condition.
 */
import { MASKED } from "../../host/client-errors.ts";

/**
 * Holes: `{n}` a name, shown when it looks like one; `{v}` a value, never shown; `{k}` words of the language (a type, an
 * option); `{d}` digits and hex; `{p}` a path of the server's machine. The first name that is shown is what a reason is about.
 */
interface Shape {
  readonly text: string;
  readonly reason?: string;
}

const shape = (text: string, reason?: string): Shape => (reason === undefined ? { text } : { text, reason });

const SHAPES: readonly Shape[] = [
  // What this machine, this version or this sandbox lacks.
  shape('extension "{n}" is not available', "no-extension"),
  shape('could not open extension control file "{p}": {k}', "no-extension-file"),
  shape('extension "{n}" has no installation script nor update path for version "{n}"', "no-extension"),
  shape('extension "{n}" must be loaded via shared_preload_libraries', "not-preloaded"),
  shape("pg_cron can only be loaded via shared_preload_libraries", "not-preloaded"),
  shape("{n} must be loaded via shared_preload_libraries", "not-preloaded"),
  shape("{n} must be loaded via shared_preload_libraries.", "not-preloaded"),
  shape('could not access file "{p}": {k}', "no-library"),
  shape('could not load library "{p}": {k}', "no-library"),
  shape('could not open dictionary file "{p}": {k}', "no-dictionary"),
  shape('could not open affix file "{p}": {k}', "no-dictionary"),
  shape('could not open stop-word file "{p}": {k}', "no-dictionary"),
  shape('could not open thesaurus file "{p}": {k}', "no-dictionary"),
  shape('could not open synonym file "{p}": {k}', "no-dictionary"),
  shape('collation "{n}" for encoding "{n}" does not exist', "no-collation"),
  shape('collation "{n}" does not exist', "no-collation"),
  shape('could not create locale "{n}": {k}', "no-locale"),
  shape('could not open collator for locale "{n}": {k}', "no-locale"),
  shape('ICU locale "{n}" has unknown language "{n}"', "no-locale"),
  shape("ICU is not supported in this build", "no-locale"),
  shape("database locale is incompatible with operating system", "no-locale"),
  shape('invalid locale name: "{n}"', "no-locale"),
  shape('invalid LC_COLLATE locale name: "{n}"', "no-locale"),
  shape('invalid LC_CTYPE locale name: "{n}"', "no-locale"),
  shape('tablespace "{n}" does not exist', "no-tablespace"),
  shape('invalid value for parameter "default_tablespace": "{n}"', "no-tablespace"),
  shape('invalid value for parameter "default_table_access_method": "{n}"', "no-access-method"),
  shape('invalid value for parameter "{n}": "{v}"'),
  shape('unrecognized configuration parameter "{n}"', "no-setting"),
  shape('language "{n}" does not exist', "no-language"),
  shape('access method "{n}" does not exist', "no-access-method"),
  shape('foreign-data wrapper "{n}" does not exist', "no-wrapper"),
  shape('text search template "{n}" does not exist', "no-dictionary"),
  shape('unrecognized parameter "{n}"', "no-option"),
  shape('unrecognized parameter namespace "{n}"', "no-option"),
  shape("no pg_hba.conf entry for {v}", "no-entry"),
  shape('password authentication failed for user "{n}"', "no-entry"),
  shape('role "postgres" does not exist', "no-entry"),
  shape('configuration file "{p}" contains errors', "settings-elsewhere"),
  // What ran out.
  shape('could not extend file "{p}": {k}', "disk-full"),
  shape('could not write to file "{p}": {k}', "disk-full"),
  shape("could not write block {d} of temporary file: {k}", "disk-full"),
  shape("could not write to hash-join temporary file: {k}", "disk-full"),
  shape("out of memory", "no-memory"),
  shape("out of shared memory", "too-many-locks"),
  shape("invalid memory alloc request size {d}", "no-memory"),
  shape("could not resize shared memory segment {v}", "no-memory"),
  shape("sorry, too many clients already", "no-memory"),
  shape("could not fork new process for connection: {k}", "no-memory"),
  shape("terminating connection due to administrator command", "stopped"),
  shape("terminating connection because of crash of another server process", "stopped"),
  shape("server closed the connection unexpectedly", "stopped"),
  shape("the database system is {k}", "stopped"),
  shape("canceling statement due to {k}", "cancelled"),
  // The program is not of this backup's version.
  shape("unsupported version ({d}) in file header", "no-version"),
  shape("this build does not support compression with {k}", "no-compression"),
  shape("compression is not supported by this installation", "no-compression"),
  shape("cannot restore from compressed archive (compression not supported in this installation)", "no-compression"),
  shape("cannot restore from compressed archive (not configured for compression support)", "no-compression"),
  // An archive that is none, or not whole, in pg_restore's words.
  shape('could not open input file "{p}": {k}'),
  shape("could not open input file: {k}"),
  shape("could not read from input file: {k}"),
  shape("did not find magic string in file header"),
  shape("input file does not appear to be a valid archive"),
  shape("input file does not appear to be a valid archive (too short?)"),
  shape("input file appears to be a text format dump. Please use psql."),
  shape('directory "{p}" does not appear to be a valid archive ("toc.dat" does not exist)'),
  shape("unrecognized data block type ({d}) while {k}"),
  shape("found unexpected block ID ({d}) when reading data -- expected {d}"),
  shape("could not uncompress data: {k}"),
  shape("corrupt tar header found in {k} (expected {d}, computed {d}) file position {d}"),
  shape("entry ID {d} out of range -- perhaps a corrupt TOC"),
  shape("errors ignored on restore: {d}"),
  // Faults of what is restored.
  shape('schema "{n}" already exists', "exists"),
  shape('relation "{n}" already exists', "exists"),
  shape('database "{n}" already exists', "exists"),
  shape('role "{n}" already exists', "exists"),
  shape('extension "{n}" already exists', "exists"),
  shape('language "{n}" already exists', "exists"),
  shape('type "{n}" already exists', "exists"),
  shape('function "{n}" already exists with same argument types', "exists"),
  shape('constraint "{n}" for relation "{n}" already exists', "exists"),
  shape('multiple primary keys for table "{n}" are not allowed', "exists"),
  shape('role "{n}" does not exist', "no-role"),
  shape('role name "{n}" is reserved', "reserved-role"),
  shape('database "{v}" does not exist', "no-object"),
  shape('schema "{v}" does not exist', "no-object"),
  shape('relation "{v}" does not exist', "no-object"),
  shape('table "{v}" does not exist', "no-object"),
  shape('view "{v}" does not exist', "no-object"),
  shape('materialized view "{v}" does not exist', "no-object"),
  shape('index "{v}" does not exist', "no-object"),
  shape('sequence "{v}" does not exist', "no-object"),
  shape('type "{v}" does not exist', "no-object"),
  shape('column "{v}" does not exist', "no-object"),
  shape('column "{v}" of relation "{n}" does not exist', "no-object"),
  shape('constraint "{v}" of relation "{n}" does not exist', "no-object"),
  shape("function {v} does not exist", "no-object"),
  shape("operator does not exist: {v}", "no-object"),
  shape('server "{v}" does not exist', "no-object"),
  shape('extension "{v}" does not exist', "no-object"),
  shape("large object {d} does not exist", "no-object"),
  shape('duplicate key value violates unique constraint "{n}"', "duplicate"),
  shape('could not create unique index "{n}"', "duplicate"),
  shape('new row for relation "{n}" violates check constraint "{n}"', "check"),
  shape('check constraint "{n}" of relation "{n}" is violated by some row', "check"),
  shape('null value in column "{n}" of relation "{n}" violates not-null constraint', "null"),
  shape('column "{n}" of relation "{n}" contains null values', "null"),
  shape('insert or update on table "{n}" violates foreign key constraint "{n}"', "no-parent"),
  shape('update or delete on table "{n}" violates foreign key constraint "{n}" on table "{n}"', "no-parent"),
  shape('no partition of relation "{n}" found for row', "no-partition"),
  shape('invalid input syntax for type {k}: "{v}"', "not-a-value"),
  shape("invalid input syntax for type {k}", "not-a-value"),
  shape('invalid input value for enum {n}: "{v}"', "not-a-value"),
  shape('value "{v}" is out of range for type {k}', "not-a-value"),
  shape('date/time field value out of range: "{v}"', "not-a-value"),
  shape("value too long for type {k}", "not-a-value"),
  shape("numeric field overflow", "not-a-value"),
  shape('malformed array literal: "{v}"', "not-a-value"),
  shape('malformed record literal: "{v}"', "not-a-value"),
  shape('invalid byte sequence for encoding "{n}": {d}', "encoding"),
  shape('character with byte sequence {d} in encoding "{n}" has no equivalent in encoding "{n}"', "encoding"),
  shape("unsupported Unicode escape sequence", "encoding"),
  shape('missing data for column "{n}"', "broken-row"),
  shape("extra data after last expected column", "broken-row"),
  shape("literal carriage return found in data", "broken-row"),
  shape("literal newline found in data", "broken-row"),
  shape("end-of-copy marker corrupt", "broken-row"),
  shape("end-of-copy marker does not match previous newline style", "broken-row"),
  shape("unexpected EOF on client connection with an open transaction", "broken-row"),
  shape('syntax error at or near "{v}"', "syntax"),
  shape("syntax error at end of input", "syntax"),
  shape('unterminated quoted string at or near "{v}"', "syntax"),
  shape('unterminated dollar-quoted string at or near "{v}"', "syntax"),
  shape('unterminated quoted identifier at or near "{v}"', "syntax"),
  shape('trailing junk after numeric literal at or near "{v}"', "syntax"),
  shape("INSERT has more expressions than target columns", "syntax"),
  shape("INSERT has more target columns than expressions", "syntax"),
  shape("current transaction is aborted, commands ignored until end of transaction block", "aborted"),
  shape('materialized view "{n}" has not been populated', "not-populated"),
  shape("permission denied for {k} {n}", "denied"),
  shape("must be owner of {k} {n}", "denied"),
  shape("must be superuser to {k}", "denied"),
  shape('permission denied to {k} "{n}"', "denied"),
  shape("invalid page in block {d} of relation {p}", "damaged-page"),
  shape('could not read block {d} in file "{p}": {k}', "damaged-page"),
  shape("missing chunk number {d} for toast value {d} in {n}", "damaged-page"),
  // A server that starts on a copy of files, and goes through a log.
  shape("recovery ended before configured recovery target was reached", "no-target"),
  shape("requested recovery stop point is before consistent recovery point", "no-target"),
  shape("requested timeline {d} is not a child of this server's history", "no-timeline"),
  shape("recovery target timeline {d} does not exist", "no-timeline"),
  shape("could not locate required checkpoint record", "no-checkpoint"),
  shape("could not locate a valid checkpoint record", "no-checkpoint"),
  shape("could not locate a valid checkpoint record at {d}", "no-checkpoint"),
  shape("WAL ends before end of online backup", "log-ends"),
  shape("WAL ends before consistent recovery point", "log-ends"),
  shape("database files are incompatible with server", "incompatible"),
  shape("incorrect checksum in control file", "damaged-page"),
  shape("recovery aborted because of insufficient parameter settings", "incompatible"),
  shape("backup_label contains data inconsistent with control file", "incompatible"),
  shape('could not restore file "{p}" from archive: {k}', "no-log"),
  shape('data directory "{p}" has {k}', "incompatible"),
  shape('could not open file "{p}": {k}', "no-file"),
  shape('could not open directory "{p}": {k}', "no-file"),
  shape('could not read file "{p}": {k}', "no-file"),
  shape("could not access status of transaction {d}", "damaged-page"),
  shape("invalid checkpoint record", "no-checkpoint"),
  shape('connection to server on socket "{p}" failed: {k}', "no-connection"),
];

/** A name as people and tools choose them. Anything else in a name's place may be what a row holds. */
const NAME = /^(?=.{1,130}$)[\p{L}_][\p{L}\p{N}_$.-]*(@(euro|latin|cyrillic|valencia|devanagari))?$/u;
const HOLES: Readonly<Record<string, string>> = {
  n: "(.{1,300}?)",
  v: "([\\s\\S]*)",
  k: "([\\w ,:()'.-]{1,120})",
  d: "([0-9a-fx. ]{1,80})",
  p: "([\\w ./$\\\\-]{1,300})",
};

interface Compiled extends Shape {
  readonly pattern: RegExp;
  /** The kind of each hole, in order. */
  readonly holes: readonly string[];
}

const PARTS = /\{([nvkdp])\}/g;

function compile(one: Shape): Compiled {
  const escaped = one.text.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
  const source = escaped.replace(PARTS, (_, hole: string) => HOLES[hole] ?? "");
  return {
    ...one,
    pattern: new RegExp(`^${source}$`, "u"),
    holes: [...one.text.matchAll(PARTS)].map((found) => found[1] ?? ""),
  };
}

const COMPILED = SHAPES.map(compile);

/** The system's words behind a path say more than the shape: a full disk, no memory. */
function narrowed(reason: string | undefined, said: string): string | undefined {
  if (/No space left on device|Disk quota exceeded/.test(said)) return "disk-full";
  if (/Cannot allocate memory/.test(said)) return "no-memory";
  return reason;
}

export interface KnownMessage {
  readonly message: string;
  readonly reason?: string;
  readonly named?: string;
}

const LONGEST_CHARS = 2000;

/** A message of a known shape with its holes masked; null: no shape of ours, so that nobody knows what is in it. */
export function knownMessage(text: string): KnownMessage | null {
  if (text.length > LONGEST_CHARS) return knownStart(text);
  for (const { pattern, holes, text: words, reason } of COMPILED) {
    const found = pattern.exec(text);
    if (found === null) continue;
    let at = 0;
    let named: string | undefined;
    const message = words.replace(PARTS, () => {
      const [hole, value = ""] = [holes[at], found[at + 1]];
      at += 1;
      if (hole === "v" || (hole === "n" && !NAME.test(value))) return MASKED;
      if (hole === "n" || hole === "p") named ??= value;
      return value;
    });
    const why = narrowed(reason, text);
    return {
      message,
      ...(why === undefined ? {} : { reason: why }),
      ...(named === undefined ? {} : { named }),
    };
  }
  return null;
}

/** Of a message that is too long for its shape, because a row makes it long: the words before the row. */
function knownStart(text: string): KnownMessage | null {
  const start = COMPILED.find(({ text: words, holes }) => {
    const before = words.indexOf("{");
    return holes.length === 1 && before >= 12 && text.startsWith(words.slice(0, before));
  });
  return start === undefined
    ? null
    : { message: start.text.replace(PARTS, MASKED), ...(start.reason === undefined ? {} : { reason: start.reason }) };
}
