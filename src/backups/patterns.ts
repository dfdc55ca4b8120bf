/** Patterns over a store's keys, as `fogbell.yaml` holds them. Pure. */

/** What each sign of a pattern stands for. */
const SIGNS: Readonly<Record<string, string>> = {
  "**/": "(?:.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};

/** `*` is anything but a slash, `**` anything, `?` one character, `{a,b}` one of several; everything else is itself. */
export function matcher(pattern: string): (key: string) => boolean {
  const source = pattern.replaceAll(
    /\{([^{}/]*,[^{}/]*)\}|\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g,
    (sign, several: string | undefined) =>
      several === undefined ? (SIGNS[sign] ?? `\\${sign}`) : `(?:${several.split(",").map(literal).join("|")})`,
  );
  const whole = new RegExp(`^${source}$`, "s");
  return (key) => whole.test(key);
}

const literal = (text: string) => text.replaceAll(/[*?]|[.+^$()|[\]\\]/g, (sign) => SIGNS[sign] ?? `\\${sign}`);

/** Whether a key, or one of the folders it lies in, is what a pattern means: a member belongs to its backup's pattern. */
export function fitter(pattern: string): (key: string) => boolean {
  const matches = matcher(pattern);
  return (key) => {
    if (matches(key)) return true;
    for (let slash = key.lastIndexOf("/"); slash > 0; slash = key.lastIndexOf("/", slash - 1)) {
      if (matches(key.slice(0, slash)) || matches(key.slice(0, slash + 1))) return true;
    }
    return false;
  };
}

/** The part of a pattern before its first sign, up to a slash: what a store can list by. */
export function listedPrefix(pattern: string | undefined): string {
  const plain = /^[^*?{]*/.exec(pattern ?? "")?.[0] ?? "";
  return plain === pattern ? plain : plain.slice(0, plain.lastIndexOf("/") + 1);
}

/** A key that a pattern could mean: what it says beside its stars can be read in it as in any key. */
export const sampleOf = (pattern: string): string =>
  pattern
    .replaceAll(/\{([^{},/]*),[^{}/]*\}/g, "$1")
    .replaceAll("**/", "")
    .replaceAll(/\*+/g, "20000101")
    .replaceAll("?", "1");
