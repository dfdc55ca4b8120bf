/**
 * The parts of a dump that belong to databases which it makes or enters by name, and what it would do elsewhere. A dump of
 * one database is one part; of a cluster each database has its own, after parts that belong to none.
 */
import type { DumpDatabase, Leaving, LineRange } from "../../parts.ts";

interface Section {
  name: string | null;
  from: number;
  to: number;
  hasStructure: boolean;
  /** Lines that mention a database, and which. */
  readonly mentions: { readonly database: string; readonly range: LineRange }[];
}

const CLUSTER_COMPLETE = "-- PostgreSQL database cluster dump complete";
const OF_DATABASE = /^-- Database "(.*)" dump$/s;

export class Sections {
  isCluster = false;
  #sections: Section[] = [{ name: null, from: 1, to: 0, hasStructure: false, mentions: [] }];
  #leaves: Leaving[] = [];
  #encodingAt: number | null = null;
  /** Between the first line of a cluster's dump and its last; what is appended behind it is none of it. */
  #isInCluster = false;
  /** A dump began and did not end; and one did, so that the next that begins is another. */
  #isOpen = false;
  #isClosed = false;

  /** The database that statements are run in, by name. */
  get current(): string | null {
    return this.#last.name;
  }

  get #last(): Section {
    return this.#sections[this.#sections.length - 1] as Section;
  }

  /** Whether the part that is open holds something, and has entered no database by name: what is entered now is not its own. */
  get #isBehindOwn(): boolean {
    const { name, hasStructure } = this.#last;
    return name === null && hasStructure && !this.#isInCluster;
  }

  comment(text: string, line: number, isCluster: boolean): void {
    if (isCluster) {
      this.isCluster = true;
      this.#isInCluster = text !== CLUSTER_COMPLETE;
      // Its closing line belongs to none.
      if (this.#last.name !== null) this.#begin(null, line);
      // What follows brings databases of its own.
      if (!this.#isInCluster) this.#begin(null, line + 1);
      return;
    }
    const database = OF_DATABASE.exec(text)?.[1];
    if (database !== undefined && this.#isInCluster) this.#begin(database, line);
    else if (text === "-- PostgreSQL database dump complete") {
      this.#isOpen = false;
      this.#isClosed = true;
    } else if (text === "-- PostgreSQL database dump") {
      if (this.#isClosed && !this.#isInCluster) this.#begin(null, line);
      this.#isOpen = true;
      this.#isClosed = false;
    }
  }

  #begin(name: string | null, line: number): void {
    this.#last.to = line - 1;
    this.#sections.push({ name, from: line, to: 0, hasStructure: false, mentions: [] });
  }

  encoding(line: number): void {
    this.#encodingAt = line;
  }

  enter(database: string, line: number): void {
    // pg_dump changes the encoding before it names a database that needs quoting.
    const from = this.#encodingAt === line - 1 ? line - 1 : line;
    this.#encodingAt = null;
    const last = this.#last;
    const isOther = this.#isOpen && last.name !== null && last.name !== database;
    if (isOther || this.#isBehindOwn) {
      // In the middle of one database's dump another is entered: no program writes that.
      this.leave({ kind: "database", what: "\\connect to another database in the middle of a dump", line });
      return;
    }
    if (last.name === null && !this.#isInCluster) last.name = database;
    else if (last.name !== database) this.#begin(database, from);
    this.mention(database, { kind: "database", what: "\\connect", line }, { from, to: line });
  }

  /** Something was made in the part that is open. */
  structure(): void {
    this.#last.hasStructure = true;
  }

  /** A database is made or dropped by name. Before anything else it is the dump's own; behind it is somebody's word. */
  making(database: string, leaving: Leaving, range: LineRange): void {
    if (this.#isBehindOwn)
      this.leave({ kind: leaving.kind, line: leaving.line, what: `${leaving.what} in the middle of a dump` });
    else this.mention(database, leaving, range);
  }

  mention(database: string, leaving: Leaving, range: LineRange): void {
    this.#last.mentions.push({ database, range });
    this.#leaves.push({ ...leaving, database });
  }

  leave(leaving: Leaving): void {
    this.#leaves.push(leaving);
  }

  told(lines: number): { databases: DumpDatabase[]; leaves: Leaving[] } {
    this.#last.to = lines;
    const leaves = this.#encodingAt === null ? this.#leaves : [...this.#leaves, encodingAlone(this.#encodingAt)];
    for (const section of this.#sections) {
      // A part that enters none belongs to the one that it names.
      if (section.name === null && !this.isCluster) section.name = section.mentions[0]?.database ?? null;
    }
    const names = [...new Set(this.#sections.flatMap(({ name }) => (name === null ? [] : [name])))];
    const databases = names.map((name) => {
      const own = this.#sections.filter((section) => section.name === name);
      return {
        name,
        lines: own.filter(({ from, to }) => to >= from).map(({ from, to }) => ({ from, to })),
        own: own.flatMap(({ mentions }) =>
          mentions.filter(({ database }) => database === name).map(({ range }) => range),
        ),
      };
    });
    return { databases, leaves: [...leaves].sort((one, other) => one.line - other.line) };
  }
}

const encodingAlone = (line: number): Leaving => ({ kind: "client-command", what: "\\encoding", line });
