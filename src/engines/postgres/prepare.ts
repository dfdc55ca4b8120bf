/** What a copy needs before it can be restored in a sandbox: roles, tablespaces, extensions; named by the copy itself. */
import { unpacked } from "../../host/packing.ts";
import type { BackupFacts, Line } from "../../parts.ts";
import { WITHOUT_EVENT_TRIGGERS } from "./event-triggers.ts";
import { readPlain } from "./named-databases.ts";
import { PSQL } from "./psql.ts";

/** Prints everything of a dump but its rows. */
function schemaOf(facts: BackupFacts): string {
  const { format, packing } = facts;
  if (format === "plain")
    return `${readPlain(facts)} | awk '
  /^COPY .* FROM stdin;$/ { rows = 1; next }
  rows { if ($0 == "\\\\.") rows = 0; next }
  { print }'`;
  return packing.length === 0
    ? 'pg_restore --schema-only -f - "$BACKUP"'
    : `${unpacked(packing)} | pg_restore --schema-only -f -`;
}

/**
 * Names that an awk program prints, as a table `named` of a session that then asks `sql` about them. In the copy itself
 * nothing of it stays.
 */
export function askNames(
  facts: BackupFacts,
  { awk, sql, isCopy }: { awk: string; sql: string; isCopy: boolean },
): string {
  return `${schemaOf(facts)} | awk '${awk}' | sort -u >"$SCRATCH/names" &&
{ cat <<'SQL'
${isCopy ? `${WITHOUT_EVENT_TRIGGERS}\n` : ""}SET client_min_messages = error;
CREATE TEMP TABLE named (name text);
COPY named FROM STDIN;
SQL
  cat "$SCRATCH/names"
  printf '%s\\n' '\\.'
  cat <<'SQL'
${sql}${isCopy ? "\nROLLBACK;" : ""}
SQL
} | ${PSQL} -At -d "${isCopy ? "$PGDATABASE" : "postgres"}"`;
}

/** Owners and grantees, as pg_dump writes them. */
const ROLES = `
  /^(ALTER|GRANT|REVOKE|CREATE POLICY) / {
    rest = $0
    while (match(rest, /(TO|FROM|ROLE) ("[^"]+"|[a-z_][a-z_0-9$]*)/)) {
      name = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
      sub(/^[A-Z]+ /, "", name); print name
    }
  }
  /^CREATE USER MAPPING FOR ("[^"]+"|[a-z_][a-z_0-9$]*) SERVER / {
    sub(/^CREATE USER MAPPING FOR /, ""); sub(/ SERVER .*/, ""); print
  }`;

/** Extensions, and behind a tab the tablespaces: one reading of the copy for both. */
const EXTENSIONS = `
  /^CREATE EXTENSION / {
    sub(/^CREATE EXTENSION (IF NOT EXISTS )?/, ""); gsub(/"/, ""); sub(/[ ;].*/, ""); print
  }
  /^SET default_tablespace = ("[^"]+"|[a-z_][a-z_0-9$]*);$/ {
    sub(/^SET default_tablespace = /, ""); sub(/;$/, ""); print "tablespace " $0
  }`;

/** A folder of the server's own stands for each: where it lay says nothing about the rows. */
const NEEDS = `SELECT 'lacks' || chr(9) || 'no-extension' || chr(9) || name FROM named
WHERE name NOT LIKE 'tablespace %'
  AND NOT EXISTS (SELECT FROM pg_available_extensions e WHERE e.name = named.name);
CREATE TEMP TABLE places AS
  SELECT (parse_ident(substr(name, 12)))[1] AS name FROM named WHERE name LIKE 'tablespace %';
DELETE FROM places p USING pg_tablespace t WHERE t.spcname = p.name;
SET allow_in_place_tablespaces = on;
SELECT 'tablespace' || chr(9) || name FROM places ORDER BY 1;
SELECT format('CREATE TABLESPACE %I LOCATION %L', name, '') FROM places \\gexec`;

export function prepare(facts: BackupFacts): readonly Line[] {
  if (facts.method !== "logical") return [];
  return [
    {
      say: "Make the roles that the backup belongs to, from its globals and from its own words.",
      script: `if [ -n "$GLOBALS" ]; then
  psql -Xq -d postgres -f "$GLOBALS" >/dev/null 2>&1 || true
fi
${askNames(facts, {
  awk: ROLES,
  sql: `SELECT 'role' || chr(9) || name FROM named WHERE to_regrole(name) IS NULL ORDER BY 1;
SELECT 'CREATE ROLE ' || name FROM named WHERE to_regrole(name) IS NULL \\gexec`,
  isCopy: false,
})}`,
      uses: ["PGHOST", "GLOBALS", "BACKUP", "SCRATCH"],
      destroys: false,
    },
    {
      say: "Ask whether every extension that the backup needs is installed here, and make its tablespaces.",
      script: askNames(facts, { awk: EXTENSIONS, sql: NEEDS, isCopy: false }),
      uses: ["PGHOST", "BACKUP", "SCRATCH"],
      destroys: false,
    },
  ];
}
