/** What people get when they recover a MariaDB or MySQL database by hand, and what their typing shows. */
import type { Keyboard } from "../../parts.ts";
import type { Flavour } from "./flavour.ts";

export function keyboardOf({ client, dump }: Flavour): Keyboard {
  const programs = `(${client}|mysql|mariadb)`;
  const dumps = `(${dump}|mysqldump|mariadb-dump|mariadb-backup)`;
  return {
    client: `${client} --socket="$DB_SOCKET" "$DATABASE"`,
    history: "MYSQL_HISTFILE",
    configuration: { socket: "DB_SOCKET", database: "DATABASE" },
    look: /\bselect\b|\bshow +\w|\bdescribe\b|\bping\b|\bcheck table\b|\.err\b/i,
    signs: [
      { shows: "contained", pattern: /account lock|\bkill \d|\bkill \\047|set global read_only\s*=\s*(1|on)/i },
      {
        shows: "preserved",
        pattern: new RegExp(`\\b(${dumps}|cp|tar|rsync)\\b[\\s\\S]*(\\$\\{?EVIDENCE|/evidence)`, "i"),
      },
      {
        shows: "restore-began",
        pattern: new RegExp(
          `create database (if not exists +)?["\`\\w$]|\\b${programs}\\b[\\s\\S]*(?<!<)<\\s*["']?(\\$|[/.~]|\\w[\\w-]*[./])|\\|\\s*${programs}\\b|\\bsource\\s|--copy-back|--prepare`,
          "i",
        ),
      },
      { shows: "verified", pattern: /count\(\*\)|check table|checksum table|max\(\w+\)/i },
      { shows: "reopened", pattern: /account unlock|set global read_only\s*=\s*(0|off)/i },
      { shows: "normal", pattern: new RegExp(`\\b${dumps}\\b(?![\\s\\S]*(EVIDENCE|/evidence))`, "i") },
    ],
  };
}
