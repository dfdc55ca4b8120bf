/** What people get when they recover a SQLite database by hand, and what their typing shows. */
import type { Keyboard } from "../../parts.ts";

export const keyboard: Keyboard = {
  client: 'sqlite3 "$DATABASE"',
  history: "SQLITE_HISTORY",
  configuration: { database: "DATABASE" },
  look: /\bselect\b|\.tables\b|\.schema\b|\bpragma +\w|\bls\b|\bfuser\b|\blsof\b/i,
  signs: [
    { shows: "contained", pattern: /\bkill\b|\bfuser +-k|\bchmod +(?:600|a-w|go-)|\bsystemctl +stop/i },
    { shows: "preserved", pattern: /\b(?:cp|tar|rsync|sqlite3)\b[\s\S]*(?:\$\{?EVIDENCE|\/evidence)/i },
    {
      shows: "restore-began",
      pattern:
        /\bsqlite3\b[\s\S]*(?<!<)<\s*["']?(?:\$|[/.~]|\w[\w-]*[./])|\|\s*sqlite3\b|\.restore\b|\.read\b|\bcp\b[\s\S]*\$\{?SIDE/i,
    },
    { shows: "verified", pattern: /count\(\*\)|integrity_check|quick_check|max\(\w+\)/i },
    { shows: "reopened", pattern: /\bchmod +(?:6[0-7][0-7]|u\+w|g\+w)(?!00)|\bsystemctl +start/i },
    { shows: "normal", pattern: /\.backup\b(?![\s\S]*(?:EVIDENCE|\/evidence))|\bvacuum +into\b/i },
  ],
};
