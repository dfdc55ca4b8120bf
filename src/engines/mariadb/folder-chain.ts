/**
 * Folders of mariadb-backup that go on from each other, a full copy and what changed since, joined before they are opened.
 * Which belong together is told by their own numbers before they are fetched.
 */
import { apart } from "../../host/sh.ts";
import { type BackupFacts, CHECK_ENDS, type Line } from "../../parts.ts";
import { FOLDER, hasKeys, OWN_SETTINGS } from "./file-copies.ts";
import { UNPACKED } from "./files.ts";

export const isFolders = ({ format, span, isChain }: BackupFacts): boolean =>
  format === FOLDER && isChain === true && span !== undefined;

/** `sets` prints each folder with the numbers between which it holds every change, in their order. */
export const checkFolders = (sets: string): Line => ({
  say: "Is every folder of the chain there, of this version, and does each begin where the one before ends?",
  script: apart(`${sets} >"$SCRATCH/chain" &&
at=0 ours=$(mariadb-backup --version 2>&1 |
  sed -n 's/.* \\([0-9]*\\.[0-9]*\\)\\.[0-9]*-MariaDB.*/\\1/p')
while read -r from to folder; do
  name=$(basename "$folder")
  if [ "$from" -ne "$at" ]; then
    echo "a copy is missing: $at is reached, $name begins at $from"
    exit 11
  fi
  at=$to
  if [ "$from" -eq 0 ] && [ ! -s "$folder/ibdata1" ]; then
    echo "$name has no ibdata1, which every copy has"; exit 12
  fi
  ${hasKeys("$folder").replaceAll("\n", "\n  ")}
  theirs=$(sed -n \\
    's/^server_version = \\([0-9]*\\.[0-9]*\\).*/\\1/p' \\
    "$folder"/*_info | head -n 1)
  if [ "$theirs" != "$ours" ]; then
    printf 'version\\t%s\\t%s\\n' "$theirs" "$ours"
    exit ${CHECK_ENDS.otherVersion}
  fi
done <"$SCRATCH/chain"
test "$at" -ne 0`),
  uses: ["BACKUP", "SCRATCH"],
  expect: "No output, and exit code 0.",
  ifNot: "Don't restore it. Take the newest full backup, or the next older one.",
  destroys: false,
});

/**
 * Restores the chain that stands in `$SCRATCH/chain`: the full copy into an empty folder, then what changed since, one after
 * another. `fill` brings what `$folder` holds into the folder `$into`; `before` is done first.
 */
export const recoverChain = (
  told: Pick<Line, "say" | "ifNot">,
  { before = "", fill }: { readonly before?: string; readonly fill: string },
): Line => ({
  ...told,
  script: apart(`mkdir -m 700 "$SIDE_DATA" &&
${before}: >"$SCRATCH/prepare.log" &&
while read -r from to folder; do
  into=$SIDE_DATA more=
  if [ "$from" -ne 0 ]; then
    into=$SCRATCH/increment.$to more=--incremental-dir=$into
    mkdir "$into"
  fi
  ${fill} &&
  ${OWN_SETTINGS("$into").replaceAll("\n", "\n  ")} &&
  mariadb-backup --prepare --target-dir="$SIDE_DATA" $more \\
    2>>"$SCRATCH/prepare.log" || {
    tail -n 3 "$SCRATCH/prepare.log" >&2; exit 1; }
  if [ "$from" -ne 0 ]; then rm -r "$into"; fi
done <"$SCRATCH/chain"`),
  uses: ["BACKUP", "SIDE_DATA", "SCRATCH", "EXPECTED_BYTES"],
  expect: "No output.",
  destroys: false,
  progress: UNPACKED,
});

export const recoverFolders = recoverChain(
  {
    say: "Lay the full copy out in an empty folder, add what changed since, and make it consistent.",
    ifNot:
      "The copies do not fit together, or the disk is full. If the folder exists, somebody is restoring already: ask aloud.",
  },
  { fill: 'cp -R "$folder/." "$into"' },
);
