/** What is newer than every backup of a database and understood by nobody: until it is, nothing older is good enough. Pure. */
import { isYounger } from "../backups/younger.ts";
import { UnavailableError } from "../errors.ts";
import type { Candidate, Younger } from "./task.ts";

/** Of several sources' what is newer than the newest backup of them all. */
export function newerThan(all: readonly Younger[], newest: Candidate | undefined): Younger[] {
  const lead = newest?.point.objects.at(-1);
  const once = new Map(all.map((one) => [one.key, one]));
  return [...once.values()].filter(({ object }) => lead === undefined || isYounger(object, lead));
}

/** What the verdict is then: nobody can tell, with what to type. */
export function youngerError(younger: readonly Younger[], newest: Candidate): UnavailableError {
  const [first, ...others] = younger;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  const patterns = [...new Set(younger.map(({ pattern }) => pattern))].map((one) => JSON.stringify(one));
  return new UnavailableError(
    `${first?.key} is newer than ${newest.point.id} but wasn't understood: ${first?.because}${more}`,
    {
      code: "FB_NEWER_UNKNOWN",
      next: [
        "if it's a backup: decrypt or unpack it, or add a source for it to fogbell.yaml",
        `if it isn't one, add to its source in fogbell.yaml: ignore: [${patterns.join(", ")}]`,
      ],
    },
  );
}
