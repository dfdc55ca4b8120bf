/** How a PostgreSQL database is mended: the lines that the drill runs and the runbook prints. */
import { inTurn, ownLine, printed, type Steps } from "../../built-script.ts";
import type { Line } from "../../parts.ts";
import { PSQL, parseTable, placesOf, psql, qualified, regclass, SIDE } from "./client.ts";

/**
 * A connection limit of 0 keeps everybody out but superusers, whatever role the application uses, and is undone by one
 * line. Source: PostgreSQL manual, CREATE DATABASE, "Neither superusers nor background worker processes count".
 */
export function stopWriters(): Line {
  return {
    say: "Lock the application out, and close its sessions.",
    stopsWriters: true,
    ...printed(
      psql(
        `
SELECT format('ALTER DATABASE %I CONNECTION LIMIT 0', :'db') \\gexec
SELECT count(pg_terminate_backend(pid)) || ' sessions closed'
FROM pg_stat_activity
WHERE datname = :'db' AND pid <> pg_backend_pid();`,
        "server",
        '-At -v db="$PGDATABASE"',
      ),
    ),
    uses: ["PGHOST", "PGDATABASE"],
    expect: "The number of closed sessions (0 if none were open).",
    ifNot: "Stop the application's servers by hand, then run this again.",
    destroys: false,
  };
}

export function resumeWriters(): Line {
  return {
    say: "Let the application in again.",
    ...printed(
      psql(
        "SELECT format('ALTER DATABASE %I CONNECTION LIMIT -1', :'db') \\gexec",
        "server",
        '-At -v db="$PGDATABASE"',
      ),
    ),
    uses: ["PGHOST", "PGDATABASE"],
    expect: "No output. Then log in once the way the application does.",
    ifNot: "If your database had a connection limit before, set that number instead of -1.",
    destroys: false,
  };
}

export function copyDamaged(): readonly Line[] {
  return [
    {
      say: "Copy the damaged database before you touch it.",
      // pg_dump -Fc -f cuts an existing file to nothing even when it cannot connect; so never onto an existing one.
      script: `test ! -e "$EVIDENCE/damaged.dump" &&
pg_dump -Fc -Z1 -f "$EVIDENCE/damaged.dump" -d "$PGDATABASE"`,
      uses: ["PGHOST", "PGDATABASE", "EVIDENCE"],
      expect: "No output.",
      ifNot:
        "Choose an empty EVIDENCE folder with enough room for the whole database. Don't continue without this copy.",
      destroys: false,
      progress: `echo "$(stat -c %s "$EVIDENCE/damaged.dump") 0"`,
    },
    {
      say: "Check that the copy can be read to the end.",
      script: `pg_restore -f /dev/null "$EVIDENCE/damaged.dump" &&
sha256sum "$EVIDENCE/damaged.dump"`,
      uses: ["EVIDENCE"],
      expect: "One line: a hash and the file's name. Write the hash down.",
      ifNot: "Copy it again to another disk.",
      destroys: false,
    },
  ];
}

/** Runs pg_dump on every relation that a query on the side database names, one `-t` each, into one file. */
function dumpNamed(query: string, name: string): Steps {
  return inTurn(
    psql(query, "side", "-At").with({ output: ownLine(`>"$SCRATCH/${name}.names"`) }),
    `{ set --
while IFS= read -r name; do set -- "$@" -t "$name"
done <"$SCRATCH/${name}.names"
: >"$SCRATCH/${name}.sql"
[ $# -eq 0 ] || pg_dump ${SIDE} \\
  "$@" -f "$SCRATCH/${name}.sql"; }`,
  );
}

const FROM_SIDE = ["SIDE_HOST", "SIDE_DATABASE", "SCRATCH"];
const INTO_PRODUCTION = ["PGHOST", "PGDATABASE", "SCRATCH"];

function putBack(name: string): string {
  return `${PSQL} \\
  -1 -o /dev/null -d "$PGDATABASE" -f "$SCRATCH/${name}.sql"`;
}

/** The table with its partitions. */
function tableNames(table: string): string {
  return `SET search_path = '';
SELECT c.oid::regclass FROM pg_class c
WHERE c.oid = ${regclass(table)}::regclass OR c.oid IN (
  SELECT relid FROM pg_partition_tree(${regclass(table)}));`;
}

/** Views that read the table, and the views that read those. */
function viewNames(table: string): string {
  return `SET search_path = '';
WITH RECURSIVE hung AS (
  SELECT ${regclass(table)}::regclass::oid AS oid
  UNION
  SELECT w.ev_class FROM hung h
  JOIN pg_depend d ON d.refobjid = h.oid
    AND d.refclassid = 'pg_class'::regclass
    AND d.classid = 'pg_rewrite'::regclass
  JOIN pg_rewrite w ON w.oid = d.objid)
SELECT h.oid::regclass FROM hung h
JOIN pg_class c ON c.oid = h.oid WHERE c.relkind IN ('v', 'm');`;
}

/**
 * Keys of other tables that point at this one. They come back NOT VALID, so that rows whose parent was lost with the
 * backup's age are kept rather than deleted; a partitioned child cannot have such a key (PostgreSQL ≤ 17).
 */
function incomingKeys(table: string): string {
  return `SET search_path = '';
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s%s;',
  k.conrelid::regclass, k.conname,
  regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''),
  CASE WHEN c.relkind = 'p' THEN '' ELSE ' NOT VALID' END)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND k.conparentid = 0
  AND k.confrelid = ${regclass(table)}::regclass
  AND k.conrelid <> k.confrelid;`;
}

/**
 * Past every number in use here or in a table that refers here, and a margin further, because numbers handed out after
 * the backup may live on in mails, caches and other systems: no id is ever used again.
 */
function bumpSequence(table: string): string {
  return `SET search_path = '';
SELECT format('SELECT setval(%L, GREATEST(%s) + 10000)',
  s.oid::regclass, concat_ws(', ',
    format('(SELECT last_value FROM %s)', s.oid::regclass),
    format('(SELECT max(%I)::bigint FROM %s)',
      a.attname, t.oid::regclass),
    (SELECT string_agg(format(
       '(SELECT max(%I)::bigint FROM %s)', f.attname,
       k.conrelid::regclass), ', ')
     FROM pg_constraint k JOIN pg_attribute f
       ON f.attrelid = k.conrelid AND f.attnum = k.conkey[1]
     WHERE k.contype = 'f' AND k.confrelid = t.oid
       AND k.confkey = ARRAY[a.attnum])))
FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
  AND d.classid = 'pg_class'::regclass
  AND d.refclassid = 'pg_class'::regclass
JOIN pg_class t ON t.oid = d.refobjid
JOIN pg_attribute a ON a.attrelid = t.oid
  AND a.attnum = d.refobjsubid
WHERE s.relkind = 'S' AND t.oid = ${regclass(table)}::regclass \\gexec`;
}

/** Validates what can be; names what cannot, and leaves it standing for new rows. */
function validateKeys(table: string): string {
  return `SET search_path = '';
DO $$
DECLARE k record;
BEGIN
  FOR k IN SELECT conrelid::regclass AS child, conname
    FROM pg_constraint WHERE contype = 'f' AND NOT convalidated
      AND confrelid = ${regclass(table)}::regclass
  LOOP
    BEGIN
      EXECUTE format('ALTER TABLE %s VALIDATE CONSTRAINT %I',
        k.child, k.conname);
    EXCEPTION WHEN foreign_key_violation THEN NULL;
    END;
  END LOOP;
END $$;
SELECT conrelid::regclass || ' ' || conname || ' waits for lost rows'
FROM pg_constraint WHERE contype = 'f' AND NOT convalidated
  AND confrelid = ${regclass(table)}::regclass ORDER BY 1;`;
}

export function copyTableBack(table: string): readonly Line[] {
  const name = parseTable(table).table.replace(/[^A-Za-z0-9_-]/g, "_");
  return [
    {
      say: `Copy ${table} from the side database, with everything that belongs to it.`,
      ...printed(dumpNamed(tableNames(table), name)),
      uses: FROM_SIDE,
      expect: "No output.",
      ifNot: "The table isn't in this backup (choose another one), or SCRATCH is full.",
      destroys: false,
      progress: `echo "$(stat -c %s "$SCRATCH/${name}.sql") 0"`,
    },
    {
      say: `Put ${table} back, all or nothing.`,
      script: putBack(name),
      uses: INTO_PRODUCTION,
      expect: "No output. It's one transaction: if it fails, nothing has changed.",
      ifNot: `If it says that ${table} already exists, someone recreated it. Stop, and check what's in it first.`,
      destroys: true,
    },
    {
      say: `Restore the foreign keys of other tables that refer to ${table}.`,
      ...printed(
        inTurn(psql(incomingKeys(table), "side", `-At -o "$SCRATCH/${name}-keys.sql"`), putBack(`${name}-keys`)),
      ),
      uses: [...FROM_SIDE, "PGHOST", "PGDATABASE"],
      expect: "No output.",
      ifNot: "A partitioned child table can't have a NOT VALID key: move its orphaned rows away first.",
      destroys: true,
    },
    {
      say: `Restore the views that read ${table}.`,
      ...printed(inTurn(dumpNamed(viewNames(table), `${name}-views`), putBack(`${name}-views`))),
      uses: [...FROM_SIDE, "PGHOST", "PGDATABASE"],
      expect: "No output.",
      ifNot: "If a view already exists, it wasn't dropped: remove its name from the file of names.",
      destroys: true,
    },
    {
      say: "Move the table's sequence past every number ever used.",
      ...printed(psql(bumpSequence(table), "production", "-At")),
      uses: placesOf("production"),
      expect: "The next number, one line per sequence.",
      ifNot: "Set it by hand, far above the highest number in use.",
      destroys: true,
    },
    {
      say: "Validate the foreign keys, and list those whose parent rows are missing.",
      ...printed(inTurn(psql(validateKeys(table), "production", "-At"), psql(`ANALYZE ${qualified(table)};`))),
      uses: placesOf("production"),
      expect: "One line per foreign key whose parent rows were newer than the backup; none if nothing was lost.",
      ifNot: "A NOT VALID key still checks new rows. Fix its orphaned rows, then run VALIDATE CONSTRAINT.",
      destroys: true,
    },
  ];
}

export function takeBackup(): Line {
  return {
    say: "Take a fresh backup now, and read it to the end.",
    script: `test ! -e "$EVIDENCE/recovered.dump" &&
pg_dump -Fc -f "$EVIDENCE/recovered.dump" -d "$PGDATABASE" &&
pg_restore -f /dev/null "$EVIDENCE/recovered.dump" &&
sha256sum "$EVIDENCE/recovered.dump"`,
    uses: ["PGHOST", "PGDATABASE", "EVIDENCE"],
    expect: "One line: a hash and the file's name. Move the file to where you keep backups.",
    ifNot: "Until this works, the old backup is your only one. Suspend its retention.",
    destroys: false,
    progress: `echo "$(stat -c %s "$EVIDENCE/recovered.dump") 0"`,
  };
}

export function dropSide(): Line {
  return {
    say: "Remove the side database.",
    script: 'dropdb -h "$SIDE_HOST" --force "$SIDE_DATABASE"',
    uses: ["SIDE_HOST", "SIDE_DATABASE"],
    expect: "No output.",
    ifNot: "You can leave it; it only takes up space.",
    destroys: true,
  };
}
