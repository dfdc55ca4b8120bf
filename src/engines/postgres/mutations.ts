/** Known ways to spoil a PostgreSQL copy: what a check of it should notice. Each prints what it was done to. */
import { printed } from "../../built-script.ts";
import type { FreshColumn, Mutation } from "../../parts.ts";
import { literal, placesOf, psql, regclass } from "./client.ts";
import { USER_SCHEMA } from "./questions.ts";
import { FED } from "./sequences.ts";

/** Sets variables from the one row of a query; without a row none is set, which is no error. */
const found = (query: string) => `SELECT x.* FROM (SELECT 1) one LEFT JOIN (${query}) x ON true \\gset`;

/** The largest table that `and` allows, as `target`. */
const largest = (columns: string, from: string, and: string) =>
  found(`SELECT c.oid::regclass AS target${columns}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ${from}
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND pg_relation_size(c.oid) > 0 AND ${USER_SCHEMA} ${and}
ORDER BY pg_relation_size(c.oid) DESC, 1 LIMIT 1`);

/** Triggers and keys would mend or refuse what is to be spoiled. */
const FREE = "SET session_replication_role = replica;";

function mutation(name: string, say: string, sql: string): Mutation {
  const built = psql(`SET search_path = '';\n${FREE}\n${sql}`, "production", "-At");
  return { name, line: { say, ...printed(built), uses: placesOf("production"), destroys: false } };
}

/** Only when something was found; then what it was done to. */
const when = (name: string, deed: string, subject: string) => `\\if :{?${name}}\n${deed}\nSELECT ${subject};\n\\endif`;

const isKey = `EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND a.attnum = ANY (k.conkey))`;
const COLUMN =
  "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' JOIN pg_type t ON t.oid = a.atttypid";
const MOMENTS =
  "(creat|insert|updat|modif|chang|happen|occur|logged|received|placed|_at$|_on$|^at$|^ts$|stamp|last_|beat_)";

/** The column that is declared to tell how new a copy is: it is aged whatever it is called and in whatever key. */
const declared = (fresh: FreshColumn) =>
  `c.oid = to_regclass(${regclass(fresh.table)}) AND a.attname = ${literal(fresh.column)} AND c.relkind IN ('r', 'p') AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)`;

/** Every column of moments that no key holds, and the declared one. */
function stale(fresh: FreshColumn | null): Mutation {
  const aged = `(c.relkind = 'r' AND NOT ${isKey} AND a.attname ~* '${MOMENTS}'
    AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)${fresh === null ? "" : ` OR ${declared(fresh)}`})`;
  const from = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ${COLUMN} WHERE ${USER_SCHEMA} AND ${aged}`;
  return mutation(
    "stale-by-a-week",
    "Make every moment a week older.",
    `${found(`SELECT c.oid::regclass AS target, quote_ident(a.attname) AS col ${from} ORDER BY ${fresh === null ? "" : `${declared(fresh)} DESC, `}pg_relation_size(c.oid) DESC, 1 LIMIT 1`)}
SELECT format('UPDATE %s SET %I = %I - interval ''7 days''', c.oid::regclass, a.attname, a.attname)
${from} \\gexec
${when("target", "", "'every moment, ' || :'target' || '.' || :'col' || ' among them'")}`,
  );
}

export const mutationsOf = (fresh: FreshColumn | null): readonly Mutation[] => [
  mutation(
    "table-emptied",
    "Empty the largest table.",
    `${largest("", "", "")}\n${when("target", "DELETE FROM :target;", ":'target'")}`,
  ),
  mutation(
    "rows-missing",
    "Take one row of a hundred out of the largest table.",
    `${largest("", "", "")}\n${when("target", "DELETE FROM :target WHERE ctid IN (SELECT ctid FROM :target ORDER BY ctid DESC LIMIT GREATEST(1, (SELECT count(*) / 100 FROM :target)));", ":'target'")}`,
  ),
  mutation(
    "column-nulled",
    "Empty a column.",
    `${largest(", quote_ident(a.attname) AS col", COLUMN, `AND NOT a.attnotnull AND t.typtype = 'b' AND NOT ${isKey}`)}\n${when("target", "UPDATE :target SET :col = NULL;", ":'target' || '.' || :'col'")}`,
  ),
  mutation(
    "constraint-gone",
    "Take a constraint away.",
    `${largest(", quote_ident(k.conname) AS con", "JOIN pg_constraint k ON k.conrelid = c.oid AND k.conparentid = 0 AND k.contype IN ('f', 'c', 'u', 'p')", "")}
${when("target", "SET client_min_messages = error;\nALTER TABLE :target DROP CONSTRAINT :con CASCADE;", ":'con'")}`,
  ),
  mutation(
    "sequence-behind",
    "Set a sequence back to its beginning.",
    `${found(`${FED} SELECT f.sequence::regclass AS target FROM numbered f JOIN pg_class s ON s.oid = f.sequence
JOIN pg_namespace n ON n.oid = s.relnamespace JOIN pg_sequences q ON q.schemaname = n.nspname AND q.sequencename = s.relname
WHERE ${USER_SCHEMA} AND q.last_value > 1 AND pg_relation_size(f.relation) > 0 ORDER BY q.last_value DESC LIMIT 1`)}
${when("target", "SELECT setval(:'target'::regclass, 1, false);", ":'target'")}`,
  ),
  stale(fresh),
  mutation(
    "value-changed",
    "Change one value in one row.",
    `${largest(", quote_ident(a.attname) AS col", COLUMN, `AND a.atttypid IN ('int4'::regtype, 'int8'::regtype, 'numeric'::regtype) AND NOT ${isKey}`)}
${when("target", "UPDATE :target SET :col = :col + 1 WHERE ctid = (SELECT ctid FROM :target WHERE :col IS NOT NULL LIMIT 1);", ":'target' || '.' || :'col'")}`,
  ),
];
