/** Text for terminals: lines that end at a space, before the terminal ends them in the middle of a word. */

/** The width of a terminal that nobody made wider. */
export const NARROW_COLUMNS = 80;

/** Breaks a line at spaces so that none is wider than `columns`; what goes on begins with `hanging`. Long words stay whole. */
export function wrap(line: string, columns: number, hanging = ""): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(" ", columns);
    if (at < 0 || rest.slice(0, at).trim() === "") break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = hanging + rest.slice(at).trimStart();
  }
  return [...lines, rest].join("\n");
}
