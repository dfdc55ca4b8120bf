/** What follows from a dump's story, whoever asks: the statement at a line, the lines of one database, what still leaves. */
import type { ClientError } from "./host/client-errors.ts";
import type { DumpStory, Leaving, LineRange, StatementRun } from "./parts.ts";

/** The run of statements that this line belongs to; null between them. */
export function kindAt({ statements }: Pick<DumpStory, "statements">, line: number): StatementRun | null {
  let low = 0;
  let high = statements.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((statements[middle]?.from ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  const run = statements[low];
  return run !== undefined && run.from <= line && line <= run.to ? run : null;
}

/** The line of the dump itself, where only some of its lines were fed to a client. */
function ownLine(line: number, fed: readonly LineRange[] | undefined): number | null {
  if (fed === undefined) return line;
  let left = line;
  for (const { from, to } of fed) {
    const length = to - from + 1;
    if (left <= length) return from + left - 1;
    left -= length;
  }
  return null;
}

/**
 * An error at the dump's own line, with the statement that stands there. An object is named when the dump makes it:
 * another name could be what a broken dump made of a row. `fed`: the lines that its client was given, when not all.
 */
export function placed(
  error: ClientError,
  story: Pick<DumpStory, "statements">,
  fed?: readonly LineRange[],
): ClientError {
  const line = error.line === undefined ? null : ownLine(error.line, fed);
  if (line === null) return error;
  const run = error.statementKind === undefined ? kindAt(story, line) : null;
  if (run === null || !/^[A-Z]/.test(run.kind)) return { ...error, line };
  const isMade = story.statements.some(({ kind, name }) => kind.startsWith("CREATE ") && name === run.name);
  return { ...error, line, statementKind: run.kind, ...(run.name !== undefined && isMade ? { object: run.name } : {}) };
}

const isIn = (ranges: readonly LineRange[], line: number) => ranges.some(({ from, to }) => from <= line && line <= to);

/**
 * What would leave when only this database is restored, without the lines that are only about its name; of null: of the
 * dump as it is.
 */
export function leavesOf({ leaves, databases }: DumpStory, only: string | null): readonly Leaving[] {
  const meant = only === null ? undefined : databases.find(({ name }) => name === only);
  if (meant === undefined) return leaves;
  return leaves.filter(({ line }) => isIn(meant.lines, line) && !isIn(meant.own, line));
}

/**
 * The lines that are restored: of this database without those that are only about its name, or of null all of them, and
 * never those that a restore leaves out. Null: every line of it, or a database that the dump does not name.
 */
export function linesOf(
  { databases, leftOut = [], lines }: Pick<DumpStory, "databases" | "leftOut" | "lines">,
  only: string | null,
): readonly LineRange[] | null {
  const meant =
    only === null ? { lines: [{ from: 1, to: lines }], own: [] } : databases.find(({ name }) => name === only);
  if (meant === undefined || (only === null && leftOut.length === 0)) return null;
  const without = [...meant.own, ...leftOut].sort((a, b) => a.from - b.from);
  const kept: LineRange[] = [];
  for (const { from, to } of meant.lines) {
    let at = from;
    for (const one of without.filter((range) => range.from >= from && range.to <= to)) {
      if (one.from > at) kept.push({ from: at, to: one.from - 1 });
      at = Math.max(at, one.to + 1);
    }
    if (at <= to) kept.push({ from: at, to });
  }
  return kept;
}
