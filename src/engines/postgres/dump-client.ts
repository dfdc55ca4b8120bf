/** Commands of psql in the text of a dump: the few that pg_dump writes, and all others, which are refused. */

export type ClientCommand =
  | { readonly is: "limit" | "lift"; readonly key: string }
  | { readonly is: "quit" | "encoding" }
  | { readonly is: "connect"; readonly database: string }
  | { readonly is: "other"; readonly what: string };

/** pg_dump of August 2025 and later limits psql to its own end. Nothing else may stand in that line. */
const LIMIT = /^\\(restrict|unrestrict) ([A-Za-z0-9]+)[ \t]*\r?$/;
const ENCODING = /^\\encoding [A-Za-z0-9_]+[ \t]*\r?$/;
const CONNECT =
  /^\\(?:c|connect)[ \t]+(?:-reuse-previous=on[ \t]+)?("(?:[^"]|"")*"|[^\s"'`\\:;|-][^\s"'`\\:;|]*)[ \t]*\r?$/;
/** How pg_dump names a database that a shell or libpq would read as something else. */
const AS_SETTING = /^dbname='((?:[^'\\]|\\.)*)'$/;
const QUIT = /^\\(q|quit)([^A-Za-z]|$)/;

/** Source: PostgreSQL manual, psql, Meta-Commands; what stands in a record is from here and never from the dump. */
const KNOWN: ReadonlySet<string> = new Set(
  `! ? . ; a bind C c cd close_prepared conninfo connect copy copyright crosstabview d dt du df dn do dv dx e echo ef elif else
encoding endif endpipeline errverbose ev f flush g gdesc getenv gexec getresults gset gx h help H html i if include
include_relative ir l list lo_export lo_import lo_list lo_unlink o out p parse password print prompt pset q qecho quit r
reset restrict s sendpipeline set setenv sf startpipeline sv syncpipeline t T timing unrestrict unset w warn watch write x
z`.split(/\s+/),
);

export function readCommand(text: string): ClientCommand {
  const [, limit, key = ""] = LIMIT.exec(text) ?? [];
  if (limit !== undefined) return { is: limit === "restrict" ? "limit" : "lift", key };
  if (ENCODING.test(text)) return { is: "encoding" };
  if (QUIT.test(text)) return { is: "quit" };
  const argument = CONNECT.exec(text)?.[1];
  const database = argument === undefined ? null : databaseOf(argument);
  if (database !== null) return { is: "connect", database };
  const name = /^\\([A-Za-z_]+|.)/su.exec(text)?.[1] ?? "";
  return { is: "other", what: KNOWN.has(name) ? `\\${name}` : "a command of psql" };
}

function databaseOf(argument: string): string | null {
  const name = argument.startsWith('"') ? argument.slice(1, -1).replaceAll('""', '"') : argument;
  const setting = AS_SETTING.exec(name)?.[1];
  if (setting !== undefined) return setting.replace(/\\(.)/gs, "$1");
  return name.includes("=") || name.includes("://") || name === "" ? null : name;
}
