/**
 * Names that others gave (keys of objects, what a dump's header says, answers of servers) as text that only shows: no
 * character of them moves a cursor, turns the direction of a line, or is there without being seen.
 */

/** Controls but tab and the ends of lines, marks of direction and of nothing, and halves of characters. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\r(?!\n)|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
}

/** As a shell reads it inside `$'…'`: `\x1b`, `\u202e`. */
export const tame = (text: string): string => text.replace(UNSEEN, escaped);

/** A string as JSON and YAML write it, with nothing unseen in it; read again, it is what it was. */
export const tameString = (text: string): string =>
  JSON.stringify(text).replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A name on one line, and not longer than people look at. */
export function tameName(text: string, longest = 200): string {
  const line = tame(text).replaceAll(/\s+/g, " ");
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** All text in a value of plain objects and arrays. The same value when there is nothing to be done. */
export function tameAll<T>(value: T): T {
  if (typeof value === "string") return tame(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const all: readonly unknown[] = value.map(tameAll);
    return all.every((one, index) => one === value[index]) ? value : (all as T);
  }
  const entries = Object.entries(value).map(([key, one]) => [tame(key), tameAll(one)] as const);
  const isSame = entries.every(([key, one]) => one === (value as Record<string, unknown>)[key]);
  return isSame ? value : (Object.fromEntries(entries) as T);
}
