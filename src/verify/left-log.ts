/** A log that lies beside a copy and was not gone through: what that means, whose fault it is, and what to do. Pure. */
import { type FogbellError, LostError, UnavailableError } from "../errors.ts";
import type { LeftLog, LogArchive, RecoveryPoint } from "../parts.ts";

interface Said {
  readonly because: string;
  readonly next: readonly string[];
}

const OTHER_FOLDERS = "keep each server's log in its own folder, beside that server's backups";

function said({ kind, key, wanted = "", because = "" }: LeftLog, placeTold: string | undefined): Said {
  switch (kind) {
    case "hole":
      return {
        because: `the log has a gap right after it: ${wanted}, where it should begin, is missing, though ${key} is there`,
        next: [
          `look for ${wanted}: on the server, and in other copies of its log`,
          "take a new backup with a complete log",
        ],
      };
    case "torn":
      return {
        because: `the log beside it can't be read: ${because}`,
        next: ["look for another copy of that log file, on the server and elsewhere", "take a new backup"],
      };
    case "other-server":
      return {
        because: `the log beside it is from another server (${key})${because === "" ? "" : `: ${because}`}`,
        next: [OTHER_FOLDERS],
      };
    case "several":
      return {
        because: `more than one log could belong to it (${key}, ${because}), and nothing shows which does`,
        next: [OTHER_FOLDERS],
      };
    case "unread":
      return {
        because: `the log beside it wasn't read from ${key} on: it is ${because}`,
        next: [
          "keep log files uncompressed, or compressed with gzip, zstd, xz, bzip2 or lz4",
          "unpack them, then: fogbell verify",
        ],
      };
    case "no-place":
      return {
        because: `the log beside it (${key}) wasn't read: the copy doesn't say which log position it was taken at`,
        next: [
          ...(placeTold === undefined ? [] : [`make the backup record it: ${placeTold}`]),
          `if the backup is meant to be used without the log: ignore: [${JSON.stringify(key.replace(/\d{6,}[^/]*$/, "*"))}] at the source in fogbell.yaml`,
        ],
      };
  }
}

/** Kinds that prove that something of the log is missing or broken: nobody comes to a later moment by it. */
const FAULTS: ReadonlySet<LeftLog["kind"]> = new Set(["hole", "torn"]);

/** What it makes of the verdict, with what to type. The copy itself was looked at without it. */
export function leftLogError(
  { id }: RecoveryPoint,
  left: LeftLog,
  { placeTold }: Pick<LogArchive, "placeTold"> = {},
): FogbellError {
  const { because, next } = said(left, placeTold);
  const message = `${id} was checked as of its own moment; the log after it couldn't be applied: ${because}`;
  return FAULTS.has(left.kind)
    ? new LostError(message, { code: "FB_LOG_BROKEN", next })
    : new UnavailableError(message, { code: "FB_LOG_LEFT", next });
}
