/** Which command the first words mean, and what was probably meant when they mean none. Pure: oclif is not asked. */
import { nearest } from "../host/near-miss.ts";

export type Lookup =
  | { readonly kind: "command"; readonly id: string }
  /** A topic alone, a flag, help or completion: oclif's own, with its plugins. */
  | { readonly kind: "other" }
  | { readonly kind: "unknown"; readonly typed: string; readonly meant: string | null };

/** Words that plugins answer. */
const PLUGIN_WORDS: readonly string[] = ["help", "autocomplete"];

/** `ids` are oclif's: `scenario:list`. */
export function lookup(words: readonly string[], ids: readonly string[]): Lookup {
  const flag = words.findIndex((word) => word.startsWith("-"));
  const [first, second] = flag === -1 ? words : words.slice(0, flag);
  if (first === undefined || PLUGIN_WORDS.includes(first)) return { kind: "other" };
  const pair = second === undefined ? first : `${first}:${second}`;
  const id = ids.find((known) => known === pair) ?? ids.find((known) => known === first);
  if (id !== undefined) return { kind: "command", id };
  const isTopic = ids.some((known) => known.startsWith(`${first}:`));
  if (isTopic && second === undefined) return { kind: "other" };
  const typed = pair.replace(":", " ");
  const spoken = [...ids, ...PLUGIN_WORDS].map((known) => known.replaceAll(":", " "));
  return { kind: "unknown", typed, meant: nearest(typed, spoken) ?? nearest(first, spoken) ?? null };
}

/** The flag that was probably meant by `typed` (with its dashes), among the names a command knows. */
export function nearestFlag(typed: string, names: readonly string[]): string | null {
  const name = nearest(typed.replace(/^-+/, "").replace(/=.*$/, ""), names);
  return name === undefined ? null : `--${name}`;
}
