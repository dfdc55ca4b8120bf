/**
 * Errors are part of the interface: what failed, why, what to type next.
 * Lost and late are verdicts, never errors; a failing command is an outcome. What remains is here, each with a stable
 * code (a paragraph in docs/errors.md), an exit code of product.md, and the next commands to type.
 */

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 70 | 130;
export type ErrorCode = `FB_${string}`;

export interface ErrorDetails {
  readonly code: ErrorCode;
  /** What to type, most useful first. */
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

export abstract class FogbellError extends Error {
  abstract readonly exitCode: ExitCode;
  readonly code: ErrorCode;
  readonly next: readonly string[];

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.next = details.next ?? [];
  }
}

/** A bad flag or argument. */
export class UsageError extends FogbellError {
  readonly exitCode = 2;
}

/** One thing wrong with a scenario file. Lines and columns count from 1. */
export interface Issue {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** A scenario that cannot be read, or asks for an impossible combination. Carries every problem, not only the first. */
export class ScenarioError extends FogbellError {
  readonly exitCode = 2;
  readonly file: string;
  readonly issues: readonly Issue[];

  constructor(file: string, issues: readonly Issue[], details: Partial<ErrorDetails> = {}) {
    const lines = issues.map(
      (issue) =>
        `${file}:${issue.line}:${issue.column}  ${issue.message}${issue.suggestion ? ` (did you mean "${issue.suggestion}"?)` : ""}`,
    );
    super(`${file} is not a valid scenario:\n${lines.join("\n")}`, {
      code: "FB_SCENARIO_INVALID",
      next: [`fogbell scenario lint ${file}`],
      ...details,
    });
    this.file = file;
    this.issues = issues;
  }
}

/** `fogbell.yaml` is not as it should be, with every place. */
export class ConfigError extends FogbellError {
  readonly exitCode = 2;
  readonly issues: readonly Issue[];

  constructor(file: string, issues: readonly Issue[]) {
    const lines = issues.map(
      (issue) =>
        `${file}:${issue.line}:${issue.column}  ${issue.message}${issue.suggestion ? ` (did you mean "${issue.suggestion}"?)` : ""}`,
    );
    super(`${file} is not a valid configuration:\n${lines.join("\n")}`, {
      code: "FB_CONFIG_INVALID",
      next: ["fogbell schema --config", "docs/config.md has every key, with an example"],
    });
    this.issues = issues;
  }
}

/** Engine, image, store, credential or disk is not there: nothing can be judged, so the drill is void. */
export class UnavailableError extends FogbellError {
  readonly exitCode = 4;
}

/** Why the bytes of one object cannot be had, though it is there. */
export type UnreadableKind =
  | "archived" // in a storage class that has to be thawed first
  | "denied" // not for whoever asks: rights, another owner, a key for decryption
  | "link" // a link in a folder, which is not followed
  | "special" // a pipe, a socket, a device
  | "name" // a name that is no text
  | "changing" // still being written
  | "form" // encrypted, or a form that is not read here
  | "broken"; // the disk, the connection or the answer

interface UnreadableDetails {
  readonly kind: UnreadableKind;
  /** Why, without the object's name: for lists. */
  readonly because: string;
  readonly next: readonly string[];
  readonly cause?: unknown;
}

const UNREADABLE_CODES: Readonly<Partial<Record<UnreadableKind, ErrorCode>>> = {
  archived: "FB_OBJECT_ARCHIVED",
  denied: "FB_OBJECT_DENIED",
};

/** One object of a store cannot be read, which says nothing about the others. */
export class UnreadableError extends UnavailableError {
  readonly kind: UnreadableKind;
  readonly because: string;

  constructor(message: string, { kind, because, next, cause }: UnreadableDetails) {
    super(message, { code: UNREADABLE_CODES[kind] ?? "FB_OBJECT_UNREADABLE", next, cause });
    this.kind = kind;
    this.because = because;
  }
}

/** Safety: isolation not proven, a dump would reach out, a target is not ours. */
export class RefusedError extends FogbellError {
  readonly exitCode = 5;
}

/** No recovery point could be restored: the data is lost. Thrown inside a drill only, where it becomes the verdict. */
export class LostError extends FogbellError {
  readonly exitCode = 1;
}

/** A signal (130) or a deadline (4) ended the work. */
export class CancelledError extends FogbellError {
  readonly exitCode: 130 | 4;

  constructor(message: string, details: ErrorDetails & { readonly by: "signal" | "deadline" }) {
    super(message, details);
    this.exitCode = details.by === "signal" ? 130 : 4;
  }
}

/** Our own bug. The only error that shows its stack. */
export class Defect extends FogbellError {
  readonly exitCode = 70;

  constructor(message: string, cause?: unknown) {
    super(message, { code: "FB_DEFECT", next: ["please report this with the journal of the run"], cause });
  }
}

/** Throws a `Defect` when a condition that the code itself guarantees does not hold. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Defect(message);
}

/** What the system says of its disks, whoever asked: `ENOSPC` to the words for it. */
const OF_THE_DISK: Readonly<Record<string, { readonly code: ErrorCode; readonly why: string }>> = {
  ENOSPC: { code: "FB_DISK_FULL", why: "the disk is full" },
  EDQUOT: { code: "FB_DISK_FULL", why: "the disk quota is used up" },
  EROFS: { code: "FB_DISK_FAULT", why: "the disk is mounted read-only" },
  EACCES: { code: "FB_DISK_FAULT", why: "no permission" },
  EPERM: { code: "FB_DISK_FAULT", why: "no permission" },
  EIO: { code: "FB_DISK_FAULT", why: "the disk fails" },
  EMFILE: { code: "FB_DISK_FAULT", why: "too many open files" },
  ENFILE: { code: "FB_DISK_FAULT", why: "too many open files" },
};

/** A last net: where a disk fails nearer to its cause, that place says more. */
function diskError(error: unknown): FogbellError | null {
  const { code = "", path, syscall = "" } = (error ?? {}) as NodeJS.ErrnoException;
  const found = OF_THE_DISK[code];
  // Without a call of the system somebody only named an error so.
  if (found === undefined || syscall === "") return null;
  const where = path === undefined ? `${syscall} failed` : path;
  const next = [path === undefined ? "df -h" : `df -h ${path}`, "fogbell gc"];
  return new UnavailableError(`${where}: ${found.why}`, { code: found.code, next, cause: error });
}

/** The exit code and message of anything thrown; unknown errors are our defect, but for those of a disk. */
export function asFogbellError(error: unknown): FogbellError {
  if (error instanceof FogbellError) return error;
  const ofDisk = diskError(error);
  if (ofDisk !== null) return ofDisk;
  return new Defect(error instanceof Error ? error.message : String(error), error);
}
