/**
 * How a dump or an archive comes into a database of its own. What an empty database would refuse of a faultless one is gone
 * around beforehand, by the pair of statement and place; so the restore can stop at the first error, whatever it is.
 */
import type { BackupFacts, Line } from "../../parts.ts";
import { fromArchive, placesOf, takesJobs } from "./archive-copy.ts";
import { PSQL, psqlTelling, SIDE } from "./client.ts";
import { DROPS } from "./dump-start.ts";
import { readPlain } from "./named-databases.ts";

/** Bytes in the side database against bytes expected, for an estimate that fits every format. */
const PROGRESS = `${PSQL} \\
  -At -h "$SIDE_HOST" -d postgres <<'SQL'
\\getenv side SIDE_DATABASE
\\getenv total EXPECTED_BYTES
SELECT pg_database_size(:'side') || ' ' || :'total';
SQL`;

/**
 * Leaves out what `--clean` writes before it makes anything: in an empty database there is nothing to drop. Lines stay
 * where they are, so that an error still names the dump's own. Behind the first other statement nothing is changed.
 */
const WITHOUT_DROPS = `awk '
  past { print; next }
  gone || /^(${DROPS.replaceAll("\\.", ".")}|CREATE OR REPLACE VIEW )/ {
    gone = !/;$/; print ""; next
  }
  /^CREATE SCHEMA public;$/ { sub(/SCHEMA/, "SCHEMA IF NOT EXISTS") }
  /^CREATE / && !/^CREATE (SCHEMA|EXTENSION) / { past = 1 }
  { print }'`;

/** Errors with their code: what they say is read, and only what cannot hold a row is kept. */
const LOAD = psqlTelling("verbose");

const DROP_PUBLIC = "-c 'DROP SCHEMA public'";

/**
 * A psql that can be limited runs no command but the one that sets it free, and nobody knows the key. Commands in dumps are
 * refused before; this holds where the reader and psql read a text in two ways.
 */
const LIMIT = `limit="\\\\restrict $(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')" &&
psql --help=commands | grep -q '\\\\restrict' || limit= &&
`;

function loadPlain(facts: BackupFacts): string {
  const around = new Set(facts.goesAround ?? []);
  const filters = around.has("drops") ? [WITHOUT_DROPS] : [];
  const first = around.has("public") && !around.has("drops") ? ` \\\n  ${DROP_PUBLIC}` : "";
  // A dump of a newer pg_dump limits psql itself, and cannot inside another limit.
  const limits = facts.limitsClient === true ? "" : ` \${limit:+-c "$limit"}`;
  const load = `${LOAD} \\\n  -1 -o /dev/null${limits} \\\n  ${SIDE}${first}`;
  const isWhole = facts.packing.length === 0 && facts.only === undefined && filters.length === 0;
  const restore = isWhole ? `${load} -f "$BACKUP"` : [readPlain(facts), ...filters, `${load} -f -`].join(" |\n");
  return limits === "" ? restore : `${LIMIT}${restore}`;
}

function loadArchive(facts: BackupFacts): string {
  const { goesAround = [] } = facts;
  const first = goesAround.includes("public") ? `${PSQL} \\\n  ${SIDE} ${DROP_PUBLIC} &&\n` : "";
  const jobs = takesJobs(facts) ? ' \\\n  -j "$JOBS"' : "";
  return `${first}${fromArchive(facts, `pg_restore --exit-on-error ${SIDE}${jobs}`)}`;
}

/** A database in the dump's own encoding takes its bytes as they are; UTF8 takes those of all others. */
function makeSide({ encoding }: BackupFacts): string {
  const own = encoding === undefined ? "-E UTF8" : `-E ${encoding} --locale=C`;
  return `createdb -h "$SIDE_HOST" -T template0 ${own} "$SIDE_DATABASE"`;
}

export function recover(facts: BackupFacts): readonly Line[] {
  const isArchive = facts.format !== "plain";
  return [
    {
      say: "Create an empty database beside the damaged one.",
      script: makeSide(facts),
      uses: ["SIDE_HOST", "SIDE_DATABASE"],
      expect: "No output.",
      ifNot: "If it already exists, someone else may be restoring. Ask aloud before you continue.",
      destroys: false,
    },
    {
      say: "Restore the backup into it. The damaged database isn't touched.",
      script: isArchive ? loadArchive(facts) : loadPlain(facts),
      uses: ["SIDE_HOST", "SIDE_DATABASE", ...placesOf(facts), ...(takesJobs(facts) ? ["JOBS"] : []), "EXPECTED_BYTES"],
      expect: "No output, and exit code 0.",
      ifNot: "Drop the side database and start again with the next older backup.",
      destroys: false,
      progress: PROGRESS,
    },
  ];
}
