/** What people get when they recover a PostgreSQL database by hand, and what their typing shows. */
import type { Keyboard, Line } from "../../parts.ts";

/**
 * Closed: nobody but superusers may connect, or nobody may write. The row's `xmin` changes whenever somebody changes who
 * may come in, also when it is changed back at once. Asked from the maintenance database, so that nobody is in the way.
 */
const watch: Line = {
  say: "Look at who may come in.",
  script: `of() { sed -n "s/^ *$1 *= *//p" "$APP_CONFIG" 2>/dev/null | tail -n 1 | tr -d '\\042\\047'; }
database=$(of database) host=$(of host)
case $host in "\${PGHOST%/*}"/*) ;; *) host=$PGHOST ;; esac
PGCONNECT_TIMEOUT=2 PGAPPNAME=fogbell PGOPTIONS='-c statement_timeout=3000' \
psql -XAtq -F '	' -v ON_ERROR_STOP=1 -v db="\${database:-$PGDATABASE}" -h "$host" -d postgres <<'SQL'
SELECT 'closed', CASE
  WHEN d.oid IS NULL THEN 'gone'
  WHEN NOT d.datallowconn OR d.datconnlimit = 0 THEN 'yes'
  WHEN NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolcanlogin AND NOT r.rolsuper AND r.rolconnlimit <> 0
    AND has_database_privilege(r.oid, d.oid, 'CONNECT')) THEN 'yes'
  WHEN EXISTS (SELECT FROM pg_db_role_setting s WHERE s.setdatabase IN (0, d.oid)
    AND 'default_transaction_read_only=on' = ANY (s.setconfig))
    OR current_setting('default_transaction_read_only')::boolean THEN 'yes'
  ELSE 'no' END
FROM (SELECT 1) one LEFT JOIN pg_database d ON d.datname = :'db';
SELECT 'access', oid || '.' || xmin FROM pg_database WHERE datname = :'db';
SELECT 'db', oid, datname FROM pg_database WHERE NOT datistemplate;
SQL`,
  uses: ["PGHOST", "PGDATABASE", "APP_CONFIG"],
  destroys: false,
};

export const keyboard: Keyboard = {
  client: 'psql -d "$PGDATABASE"',
  history: "PSQL_HISTORY",
  configuration: { host: "PGHOST", database: "PGDATABASE" },
  watch,
  programs: (
    "psql createdb dropdb createuser pg_dump pg_dumpall pg_restore pg_basebackup pg_ctl pg_isready pg_amcheck " +
    "pg_controldata pg_verifybackup pg_receivewal pg_waldump vacuumdb reindexdb"
  ).split(" "),
  includes: /\\ir?\s|\b(psql|db)\b[^|;&\n]*\s(-\w*f|--file)\b\s*=?(?!\s*["']?\$\{?(BACKUP|STORE|GLOBALS))/,
  backup: {
    begins: /^PGDMP|^(--\n|\s)*-- PostgreSQL database (cluster )?dump/,
    named: /(^|\/)(backup_manifest|base\.tar(\.\w+)?|toc\.dat)$/,
  },
  look: /\bselect\b|\\(l|d\w*|c)\b|\bpg_isready\b|\bpg_controldata\b|server\.log|\btable +\w/i,
  signs: [
    {
      shows: "contained",
      pattern:
        /connection limit 0|pg_terminate_backend|allow_connections\s*=?\s*false|revoke connect|allow_connections\s+false/i,
    },
    {
      shows: "preserved",
      pattern: /\b(pg_dump|pg_dumpall|pg_basebackup|cp|tar|rsync)\b[\s\S]*(\$\{?EVIDENCE|\/evidence)/i,
    },
    {
      shows: "restore-began",
      pattern:
        /\bcreatedb\b|create database +["\w$]|\bpg_restore\b(?![\s\S]*(-l\b|--list|-f \/dev\/null))|\bpsql\b[\s\S]*(-f\s|(?<!<)<\s*["']?(\$|[/.~]|\w[\w-]*[./]))|\|\s*psql\b|\\i\s|pg_ctl\b[\s\S]*\bSIDE_/i,
    },
    { shows: "verified", pattern: /count\(\*\)|pg_amcheck|validate constraint|max\(\w+\)/i },
    { shows: "reopened", pattern: /connection limit -1|allow_connections\s*=?\s*true|grant connect/i },
    { shows: "normal", pattern: /\bpg_dump\b(?![\s\S]*(EVIDENCE|\/evidence| -t ))|pg_basebackup(?![\s\S]*EVIDENCE)/i },
  ],
};
