/** What is asked of a PostgreSQL copy that nobody knows yet: roles before it, and afterwards whether it holds together. */
import { printed } from "../../built-script.ts";
import { offsetMinutes } from "../../host/time-zone.ts";
import type { CopyPhrases, LargeObjects, Line, NewestRowRequest, PlaceTable } from "../../parts.ts";
import { unjudged } from "./blame.ts";
import { identifier, literal, placesOf, psql, qualified, question, READ_ONLY, regclass } from "./client.ts";
import { collations } from "./collations.ts";
import { LARGE_OBJECTS } from "./digests.ts";
import { withoutEventTriggers } from "./event-triggers.ts";
import { readKeys } from "./foreign-keys.ts";
import { heldMoment } from "./moment.ts";
import { mutationsOf } from "./mutations.ts";
import { prepare } from "./prepare.ts";
import { USER_SCHEMA } from "./questions.ts";
import { survey, surveyRoles } from "./survey.ts";

function atCopy(places: PlaceTable): PlaceTable {
  const { SIDE_HOST: host, SIDE_DATABASE: database } = places;
  return {
    ...places,
    ...(host === undefined ? {} : { PGHOST: { meaning: "The server with the restored copy.", value: host.value } }),
    ...(database === undefined ? {} : { PGDATABASE: { meaning: "The copy.", value: database.value } }),
  };
}

/** Every table by its full name, as the reader of dumps tells them. */
function tablesThere(): Line {
  return question(
    "List the tables of the copy.",
    `SELECT to_json(n.nspname || '.' || c.relname) FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND ${USER_SCHEMA} ORDER BY n.nspname, c.relname;`,
  );
}

function databases(): Line {
  return question(
    "List the databases of the restored server, largest first.",
    `SELECT datname FROM pg_database
WHERE NOT datistemplate AND datallowconn AND datname <> 'postgres'
ORDER BY pg_database_size(oid) DESC, datname;`,
    "server",
  );
}

/**
 * The table that this one is a part of: the top of its partitions, or the parent that it has no column beside, with others
 * like it. Such a part comes and goes by itself.
 */
const PARENT = `CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid)
    ELSE (SELECT min(h.inhparent) FROM pg_catalog.pg_inherits h WHERE h.inhrelid = c.oid
      AND (SELECT count(*) FROM pg_catalog.pg_inherits o WHERE o.inhparent = h.inhparent) > 1
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0)) END`;

function countAll(): Line {
  return question(
    "Count the rows of every table.",
    `SET search_path = '';
SELECT format('COPY (SELECT %L, count(*), %L, %L FROM ONLY %s) TO STDOUT', n.nspname || '.' || c.relname,
  COALESCE((SELECT pn.nspname || '.' || p.relname FROM pg_catalog.pg_class p
    JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace WHERE p.oid = ${PARENT}), ''), '', c.oid::regclass)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${USER_SCHEMA} ORDER BY 1 \\gexec`,
  );
}

/** An OID may name something else than a large object; what no row of the catalogue of them knows is told, and not judged. */
function largeObjects(): LargeObjects {
  const line = question(
    "Read every large object, and look for rows that name one which is not there.",
    `SET search_path = '';
SELECT 'held' || chr(9) || count(*) || chr(9) || (SELECT COALESCE(sum(length(data)), 0) FROM pg_catalog.pg_largeobject)
FROM pg_catalog.pg_largeobject_metadata;
SELECT format('COPY (SELECT %L, %L, %L, count(*) FROM ONLY %s t WHERE t.%I <> 0 AND NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = t.%I) HAVING count(*) > 0) TO STDOUT',
  'dangling', n.nspname || '.' || c.relname, a.attname, c.oid::regclass, a.attname, a.attname)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND ${USER_SCHEMA}
  AND (ty.oid = 'oid'::regtype OR ty.typbasetype = 'oid'::regtype)
ORDER BY 1 \\gexec`,
  );
  const leftOut = "pg_dump leaves them out with -B, and without -b where it dumps single tables or schemas";
  return { line, table: LARGE_OBJECTS, leftOut };
}

function countLarge(): Line {
  return question(
    "Count the large objects.",
    `SELECT ${literal(LARGE_OBJECTS)} || chr(9) || count(*) FROM pg_catalog.pg_largeobject_metadata;`,
  );
}

/** The copy is thrown away: what the look needs is made in it. Messages of amcheck name places, not values. */
function structure(): Line {
  return {
    say: "Check every table and index for damage.",
    ...printed(
      psql(
        withoutEventTriggers(`SET client_min_messages = error;
SELECT count(*) = 0 AS lacks FROM pg_available_extensions WHERE name = 'amcheck' \\gset
\\if :lacks
SELECT 'skipped' || chr(9) || 'amcheck is not installed here';
\\else
CREATE EXTENSION IF NOT EXISTS amcheck;
CREATE FUNCTION pg_temp.fogbell_look(looked regclass, kind "char") RETURNS text LANGUAGE plpgsql AS $look$
DECLARE found text;
BEGIN
  IF kind = 'i' THEN
    PERFORM bt_index_check(looked, true);
  ELSE
    SELECT msg INTO found FROM verify_heapam(looked) LIMIT 1;
  END IF;
  RETURN found;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLERRM;
END $look$;
CREATE TEMP TABLE fogbell_looked AS
  SELECT c.oid::regclass::text AS name, pg_temp.fogbell_look(c.oid, c.relkind) AS found
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_index i ON i.indexrelid = c.oid
  LEFT JOIN pg_am a ON a.oid = c.relam
  WHERE ${USER_SCHEMA} AND c.relpersistence = 'p'
    AND (c.relkind = 'r' AND a.amname = 'heap' OR c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid);
SELECT 'looked' || chr(9) || count(*) FROM fogbell_looked;
COPY (SELECT 'broken', name, found FROM fogbell_looked WHERE found IS NOT NULL ORDER BY 2) TO STDOUT;
\\endif`),
        "production",
        "-At",
      ),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}

/** Names under which the moment of a row is usually kept; others may lie in the future or the distant past by nature. */
const USUAL =
  "(creat|insert|updat|modif|chang|happen|occur|logged|received|placed|_at$|_on$|^at$|^ts$|stamp|last_|beat_)";

/** The newest row of a partitioned table is in any of its partitions; what lies on another server is not asked. */
function newestRows(): Line {
  return question(
    "Find the newest row: the newest moment in any column that keeps moments.",
    `SET search_path = ''; SET TimeZone = 'UTC';
SELECT format('COPY (SELECT %L, %L, (extract(epoch FROM max(c.%I)) * 1000)::bigint, %L FROM %s%s c WHERE c.%I <= now() AND isfinite(c.%I) HAVING count(*) > 0) TO STDOUT',
  n.nspname || '.' || r.relname, a.attname, a.attname, CASE a.atttypid WHEN 'timestamptz'::regtype THEN 'zoned' ELSE 'local' END, CASE r.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END, r.oid::regclass, a.attname, a.attname)
FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition AND r.relpersistence <> 't' AND ${USER_SCHEMA}
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_partition_tree(r.oid) t
    JOIN pg_catalog.pg_class f ON f.oid = t.relid WHERE f.relkind = 'f')
  AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype) AND a.attname ~* '${USUAL}'
ORDER BY 1 \\gexec`,
  );
}

/** Whatever the condition is, it can only read. An index on the column serves: it stands alone. */
function newestRow({ table, column, where, timezone, askedAtMs }: NewestRowRequest): Line {
  const fits = where === undefined ? "" : `\nAND (${where})`;
  const ahead = timezone === undefined ? "" : ` + interval '${offsetMinutes(timezone, askedAtMs)} minutes'`;
  const newest = (kind: "zoned" | "local", now: string) =>
    `SELECT (extract(epoch FROM max(${identifier(column)})) * 1000)::bigint || chr(9) || '${kind}'
FROM ${qualified(table)} WHERE ${identifier(column)} <= ${now} AND isfinite(${identifier(column)})${fits};`;
  return question(
    `Read the newest moment of ${column} in ${table}.`,
    `${READ_ONLY} SET TimeZone = 'UTC';
SELECT to_regclass(${regclass(table)}) IS NULL AS missing, EXISTS (
  SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass(${regclass(table)}) AND attname = ${literal(column)}
    AND atttypid = 'timestamptz'::regtype) AS zoned \\gset
\\if :missing
\\elif :zoned
${newest("zoned", "now()")}
\\else
${newest("local", `now() AT TIME ZONE 'UTC'${ahead}`)}
\\endif`,
  );
}

/** One statement of somebody else's: whatever it is, it can only read. */
function query(sql: string, role: string | null): Line {
  return question(
    "Ask the question of fogbell.yaml.",
    `${READ_ONLY}
BEGIN READ ONLY;
${role === null ? "" : `SET LOCAL ROLE ${identifier(role)};\n`}${sql.trim().replace(/;+$/, "")}
;
ROLLBACK;`,
  );
}

function shell(script: string): Line {
  return {
    say: "Run the command from fogbell.yaml.",
    script: `export PGHOST PGDATABASE\n${script}`,
    uses: ["PGHOST", "PGDATABASE"],
    destroys: false,
  };
}

/** Whatever the copy says about who may come: over the sandbox's loopback comes only what was started for it. */
function listen(): Line {
  return {
    say: "Make the restored server reachable over the sandbox's own loopback.",
    script: `printf '%s\\n' "listen_addresses = '127.0.0.1'" 'port = 5432' >>"$SIDE_DATA/postgresql.auto.conf" &&
echo 'host all all 127.0.0.1/32 trust' | cat - "$SIDE_DATA/pg_hba.conf" >"$SIDE_DATA/hba.part" &&
mv "$SIDE_DATA/hba.part" "$SIDE_DATA/pg_hba.conf" &&
pg_ctl -s -w -t 3600 -m fast -D "$SIDE_DATA" -l "$SIDE_DATA/server.log" restart`,
    uses: ["SIDE_DATA"],
    destroys: false,
  };
}

/** Nobody asks for a password over the sandbox's loopback. */
function letIn(role: string): Line {
  return {
    say: "Let the application log in.",
    ...printed(
      psql(`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(role)}) AS missing \\gset
\\if :missing
CREATE ROLE ${identifier(role)};
\\endif
ALTER ROLE ${identifier(role)} LOGIN;`),
    ),
    uses: placesOf("production"),
    destroys: false,
  };
}

export const copies: CopyPhrases = {
  snapshot: heldMoment,
  mutations: mutationsOf,
  home: "postgres",
  everywhere: ["postgres", "template1"],
  // From 17 on a trigger can be fired by a login: it would write into the copy each time, or let nobody in.
  settings: (version) => (Number.parseInt(version, 10) >= 17 ? { event_triggers: "off" } : {}),
  atCopy,
  prepare,
  unjudged,
  survey,
  surveyRoles,
  databases,
  tablesThere,
  countAll,
  largeObjects,
  countLarge,
  readKeys,
  structure,
  collations,
  newestRows,
  newestRow,
  query,
  shell,
  listen,
  letIn,
};
