/** Which lines of a dump of several databases belong to which of them, and which only make or enter one by name. */
import type { DumpDatabase, LineRange } from "../../parts.ts";
import type { Statement } from "./dump-open.ts";

interface Section {
  readonly name: string;
  readonly from: number;
}

interface Own {
  readonly name: string;
  readonly range: LineRange;
}

export class Sections {
  private readonly begun: Section[] = [];
  private readonly own: Own[] = [];
  private readonly named = new Set<string>();
  /** It names a database; kept when nothing else stands on its lines. */
  private pending: Own | null = null;
  private lastEnd = 0;
  private closing = 0;

  /** The database whose part this is. */
  get current(): string | null {
    return this.begun.at(-1)?.name ?? null;
  }

  /** A heading of the dump's own: `-- Current Database`. */
  heading(name: string, line: number): void {
    this.named.add(name);
    this.begun.push({ name, from: Math.max(line - 1, this.lastEnd + 1) });
  }

  /** Every statement, in the order of the text; `enters` when it makes, changes or enters a database by name. */
  see(statement: Statement, { names, enters }: { names: string | null; enters: boolean }): void {
    const isAlone = statement.line > this.lastEnd;
    if (this.pending !== null && isAlone) this.own.push(this.pending);
    this.pending = null;
    if (names !== null) {
      this.named.add(names);
      if (enters && this.current !== names) this.begun.push({ name: names, from: statement.line });
      if (isAlone) this.pending = { name: names, range: { from: statement.line, to: statement.endLine } };
    }
    this.lastEnd = statement.endLine;
  }

  /** The statement just seen gives back what the dump's first lines changed; what comes after the last database does. */
  restores(line: number | null): void {
    if (line === null) this.closing = 0;
    else if (this.closing === 0) this.closing = line;
  }

  end(lines: number): DumpDatabase[] {
    if (this.pending !== null) this.own.push(this.pending);
    this.pending = null;
    const first = this.begun[0]?.from ?? lines + 1;
    const closing = this.closing === 0 ? lines + 1 : this.closing;
    return [...this.named].map((name) => {
      const parts = this.begun.flatMap((section, index) => {
        const to = Math.min(this.begun[index + 1]?.from ?? lines + 1, closing) - 1;
        return section.name === name && to >= section.from ? [{ from: section.from, to }] : [];
      });
      const around = [
        { from: 1, to: first - 1 },
        { from: Math.max(closing, first), to: lines },
      ];
      const ranges = [around[0] as LineRange, ...parts, around[1] as LineRange].filter(({ from, to }) => to >= from);
      return {
        name,
        lines: joined(ranges),
        own: this.own.filter((one) => one.name === name).map(({ range }) => range),
      };
    });
  }
}

function joined(ranges: readonly LineRange[]): LineRange[] {
  const all: LineRange[] = [];
  for (const range of ranges) {
    const last = all.at(-1);
    if (last !== undefined && last.to + 1 >= range.from) all[all.length - 1] = { from: last.from, to: range.to };
    else all.push(range);
  }
  return all;
}
