/**
 * The user's own backup and restore scripts, run unchanged, as cron would run them: the engine's usual environment, a
 * clock on the simulated timeline, and stand-ins for what a sandbox without a network cannot reach. Shared by all engines.
 */

import { z } from "zod";
import { defineMethod } from "../define.ts";
import { baseName } from "../host/key-parts.ts";
import type { BackupFacts, Line, LogArchive, Method } from "../parts.ts";

/** What differs between engines. */
export interface Surroundings {
  readonly engine: string;
  /** What a cron job has in its environment: `NAME="$PLACE"` words. */
  readonly environment: readonly string[];
  /** Places that the environment refers to. */
  readonly uses: readonly string[];
  /** Makes what the environment refers to, in the shell; `:` when nothing is needed. */
  readonly prepare: string;
  /** The program that dumps; it is the one that fails when the night's trouble is the dump. */
  readonly dump: string;
  /** The method that makes the same kind of file; it checks what the script made, and restores it when no script does. */
  readonly like: Method;
}

const path = z.string().regex(/^[^\p{Cc}'"$`\\]+$/u, "a plain path is needed");

const options = z.strictObject({
  backup: path
    .describe("Your backup script, relative to the scenario. It is run with sh, in its own folder.")
    .meta({ examples: ["scripts/backup.sh"] }),
  restore: path
    .optional()
    .describe(
      "Your restore script, called with the file and the name of a new database. Default: none; the file is restored like every other dump.",
    )
    .meta({ examples: ["scripts/restore.sh"] }),
  trouble: z
    .enum(["none", "dump", "upload"])
    .default("none")
    .describe("What fails that night: nothing, the dump program, or the upload.")
    .meta({ examples: ["upload"] }),
});
type Options = z.infer<typeof options>;

/** `shop-20261120T130000Z` → Unix seconds. */
function secondsOf(stem: string): number {
  const [, y, mo, d, h, mi, s] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stem) ?? [];
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)) / 1000;
}

/** `date` on the simulated timeline; a date that is asked for relative to now is relative to that. */
const DATE = `#!/bin/sh
now=$(cat "$CRON/now")
n=$#
while [ "$n" -gt 0 ]; do
  word=$1; shift; n=$((n - 1))
  case $word in
  -d|--date) set -- "$@" "--date=$(/bin/date -u -d "@$now" "+%F %T UTC") $1"; shift; n=$((n - 1)); seen=yes ;;
  -d*) set -- "$@" "--date=$(/bin/date -u -d "@$now" "+%F %T UTC") \${word#-d}"; seen=yes ;;
  --date=*) set -- "$@" "--date=$(/bin/date -u -d "@$now" "+%F %T UTC") \${word#--date=}"; seen=yes ;;
  *) set -- "$@" "$word" ;;
  esac
done
if [ -z "$seen" ]; then set -- "--date=@$now" "$@"; fi
exec /bin/date "$@"
`;

/** `aws s3 cp`, `ls` and `rm` on a folder that is the bucket; the world brings it to the real store. */
const AWS = `#!/bin/sh
[ "$1" = s3 ] || { echo "aws: only s3 is here" >&2; exit 2; }
verb=$2; shift 2
from= to= recursive=
while [ $# -gt 0 ]; do
  case $1 in
  --endpoint-url|--region|--profile|--storage-class|--sse) shift ;;
  --recursive) recursive=yes ;;
  --*) ;;
  *) if [ -z "$from" ]; then from=$1; else to=$1; fi ;;
  esac
  shift
done
key() { printf %s "$1" | sed 's,^s3://[^/]*/*,,'; }
if [ -e "$CRON/no-upload" ] && [ "$verb" = cp ]; then
  echo "upload failed: Could not connect to the endpoint URL" >&2; exit 1
fi
case $verb in
cp)
  case $from in
  s3://*) if [ "$to" = - ]; then cat "$ARCHIVE/$(key "$from")"; else cp "$ARCHIVE/$(key "$from")" "$to"; fi ;;
  *) name=$(key "$to"); case $name in ''|*/) name=$name$(basename "$from") ;; esac
    mkdir -p "$(dirname "$ARCHIVE/$name")" &&
    if [ "$from" = - ]; then cat >"$ARCHIVE/$name"; else cp "$from" "$ARCHIVE/$name"; fi &&
    touch -d "@$(cat "$CRON/now")" "$ARCHIVE/$name" ;;
  esac ;;
ls) cd "$ARCHIVE" && for one in "$(key "$from")"*; do
    [ -f "$one" ] && echo "$(/bin/date -u -d "@$(stat -c %Y "$one")" "+%F %T") \\
$(stat -c %s "$one") $one"
  done; true ;;
rm) rm \${recursive:+-r} "$ARCHIVE/$(key "$from")" ;;
*) echo "aws: s3 $verb is not here" >&2; exit 2 ;;
esac
`;

/** `mail -s SUBJECT WHO`: kept, not sent. */
const MAIL = `#!/bin/sh
subject=
while [ $# -gt 1 ]; do if [ "$1" = -s ]; then subject=$2; shift; fi; shift; done
{ echo "To: $1"; echo "Subject: $subject"; echo; cat; echo; } >>"$CRON/mail"
`;

const FAILING = `#!/bin/sh
echo "error: connection to server failed: Connection refused" >&2
exit 1
`;

const heredoc = (name: string, text: string) => `cat >"$CRON/bin/${name}" <<'PROGRAM' &&\n${text}PROGRAM`;

const prepare = (seconds: number, surroundings: Surroundings, { trouble }: Options): Line => ({
  say: "Set the stage for a night's cron job: its clock, its mail, its way to the bucket.",
  script: `mkdir -p "$CRON/bin" "$CRON/backups" "$ARCHIVE" &&
${heredoc("date", DATE)}
${heredoc("aws", AWS)}
${heredoc("mail", MAIL)}
rm -f "$CRON/bin/${surroundings.dump}" "$CRON/no-upload" &&
${trouble === "dump" ? `${heredoc(surroundings.dump, FAILING)}\n` : ""}${trouble === "upload" ? ': >"$CRON/no-upload" &&\n' : ""}chmod +x "$CRON"/bin/* &&
${surroundings.prepare} &&
past=$((${seconds} - $(cat "$CRON/now" 2>/dev/null || echo ${seconds}))) &&
find "$CRON/backups" -type f | while IFS= read -r file; do
  touch -d "@$(($(stat -c %Y "$file") - past))" "$file"
done
echo ${seconds} >"$CRON/now"`,
  uses: ["CRON", "ARCHIVE", "SCRIPTS", ...surroundings.uses],
  destroys: false,
});

const run = ({ environment, uses }: Surroundings, { backup }: Options): Line => ({
  say: `Run ${baseName(backup)}, as cron does.`,
  script: `mails=$(grep -c '^Subject: ' "$CRON/mail" 2>/dev/null)
(cd "$SCRIPTS" && env PATH="$CRON/bin:$PATH" CRON="$CRON" \\
  BACKUP_DIR="$CRON/backups" BUCKET=backups \\
  S3_ENDPOINT=http://bucket.invalid AWS_EC2_METADATA_DISABLED=true \\
  ${environment.join(" \\\n  ")} \\
  sh ./${baseName(backup)}) </dev/null
echo "exit code $?"
grep '^Subject: ' "$CRON/mail" 2>/dev/null |
  tail -n "+$((\${mails:-0} + 1))" | sed 's/^Subject/mail/'
true`,
  uses: ["CRON", "SCRIPTS", "ARCHIVE", ...uses],
  destroys: false,
  isOwn: true,
});

/** The bucket as the scripts see it: a folder, copied to the store file by file, pruning included. */
const BUCKET: LogArchive = {
  stays: true,
  resolutionMs: 1,
  settings: {},
  close: () => ({ say: "Nothing is waiting: a script's bucket has no log.", script: ":", uses: [], destroys: false }),
  isPiece: (name) => name !== "",
  isNeeded: () => true,
};

function recover({ like, environment, uses }: Surroundings, facts: BackupFacts): readonly Line[] {
  const byHand = like.recover(facts, { to: "end-of-log" });
  if (facts.script === undefined) return byHand;
  // Whoever fills the database: it grows as it does by hand.
  const watched = byHand.find((line) => line.progress !== undefined);
  const { progress = "" } = watched ?? {};
  const watching = watched?.uses.filter((name) => progress.includes(name)) ?? [];
  return [
    {
      say: "Restore into a new database with the restore script.",
      script: `(cd "$SCRIPTS" && env ${environment.join(" \\\n  ")} \\
  sh ./${facts.script} "$BACKUP" "$SIDE_DATABASE")`,
      uses: [...new Set(["SCRIPTS", "BACKUP", "SIDE_DATABASE", ...uses, ...watching])],
      expect: "Exit code 0, and the script's own messages.",
      ifNot: "Restore the file by hand (it's an ordinary dump). Fix the script later.",
      destroys: false,
      isOwn: true,
      ...(progress === "" ? {} : { progress }),
    },
  ];
}

export const scriptOf = (surroundings: Surroundings): Method =>
  defineMethod<Options>({
    name: "script",
    summary: "Your own backup and restore scripts, run unchanged, as cron runs them.",
    options,
    gives: ["side-restore", "one-table"],
    side: "database",
    variants: [],
    scripts: ({ backup, restore }) => ({ files: restore === undefined ? [backup] : [backup, restore], restore }),
    repository: BUCKET,
    backup: (stem, told) => [prepare(secondsOf(stem), surroundings, told), run(surroundings, told)],
    facts: () => ({
      engine: surroundings.engine,
      method: "script",
      isDump: true,
      format: "plain",
      packing: [],
      complete: "unknown",
      because: "not made yet",
    }),
    // What a script leaves is a file like any other: the method it is like recognises it.
    inspect: () => null,
    check: (facts, target) => surroundings.like.check(facts, target),
    recover: (facts) => recover(surroundings, facts),
  });
