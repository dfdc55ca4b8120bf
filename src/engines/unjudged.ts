/**
 * Whose fault a failed restore is, whatever the engine: what this machine, this version or Fogbell's own sandbox lacks says
 * nothing of the backup. It is named, with what to do about it; everything else is the backup's own fault.
 */
import { type ClientError, describeError } from "../host/client-errors.ts";
import type { Unjudged } from "../parts.ts";

/** Something that is not here, told by its name where the error has one, else "". */
export interface Lack {
  /** In the sentence "the copy can't be judged here: …". */
  readonly because: (name: string) => string;
  readonly next: (name: string) => readonly string[];
}

export const OWN_SERVER = "fogbell verify --sandbox local, on a machine that has it";
export const inImage = (what: string) => [`install ${what} into the sandbox's image, then: fogbell verify`, OWN_SERVER];

/** What can be lacking whatever the engine, by the reasons that every reader of errors gives. */
export const COMMON_LACKS: Readonly<Record<string, Lack>> = {
  "disk-full": {
    because: () => "the disk is full",
    next: () => ["df -h", "fogbell gc", "free some space, then run it again"],
  },
  "no-memory": {
    because: () => "memory ran out",
    next: () => ["free -h", "run it again, with more memory for the sandbox"],
  },
  cancelled: { because: () => "the statement was cancelled", next: () => ["run it again, with more time"] },
};

/** `OpeningPhrases.unjudged` of an engine, by the reasons that its errors are read with. */
export const unjudgedBy =
  (lacks: Readonly<Record<string, Lack>>) =>
  (errors: readonly ClientError[]): Unjudged | null => {
    for (const error of errors) {
      const lack = error.severity === "error" && error.reason !== undefined ? lacks[error.reason] : undefined;
      if (lack === undefined) continue;
      const name = error.named ?? "";
      return { because: `${lack.because(name)}. It said: ${describeError(error)}`, next: lack.next(name) };
    }
    return null;
  };
