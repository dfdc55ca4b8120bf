/**
 * What it means that this machine's disk does not take what Fogbell writes: results, scratch, pages. It is never a fault
 * of a backup, and none of ours.
 */
import { dirname } from "node:path";
import { type ErrorCode, FogbellError, UnavailableError } from "../errors.ts";
import { quote } from "./sh.ts";

const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);
/** Read-only, no right, a disk that fails, too many open files. */
const NOT_TAKEN: ReadonlySet<string> = new Set(["EROFS", "EACCES", "EPERM", "EIO", "EMFILE", "ENFILE"]);

/** Whether an error says that a disk is full. */
export const isFull = (thrown: unknown): boolean => FULL.has((thrown as NodeJS.ErrnoException | null)?.code ?? "");

/** What to type when the disk of a folder is full; `larger`: how another one is named. */
export const roomIn = (folder: string, larger = "export TMPDIR=… (a folder on a larger disk)"): string[] => [
  `df -h ${quote(folder)}`,
  "fogbell gc",
  larger,
];

export interface Writing {
  /** What is written, as a message begins: "the journal in /x/y". */
  readonly what: string;
  readonly folder: string;
  /** How another place is named. */
  readonly larger?: string;
  /** Of every error of the system but a full disk. Default: those of disks only, under a code for them. */
  readonly code?: ErrorCode;
}

/** What an error of the disk means, when it is one. Everything else passes unchanged. */
export function explainDisk(thrown: unknown, { what, folder, larger, code }: Writing): unknown {
  if (thrown instanceof FogbellError) return thrown;
  const { code: errno = "", syscall, message } = thrown as NodeJS.ErrnoException;
  if (isFull(thrown)) {
    const next = roomIn(folder, larger);
    return new UnavailableError(`${what} cannot be written: the disk is full`, {
      code: "FB_DISK_FULL",
      next,
      cause: thrown,
    });
  }
  if (syscall === undefined || (code === undefined && !NOT_TAKEN.has(errno))) return thrown;
  return new UnavailableError(`${what} cannot be written: ${message}`, {
    code: code ?? "FB_DISK_FAULT",
    next: [`ls -ld ${quote(dirname(folder))} ${quote(folder)}`, ...(larger === undefined ? [] : [larger])],
    cause: thrown,
  });
}
