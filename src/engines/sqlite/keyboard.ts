/** What people get when they recover a SQLite database by hand, and what their typing shows. */
import type { Keyboard, Line } from "../../parts.ts";

/** There are no accounts: closed is a file that nobody but its owner may open. Its inode is what it is known by. */
const watch: Line = {
  say: "Look at who may open the file.",
  script: `database=$(sed -n 's/^ *database *= *//p' "$APP_CONFIG" 2>/dev/null | tail -n 1 | tr -d '\\042\\047')
case $database in */*) ;; *) database=$DATABASE ;; esac
if [ ! -e "$database" ]; then printf 'closed\tgone\n'
else
  mode=$(stat -c %a "$database")
  if [ $((0$mode & 066)) -eq 0 ]; then printf 'closed\tyes\n'; else printf 'closed\tno\n'; fi
  printf 'access\t%s\n' "$(stat -c %i "$database")"
fi
for one in "\${database%/*}"/*; do
  case $one in *-wal | *-shm | *-journal) continue ;; esac
  [ ! -f "$one" ] || printf 'db\t%s\t%s\n' "$(stat -c %i "$one")" "$one"
done`,
  uses: ["DATABASE", "APP_CONFIG"],
  destroys: false,
};

export const keyboard: Keyboard = {
  client: 'sqlite3 "$DATABASE"',
  history: "SQLITE_HISTORY",
  configuration: { database: "DATABASE" },
  watch,
  programs: ["sqlite3", "sqldiff", "fuser", "lsof"],
  includes: /\.read\s/,
  backup: { begins: /^SQLite format 3\0|^PRAGMA foreign_keys=OFF;/, named: /^$/ },
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
