/** What the errors of a file system mean, and what to type. */
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { FogbellError, UnavailableError, UnreadableError } from "../errors.ts";
import { quote } from "../host/sh.ts";

export interface FolderAttempt {
  readonly doing: string;
  /** What can be looked at when it fails. */
  readonly path: string;
  readonly signal?: AbortSignal;
  /** It is about one file or folder of a store, and not about the store. */
  readonly isOne?: boolean;
  /** Its bytes are read: what is not there was removed since it was listed. */
  readonly isRead?: boolean;
}

/** Who asks, as the file system knows them. */
function whoAsks(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}

/** What an error says against one file or folder; null when it is about more. */
function unreadable(thrown: NodeJS.ErrnoException, { doing, path }: FolderAttempt): UnreadableError | null {
  const { code = "", message } = thrown;
  if (code === "EACCES" || code === "EPERM") {
    const user = whoAsks();
    const because = `${user} may not read it (${code})`;
    const next = [`ls -ld ${quote(path)}`, `sudo setfacl -m u:${quote(user)}:rX ${quote(path)}`];
    return new UnreadableError(`${doing}: ${because}`, { kind: "denied", because, next, cause: thrown });
  }
  if (code === "ELOOP") {
    const because = "it is a link by now; links are not followed";
    return new UnreadableError(`${doing}: ${because}`, { kind: "link", because, next: [`ls -l ${quote(path)}`] });
  }
  if (code === "EIO" || code === "EUCLEAN" || code === "ESTALE") {
    const because = `the disk or the share does not give it out: ${message}`;
    return new UnreadableError(`${doing}: ${because}`, {
      kind: "broken",
      because,
      next: [`ls -ld ${quote(path)}`, "sudo dmesg | tail   # what the disk says"],
      cause: thrown,
    });
  }
  return null;
}

/** What an error of the file system means, in our words. Fogbell's own errors and cancellations pass unchanged. */
export function explain(thrown: unknown, told: FolderAttempt): unknown {
  const { doing, path, signal, isOne = false, isRead = false } = told;
  if (signal?.aborted) return signal.reason;
  const { code, message, syscall } = thrown as NodeJS.ErrnoException;
  if (thrown instanceof FogbellError || syscall === undefined) return thrown;
  if (code === "ENOENT" && isRead) {
    return new UnavailableError(`${doing}: it was removed since it was listed`, {
      code: "FB_OBJECT_GONE",
      next: [`ls -l ${quote(dirname(path))}`, "run again: the store is listed anew"],
      cause: thrown,
    });
  }
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new UnavailableError(`${doing}: the disk is full`, {
      code: "FB_DISK_FULL",
      next: [`df -h ${quote(dirname(path))}`, "fogbell gc"],
      cause: thrown,
    });
  }
  const one = isOne ? unreadable(thrown as NodeJS.ErrnoException, told) : null;
  return (
    one ??
    new UnavailableError(`${doing}: ${message}`, {
      code: "FB_STORE_UNREADABLE",
      next: [`ls -ld ${quote(path)}`],
      cause: thrown,
    })
  );
}
