/**
 * Text for terminals of any width: paragraphs break between words, tables shrink and wrap column by column. Nothing is
 * cut and no word is broken, because ids and commands are copied from here. Pure.
 */

/** Where nothing says how wide it is, nothing wraps: logs and files are read by programs, too. */
export type Width = number | undefined;

/** The width of a terminal that nobody made wider. */
export const NARROW_COLUMNS = 80;

const GAP = "  ";
/** Colours take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const COLOUR = /\u001b\[[0-9;]*m/g;
const lengthOf = (text: string) => text.replace(COLOUR, "").length;
/** A number stays with its unit: `1d 6h`, `3.2 MiB` are one word to a reader. */
const UNIT = /(\d(?:ms|[smhd])?) (?=(?:\d+(?:\.\d+)?)?(?:ms|[smhd%B]|[KMGT]iB)(?![A-Za-z]))/g;
const HELD = "\u00a0";

const wordsOf = (text: string) => text.replace(UNIT, `$1${HELD}`).split(" ");
/** Of any number of rows: more arguments than some 100,000 no call takes. */
const most = (numbers: readonly number[]) => numbers.reduce((all, one) => Math.max(all, one), 0);
const longestWord = (text: string) => most(wordsOf(text).map(lengthOf));

/** Lines of at most `width` characters, as far as words allow. */
function folded(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of wordsOf(text)) {
    if (line !== "" && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => one.replaceAll(HELD, " "));
}

/** A line that wraps below its own beginning: its indentation, and `hang` more. */
export function wrap(text: string, width: Width, hang = 2): string {
  if (width === undefined) return text;
  return text
    .split("\n")
    .flatMap((line) => {
      if (lengthOf(line) <= width) return [line];
      const indent = line.length - line.trimStart().length;
      const [first = "", ...rest] = folded(line.trimStart(), width - indent);
      const below = folded(rest.join(" "), width - indent - hang);
      return [
        " ".repeat(indent) + first,
        ...(rest.length === 0 ? [] : below.map((one) => " ".repeat(indent + hang) + one)),
      ];
    })
    .join("\n");
}

export interface TableStyle {
  readonly width: Width;
  /** Before each line. */
  readonly indent?: string;
  /** Columns of numbers, by their place. */
  readonly right?: readonly number[];
  /** The column that names an entry, where no table fits. */
  readonly name?: number;
}

/** The widths that columns get: the widest gives way first, and none becomes narrower than its longest word. */
function fitted(natural: readonly number[], least: readonly number[], room: number): readonly number[] | null {
  const widths = [...natural];
  const sum = () => widths.reduce((all, one) => all + one, 0);
  while (sum() > room) {
    const spare = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0));
    const widest = Math.max(...spare);
    if (widest === 0) return null;
    widths[spare.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** One entry below another, for a terminal that no table fits on: what it is called, then the rest with its headings. */
function stacked([head = [], ...rows]: readonly (readonly string[])[], style: TableStyle): string[] {
  const { width, indent = "", name = 0 } = style;
  return rows.flatMap((row) => {
    const rest = row.flatMap((cell, at) => (at === name || cell === "" ? [] : [`${head[at]}: ${cell}`]));
    return [`${indent}${row[name]}`, wrap(`${indent}  ${rest.join("; ")}`, width)];
  });
}

/** A table, headings first. The lines, none with space at its end. */
export function tableLines(rows: readonly (readonly string[])[], style: TableStyle): string[] {
  const { width, indent = "", right = [] } = style;
  const columns = rows[0]?.length ?? 0;
  const natural = Array.from({ length: columns }, (_, at) => most(rows.map((row) => row[at]?.length ?? 0)));
  const least = Array.from({ length: columns }, (_, at) => most(rows.map((row) => longestWord(row[at] ?? ""))));
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - indent.length - GAP.length * (columns - 1);
  const widths = fitted(natural, least, room);
  if (widths === null) return stacked(rows, style);
  return rows.flatMap((row) => {
    const cells = row.map((cell, at) => folded(cell, widths[at] ?? 0));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) => {
      const texts = cells.map((lines, at) => {
        const text = lines[line] ?? "";
        return right.includes(at) ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
      });
      return (indent + texts.join(GAP)).trimEnd();
    });
  });
}
