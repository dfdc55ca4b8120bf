/** What people get when they recover a PostgreSQL database by hand, and what their typing shows. */
import type { Keyboard } from "../../parts.ts";

export const keyboard: Keyboard = {
  client: 'psql -d "$PGDATABASE"',
  history: "PSQL_HISTORY",
  configuration: { host: "PGHOST", database: "PGDATABASE" },
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
