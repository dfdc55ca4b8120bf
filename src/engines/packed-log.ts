/** Pieces of a log that were packed to save room, made again what the server wrote. What they are is told by their first bytes. */
import { apart } from "../host/sh.ts";
import type { BackupFacts, Line } from "../parts.ts";

/** Endings that packing gives a piece, and the server knows nothing of. */
const ENDINGS = "\\.(gz|gzip|zst|zstd|bz2|xz|lz4)";

const unpackLog: Line = {
  say: "Unpack the compressed log files.",
  script: apart(`cd "$LOG" &&
for piece in *; do
  case $(od -An -tx1 -N6 "$piece" | tr -d ' ') in
  1f8b*) unpack="gunzip -c" ;;
  28b52ffd*) unpack="zstd -dcq --long=31" ;;
  425a68*) unpack="bunzip2 -c" ;;
  fd377a585a00) unpack="xz -dcq" ;;
  04224d18* | 02214c18*) unpack="lz4 -dcq" ;;
  *) unpack= ;;
  esac
  name=$(echo "$piece" | sed -E ':a; s/${ENDINGS}$//; ta')
  if [ -n "$unpack" ]; then
    $unpack <"$piece" >"$SCRATCH/piece" || {
      echo "$piece cannot be unpacked to its end"; exit 15; }
    rm -f "$piece" && mv "$SCRATCH/piece" "$name"
  elif [ "$name" != "$piece" ]; then
    mv "$piece" "$name"
  fi || exit 16
done`),
  uses: ["LOG", "SCRATCH"],
  expect: "No output, and exit code 0.",
  ifNot: "Replay the log only up to the file before it, or get another copy of that file.",
  destroys: false,
  about: "log",
};

/** What is looked at of the log beside a copy before it is gone through; nothing where there is none. */
export const logChecks = ({ hasLog, logPacking = [] }: BackupFacts, check: Line): readonly Line[] =>
  hasLog === true ? [...(logPacking.length > 0 ? [unpackLog] : []), { ...check, about: "log" }] : [];

/** Lines that go through a log. */
export const aboutLog = (lines: readonly Line[]): readonly Line[] => lines.map((line) => ({ ...line, about: "log" }));
