/** A log that lies beside a copy and was not gone through: what that means, whose fault it is, and what to do. Pure. */
import { type FogbellError, LostError, UnavailableError } from "../errors.ts";
import type { LeftLog, LogArchive, RecoveryPoint } from "../parts.ts";

interface Said {
  readonly because: string;
  readonly next: readonly string[];
}

const OTHER_FOLDERS = "keep the log of each server in a folder of its own, beside its backups";

function said({ kind, key, wanted = "", because = "" }: LeftLog, placeTold: string | undefined): Said {
  switch (kind) {
    case "hole":
      return {
        because: `the log has a hole right behind it: ${wanted}, where it would begin, is missing, and ${key} is there`,
        next: [
          `look for ${wanted}: on the server, and in other copies of its log`,
          "take a new backup, whose log is whole",
        ],
      };
    case "torn":
      return {
        because: `the log beside it cannot be gone through: ${because}`,
        next: ["look for another copy of the piece that is named: on the server, and elsewhere", "take a new backup"],
      };
    case "other-server":
      return {
        because: `the log that lies beside it is of another server (${key})${because === "" ? "" : `: ${because}`}`,
        next: [OTHER_FOLDERS],
      };
    case "several":
      return {
        because: `there is more than one log that may be its own (${key}, ${because}), and nothing tells which`,
        next: [OTHER_FOLDERS],
      };
    case "unread":
      return {
        because: `the log beside it was not read from ${key} on: it is ${because}`,
        next: [
          "keep pieces of the log plain, or packed with gzip, zstd, xz, bzip2 or lz4",
          "unpack them, and verify again",
        ],
      };
    case "no-place":
      return {
        because: `the log beside it (${key}) was not read: the copy does not say where in it it stands`,
        next: [
          ...(placeTold === undefined ? [] : [`let the backup write it down: ${placeTold}`]),
          `if it is meant to stand alone: ignore: [${JSON.stringify(key.replace(/\d{6,}[^/]*$/, "*"))}] at the source in fogbell.yaml`,
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
  const message = `${id} was looked at as it was taken, and comes no further: ${because}`;
  return FAULTS.has(left.kind)
    ? new LostError(message, { code: "FB_LOG_BROKEN", next })
    : new UnavailableError(message, { code: "FB_LOG_LEFT", next });
}
