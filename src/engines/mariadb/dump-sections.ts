/** Which lines of a dump of several databases belong to which of them, and which only make or enter one by name. */
import type { DumpDatabase, LineRange } from "../../parts.ts";
import type { Statement } from "./dump-open.ts";

/** Tells of a statement whether it has its lines for itself: known when the next one comes. */
export class Neighbours {
  private pending: ((isAlone: boolean) => void) | null = null;
  private isApart = true;
  /** Where the last statement ended. */
  lastEnd = 0;

  see({ line, endLine }: Statement): void {
    this.isApart = line > this.lastEnd;
    this.settle(this.isApart);
    this.lastEnd = endLine;
  }

  /** Asks of the statement just seen. */
  ask(then: (isAlone: boolean) => void): void {
    const { isApart } = this;
    this.pending = (isNextApart) => then(isApart && isNextApart);
  }

  /** Nothing comes any more, or something on a line of its own. */
  settle(isApart = true): void {
    const { pending } = this;
    this.pending = null;
    pending?.(isApart);
  }
}

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
  private closing = 0;

  /** The database whose part this is. */
  get current(): string | null {
    return this.begun.at(-1)?.name ?? null;
  }

  /** A heading of the dump's own, `-- Current Database`: its part begins here. */
  heading(name: string, from: number): void {
    this.named.add(name);
    this.begun.push({ name, from });
  }

  /** A statement that makes or enters a database by its name. */
  enters(name: string, { line }: Statement): void {
    this.named.add(name);
    if (this.current !== name) this.begun.push({ name, from: line });
  }

  /** A statement that is only about a database's name, and has its lines for itself. */
  isOwn(name: string, { line, endLine }: Statement): void {
    this.named.add(name);
    this.own.push({ name, range: { from: line, to: endLine } });
  }

  /** The statement just seen gives back what the dump's first lines changed; what comes after the last database does. */
  restores(line: number | null): void {
    if (line === null) this.closing = 0;
    else if (this.closing === 0) this.closing = line;
  }

  end(lines: number): DumpDatabase[] {
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
