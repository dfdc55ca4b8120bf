/**
 * Dumps that name their databases (`--databases`, `--all-databases`): which they are, and the text of one of them without
 * the lines of its own that drop, make, change or enter a database by name. Anything else that leaves stays in, to be
 * refused.
 */
import { roomOf, unpacked } from "../../host/packing.ts";
import { quote } from "../../host/sh.ts";
import type { BackupFacts, Line } from "../../parts.ts";

export const TRAILER = "-- Dump completed";
export const UNPACK_FAILED = "-- unpacking failed";

/** A dump of one database without its name may still change that one's character set, around routines. */
const NAMES = `awk '
  /^-- Host: .* Database: ./ && !host { host = $0; sub(/.* Database: /, "", host) }
  /^-- Current Database: \`.*\`$/ {
    name = substr($0, 23, length($0) - 23); gsub(/\`\`/, "\`", name); print name; named = 1
  }
  END { if (!named && host != "") print host }'`;

/** What comes before the first database and the closing line belong to every one of them. */
const ONE = `awk '
  BEGIN { only = ENVIRON["ONLY"]; gsub(/\`/, "\`\`", only); only = "\`" only "\`"; inside = 1 }
  /^-- Current Database: \`.*\`$/ { inside = substr($0, 22) == only }
  /^${TRAILER}/ || /^${UNPACK_FAILED}/ { print; next }
  !inside { next }
  $0 == "USE " only ";" || $0 == "/*!40000 DROP DATABASE IF EXISTS " only "*/;" { next }
  match($0, /^(CREATE DATABASE (\\/\\*!32312 IF NOT EXISTS\\*\\/ )?|ALTER DATABASE )/) {
    rest = substr($0, RLENGTH + 1)
    if (substr(rest, 1, length(only) + 1) == only " " && rest ~ /;$/) next
  }
  { print }'`;

/** The text of a dump, or of the one database of it that is meant. */
export function readDump({ packing, only }: BackupFacts): string {
  const unpack = unpacked(packing);
  return only === undefined ? unpack : `${unpack} |\n${oneOf(only)}`;
}

/** A filter: what comes in, without the other databases and without the lines that name this one. */
export const oneOf = (only: string) => `ONLY=${quote(only)} ${ONE}`;

export function namedDatabases({ method, packing }: BackupFacts): Line | null {
  if (method !== "logical") return null;
  return {
    say: "List the databases that the dump makes or enters by name.",
    script: `${unpacked(packing)} | ${NAMES} | sort -u`,
    uses: ["BACKUP", ...roomOf(packing)],
    destroys: false,
  };
}
