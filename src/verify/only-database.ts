/** Of a dump that names its databases: the one that is meant. */
import { LostError, UnavailableError } from "../errors.ts";

export interface Naming {
  /** The recovery point. */
  readonly id: string;
  /** The database's own name in fogbell.yaml, when it is told. */
  readonly told: string | null;
  /** Databases that every server has: meant only when they are told. */
  readonly everywhere: readonly string[];
}

/**
 * The only database of those that the dump names, or the one that is told; null when it names none. Throws UnavailableError
 * when it cannot be told which is meant, LostError when the one that is told is not among several.
 */
export function onlyOf(all: readonly string[], { id, told, everywhere }: Naming): string | null {
  const own = all.filter((name) => !everywhere.includes(name));
  const names = own.length > 0 ? own : all;
  if (told !== null && all.includes(told)) return told;
  if (names.length <= 1) return names[0] ?? null;
  const listed = names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
  if (told !== null)
    throw new LostError(`${id} holds ${listed}, and no database ${told}`, { code: "FB_SEVERAL_DATABASES" });
  throw new UnavailableError(`${id} holds several databases: ${listed}`, {
    code: "FB_SEVERAL_DATABASES",
    next: [`say which one is meant: database: ${names[0]} beside its name in fogbell.yaml`],
  });
}
