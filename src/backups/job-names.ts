/** What databases are called for people: by the words that tell their jobs apart, else by what their backups say. Pure. */
import type { Placed } from "./series.ts";

export interface ToName {
  readonly engine: string;
  readonly placed: readonly Placed[];
  /** What its backups say of themselves. */
  readonly databases: readonly (string | undefined)[];
  /** Whether only that tells it from others of the same names. */
  readonly isByContent: boolean;
}

/** The words of its names as they stand there, of the entry that says most. */
function segmentsOf({ placed }: ToName): readonly string[] {
  return placed.reduce<readonly string[]>(
    (most, { segments }) => (segments.join("").length > most.join("").length ? segments : most),
    [],
  );
}

/** How many folders and words from the front all names share; a name keeps at least one word of its own. */
function sharedAtFront(all: readonly (readonly string[])[]): number {
  const least = Math.min(...all.map(({ length }) => length));
  let shared = 0;
  while (shared < least - 1 && all.every((parts) => parts[shared] === all[0]?.[shared])) shared += 1;
  return shared;
}

/** `my-blog` into `my`, `-`, `blog`: what stands between is kept, and a host's name stays whole. */
const atoms = (segments: readonly string[]) =>
  segments
    .join("-")
    .split(/([^\p{L}\d.]+)/u)
    .filter((one) => one !== "");

/** The words without those at the front that every database of the store has: `my-blog` and `my-shop` are blog and shop. */
function withoutShared(all: readonly (readonly string[])[]): string[] {
  const named = all.filter(({ length }) => length > 0).map(atoms);
  const isAlone = new Set(named.map((one) => one.join(""))).size < 2;
  const most = isAlone ? 0 : sharedAtFront(named);
  // A year alone is nobody's name: `erp_2024` and `erp_2025` keep all of theirs.
  const isYear = named.some((one) => /^[^\p{L}\d]*(?:19|20)\d\d$/u.test(one.slice(most).join("")));
  const shared = isYear ? 0 : most;
  return all.map((segments) =>
    atoms(segments)
      .slice(shared)
      .join("")
      .replace(/^[^\p{L}\d]+/u, ""),
  );
}

/** What the backups call their database, where they agree; null otherwise. */
const ownName = ({ databases }: ToName) => {
  const [only] = databases;
  return databases.length === 1 && only !== undefined && only !== "" ? only : null;
};

/** Whether a name stands in words at the borders of words, in any case. */
function stands(name: string, words: string): boolean {
  const at = ` ${words.toLowerCase().replaceAll(/[^\p{L}\d]+/gu, " ")} `;
  return at.includes(` ${name.toLowerCase().replaceAll(/[^\p{L}\d]+/gu, " ")} `);
}

/** A name for each, in order. No two of one engine are the same. */
export function nameJobs(all: readonly ToName[]): string[] {
  const words = withoutShared(all.map(segmentsOf));
  const own = all.map(ownName);
  const isOnly = (name: string) => own.filter((one) => one === name).length === 1;
  const names = all.map((one, index) => {
    const said = own[index] ?? null;
    const told = words[index] ?? "";
    if (said !== null && (one.isByContent || told === "" || (isOnly(said) && stands(said, told)))) return said;
    return told === "" ? one.engine : told;
  });
  const seen = new Map<string, number>();
  return names.map((name, index) => {
    const key = `${all[index]?.engine} ${name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    if (count === 1) return name;
    const whole = segmentsOf(all[index] as ToName).join("-");
    return whole === "" || whole === name ? `${name}-${count}` : whole;
  });
}
