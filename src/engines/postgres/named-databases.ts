/**
 * Plain dumps that name their databases (`pg_dump --create`, `pg_dumpall`): which they are, and the text of one of them
 * without the lines of its own that drop, make, change or enter a database by name. Anything else that leaves stays in,
 * to be refused.
 */
import { roomOf, unpacked } from "../../host/packing.ts";
import { quote } from "../../host/sh.ts";
import type { BackupFacts, Line } from "../../parts.ts";

export const TRAILER = "-- PostgreSQL database dump complete";
export const CLUSTER = "-- PostgreSQL database cluster dump";
/**
 * A pipe's exit code is its last command's: when unpacking fails, this line follows what came out by then, because POSIX
 * sh has no pipefail. (A stream that lost its last bytes can still hold the dump's closing line.)
 */
export const UNPACK_FAILED = "-- unpacking failed";

/** Rows are passed by: a line in them is a value, whatever it looks like. */
const NAMES = `awk '
  /^COPY .* FROM stdin;$/ { rows = 1; next }
  rows { if ($0 == "\\\\.") rows = 0; next }
  /^-- Database ".*" dump$/ { print substr($0, 14, length($0) - 19) }
  /^-- Name: .*; Type: DATABASE; Schema: -;/ {
    sub(/^-- Name: /, ""); sub(/; Type: DATABASE; Schema: -;.*/, ""); print
  }'`;

/**
 * Of a whole cluster only the section of `$ONLY` is passed on, and its closing line only when the cluster's came, too.
 * A statement goes on until its quotes are closed and its line ends in a semicolon.
 */
const ONE = `awk '
  function drop(line) {
    odd = (odd + gsub(/\\047/, "", line)) % 2
    gone = odd || line !~ /;$/
  }
  function isOwn(rest) {
    if (rest ~ /^"/) { match(rest, /^"([^"]|"")*"/) } else { match(rest, /^[^ ;]+/) }
    rest = substr(rest, RSTART, RLENGTH)
    if (rest ~ /^"/) { rest = substr(rest, 2, length(rest) - 2); gsub(/""/, "\\"", rest) }
    if (sub(/^dbname=\\047/, "", rest)) { sub(/\\047$/, "", rest); gsub(/\\\\\\047/, "\\047", rest) }
    return rest == only
  }
  BEGIN { only = ENVIRON["ONLY"]; inside = 1 }
  NR < 9 && /^${CLUSTER}$/ { cluster = 1; inside = 0 }
  /^${UNPACK_FAILED}/ { ended = 0; print; next }
  rows { if (inside) print; if ($0 == "\\\\.") rows = 0; next }
  /^COPY .* FROM stdin;$/ { rows = 1 }
  gone { drop($0); next }
  /^${CLUSTER} complete$/ { ended = 1 }
  cluster && /^-- Database ".*" dump$/ {
    inside = substr($0, 14, length($0) - 19) == only; seen = 0; next
  }
  !inside { next }
  cluster && /^${TRAILER}/ { closing = $0; next }
  /^-- Name: / {
    place = /; Type: (DATABASE|DATABASE PROPERTIES|COMMENT|ACL|SECURITY LABEL); Schema: -;/
    seen = 1
  }
  (place || !seen) && match($0, /^(DROP DATABASE (IF EXISTS )?|(CREATE|ALTER|COMMENT ON) DATABASE |SECURITY LABEL FOR [^ ]+ ON DATABASE |(GRANT|REVOKE) [A-Z, ]+ ON DATABASE |ALTER ROLE .+ IN DATABASE )/) {
    if (isOwn(substr($0, RLENGTH + 1))) { drop($0); next }
  }
  (place || !seen) && /^\\\\encoding / { next }
  (place || !seen) && match($0, /^\\\\connect (-reuse-previous=on )?/) {
    if (isOwn(substr($0, RLENGTH + 1))) next
  }
  { print }
  END { if (ended && closing != "") print closing }'`;

/** The text of a plain dump, or of the one database of it that is meant. */
export function readPlain({ packing, only }: BackupFacts): string {
  const unpack = unpacked(packing);
  return only === undefined ? unpack : `${unpack} |\n${oneOf(only)}`;
}

/** A filter: what comes in, without the other databases and without the lines that name this one. */
export const oneOf = (only: string) => `ONLY=${quote(only)} ${ONE}`;

export function namedDatabases(facts: BackupFacts): Line | null {
  if (facts.method !== "logical" || facts.format !== "plain") return null;
  return {
    say: "List the databases that the dump makes or enters by name.",
    script: `${unpacked(facts.packing)} | ${NAMES} | sort -u`,
    uses: ["BACKUP", ...roomOf(facts.packing)],
    destroys: false,
  };
}
