/** What people get when they recover a MariaDB or MySQL database by hand, and what their typing shows. */
import type { Keyboard, Line } from "../../parts.ts";
import type { Flavour } from "./flavour.ts";

/** Closed: no account that could log in is left but administrators, or nobody may write. */
const watchOf = ({ client, openAccounts }: Flavour): Line => ({
  say: "Look at who may come in.",
  script: `of() { sed -n "s/^ *$1 *= *//p" "$APP_CONFIG" 2>/dev/null | tail -n 1 | tr -d '\\042\\047'; }
database=$(of database) socket=$(of socket)
root=\${DB_SOCKET%/*}
case $socket in "\${root%/*}"/*) ;; *) socket=$DB_SOCKET ;; esac
name=$(printf %s "\${database:-$DATABASE}" | od -An -tx1 | tr -d ' \n')
${client} --connect-timeout=2 -N -B --socket="$socket" <<SQL
SELECT 'closed', CASE
  WHEN NOT EXISTS (SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = CONVERT(0x$name USING utf8mb4)) THEN 'gone'
  WHEN CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF') THEN 'yes'
  WHEN NOT EXISTS (${openAccounts}) THEN 'yes'
  ELSE 'no' END;
SELECT 'db', SCHEMA_NAME, SCHEMA_NAME FROM information_schema.SCHEMATA;
SQL`,
  uses: ["DB_SOCKET", "DATABASE", "APP_CONFIG"],
  destroys: false,
});

export function keyboardOf(flavour: Flavour): Keyboard {
  const { client, dump } = flavour;
  const programs = `(${client}|mysql|mariadb)`;
  const dumps = `(${dump}|mysqldump|mariadb-dump|mariadb-backup)`;
  return {
    client: `${client} --socket="$DB_SOCKET" "$DATABASE"`,
    history: "MYSQL_HISTFILE",
    configuration: { socket: "DB_SOCKET", database: "DATABASE" },
    watch: watchOf(flavour),
    programs: (
      "mysql mariadb mysqldump mariadb-dump mysqladmin mariadb-admin mariadb-backup mariabackup xtrabackup " +
      "mysqlbinlog mariadb-binlog mysqlcheck mariadb-check mysqlimport mariadb-import"
    ).split(" "),
    includes: /(^|[\s;'"])(source|\\\.)\s/i,
    backup: {
      begins: /^(\/\*M?!.*\n)?-- (MariaDB|MySQL) dump|^SET @saved_cs_client|^-- mydumper/,
      named: /(^|\/)((xtrabackup|mariadb_backup)_(info|checkpoints)|ibdata1)$/,
    },
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
