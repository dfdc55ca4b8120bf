/** What `--out` and `--format` mean together. */

/** The file without its ending, null for standard output; and the formats, from the ending when none is named. */
export function splitOut<Format extends string>(
  out: string | undefined,
  named: readonly string[] | undefined,
  known: readonly [Format, ...Format[]],
): { stem: string | null; formats: readonly Format[] } {
  const ending = known.find((format) => out?.endsWith(`.${format}`));
  const formats = (named as readonly Format[] | undefined) ?? [ending ?? known[0]];
  if (out === undefined) return { stem: null, formats };
  return { stem: ending === undefined ? out : out.slice(0, -(ending.length + 1)), formats };
}
