/**
 * What the first statements of a dump say about how it has to be loaded: before any table it drops what it makes, makes the
 * schema `public` that every database has, and tells the encoding of its text. An empty database refuses some of that,
 * and nothing is wrong with the dump.
 */
import type { BackupFacts } from "../../parts.ts";

type Start = Pick<BackupFacts, "goesAround" | "encoding" | "loadsFrom" | "limitsClient">;

/** Statements of one line that may come before what a dump is about; anything else ends its start. */
const BEFORE =
  /^(?:SET [a-z_]+ = [^;]*|SELECT pg_catalog\.set_config\('search_path', '', false\)|(?:CREATE|ALTER) SCHEMA .*|COMMENT ON SCHEMA .*|CREATE EXTENSION .*|\\(?:restrict|unrestrict|connect|encoding) .*|(?:CREATE|ALTER|DROP) DATABASE .*);?$/;
/** What `--clean` writes; the list of our filter, too. */
export const DROPS = "DROP |ALTER .* DROP |ALTER .* DETACH PARTITION |SELECT pg_catalog\\.lo_unlink";
const DROP = new RegExp(`^(?!.*\\bIF EXISTS\\b)(?:${DROPS}).*;$`);
const ANY_DROP = new RegExp(`^(?:${DROPS}|CREATE OR REPLACE VIEW |SELECT$|    NULL::)`);
const PUBLIC = /^CREATE SCHEMA public;$/;
const ENCODING = /^SET client_encoding = '(\w{1,30})';$/;

/** Settings that older servers do not have, and the version that brought them. */
const SETTINGS: readonly (readonly [string, number])[] = [["transaction_timeout", 17]];

/** Encodings that a database can have, but UTF8, which is what a database of ours has anyway. */
const ENCODINGS = /^(SQL_ASCII|LATIN\d{1,2}|ISO_8859_\d|WIN\d{3,4}|KOI8[RU]|EUC_(JP|CN|KR|TW|JIS_2004)|MULE_INTERNAL)$/;

const ownEncoding = (name: string | undefined): Start =>
  name !== undefined && ENCODINGS.test(name) ? { encoding: name } : {};

/** Of a plain dump's beginning, as far as it was read. `server`: the version it was taken from. */
export function startOf(head: string, server: string | undefined): Start {
  const around = new Set<"drops" | "public">();
  let encoding: string | undefined;
  let needs = 0;
  let isLimited = false;
  const lines = head.split("\n");
  // The last may be half a line.
  for (const raw of lines.slice(0, -1)) {
    const line = raw.replace(/\r$/, "");
    if (line === "" || line.startsWith("--")) continue;
    isLimited ||= line.startsWith("\\restrict ");
    if (DROP.test(line) && !/^DROP (DATABASE|ROLE|TABLESPACE) /.test(line)) around.add("drops");
    else if (PUBLIC.test(line)) around.add("public");
    else if (!BEFORE.test(line) && !ANY_DROP.test(line)) break;
    encoding ??= ENCODING.exec(line)?.[1];
    for (const [setting, version] of SETTINGS) if (line.startsWith(`SET ${setting} `)) needs = Math.max(needs, version);
  }
  return {
    ...(around.size === 0 ? {} : { goesAround: [...around] }),
    ...ownEncoding(encoding),
    ...(isLimited ? { limitsClient: true } : {}),
    ...(server !== undefined && needs > Number.parseInt(server, 10) ? { loadsFrom: String(needs) } : {}),
  };
}

/**
 * Of an archive's table of contents, where each text stands behind its length: no body of a function can look like that.
 * An older pg_restore does not read a newer program's archive.
 */
export function startOfArchive(bytes: Buffer, facts: Pick<BackupFacts, "serverVersion" | "toolVersion">): Start {
  const statement = "CREATE SCHEMA public;\n";
  const made = bytes.indexOf(
    `\u0000${String.fromCharCode(statement.length)}\u0000\u0000\u0000${statement}`,
    0,
    "latin1",
  );
  const encoding = /SET client_encoding = '(\w{1,30})';\n/.exec(bytes.toString("latin1", 0, 16_384))?.[1];
  const major = (version: string | undefined) => Number.parseInt(version ?? "", 10);
  const [server, tool] = [major(facts.serverVersion), major(facts.toolVersion)];
  return {
    ...(made < 0 ? {} : { goesAround: ["public"] }),
    ...ownEncoding(encoding),
    // Their formats changed with these. Source: src/bin/pg_dump/pg_backup_archiver.h, K_VERS_1_15 and K_VERS_1_16.
    ...(tool >= 16 && server < tool ? { loadsFrom: String(tool) } : {}),
  };
}
