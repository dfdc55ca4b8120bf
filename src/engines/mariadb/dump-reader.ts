/** Reads a MariaDB or MySQL dump as it comes, and tells what it holds. */
import type { CutPlace, DumpEnd, DumpReader, DumpStory, DumpTable, Leaving, StatementRun } from "../../parts.ts";
import { DumpLexer } from "./dump-lexer.ts";
import { type Meaning, meaningOf } from "./dump-meaning.ts";
import { noiseOf } from "./dump-noise.ts";
import type { Statement } from "./dump-open.ts";
import { Neighbours, Sections } from "./dump-sections.ts";
import { assignmentsOf, ModeWatch } from "./dump-settings.ts";

/** So many are told; more would say nothing new. */
const MOST_LEAVINGS = 1000;

interface Table {
  name: string;
  line: number;
  rows: number | null;
  database: string | null;
}

const NAMING = /^(USE|(CREATE|ALTER|DROP) DATABASE)$/;

/** What both programs give back last of all; some of the others are left out, as the checks of keys with `-t`. */
const LAST: ReadonlySet<string> = new Set(["old_sql_notes", "old_note_verbosity"]);

/** What MariaDB 11's program changes and gives back around each table: no end of the dump. */
const OF_TABLE = "old_autocommit";

const ZEROS = Buffer.alloc(16);

class Reading implements DumpReader {
  private readonly lexer: DumpLexer;
  private readonly mode: ModeWatch;
  private readonly sections = new Sections();
  private readonly neighbours = new Neighbours();
  private readonly leftOut: { from: number; to: number; what: string }[] = [];
  private readonly leaves: Leaving[] = [];
  private readonly tables = new Map<string, Table>();
  private readonly runs: { kind: string; name?: string; from: number; to: number }[] = [];
  private readonly definers = new Set<string>();
  private readonly made = new Set<string>();
  private readonly engines = new Map<string, { name: string; database?: string }>();
  private readonly encodings = new Set<string>();
  /** What the first lines changed and the last ones give back. */
  private readonly changed = new Set<string>();
  private readonly limits: number[] = [];
  private noise: DumpStory["noise"] = null;
  private bytes = 0;
  private endsWithLine = false;
  private hasHeading = false;
  /** The database that its title names. */
  private home: string | null = null;
  private isClosed = false;
  private completed: string | null = null;
  private logOf: string | null = null;
  private gaveBack = false;
  private cut: DumpEnd | null = null;
  private tail: Buffer = Buffer.alloc(0);
  private hasStructure = false;
  private hasRows = false;
  private drops = false;

  constructor() {
    this.lexer = new DumpLexer({
      statement: (statement) => this.statement(statement),
      command: (name, line, argument) => this.command(name, line, argument),
      comment: (text, line) => this.comment(text, line),
      zeros: (line) => {
        this.cut ??= { is: "cut", line, where: "zeros" };
      },
      limit: (line) => void this.limits.push(line),
    });
    this.mode = new ModeWatch(this.lexer.mode);
  }

  push(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.bytes += piece.length;
    this.endsWithLine = piece.at(-1) === 10;
    this.lexer.push(piece);
    this.lookForZeros(piece);
  }

  /** So many in a row are in no string and no comment that a program wrote: a disk that was full, a cache that was lost. */
  private lookForZeros(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    const border = Buffer.concat([this.tail, bytes.subarray(0, ZEROS.length)]);
    if (bytes.includes(ZEROS) || border.includes(ZEROS))
      this.cut ??= { is: "cut", line: this.lexer.line, where: "zeros" };
    this.tail = Buffer.concat([this.tail, bytes.subarray(-ZEROS.length)]).subarray(-ZEROS.length);
  }

  end(): DumpStory {
    this.lexer.end();
    this.neighbours.settle();
    const lines = this.bytes === 0 ? 0 : this.lexer.line - (this.endsWithLine ? 1 : 0);
    return {
      ...(this.completed === null ? {} : { made: { text: this.completed, at: "end" } }),
      ...(this.logOf === null ? {} : { logOf: this.logOf }),
      lines,
      bytes: this.bytes,
      end: this.endOf(lines),
      leaves: this.leaves.sort((a, b) => a.line - b.line),
      ...(this.leftOut.length === 0 ? {} : { leftOut: this.leftOut }),
      databases: this.sections.end(lines),
      tables: [...this.tables.values()].map(tableOf),
      statements: this.runs as StatementRun[],
      roles: [],
      rolesMade: [...this.made],
      extensions: [],
      engines: [...this.engines.values()],
      tablespaces: [],
      definers: [...this.definers],
      encodings: [...this.encodings],
      hasStructure: this.hasStructure,
      hasRows: this.hasRows,
      drops: this.drops,
      largeObjects: 0,
      noise: this.noise,
      limits: this.limits,
    };
  }

  private endOf(lines: number): DumpEnd {
    if (this.cut !== null) return this.cut;
    if (this.isClosed) return { is: "whole" };
    // Without comments there is no closing line, and the last statements give back what the first ones changed.
    if (this.changed.size > 0) return { is: "cut", line: lines, where: "closing-line" };
    if (this.hasHeading) return { is: "cut", line: lines, where: "closing-line" };
    return { is: this.gaveBack ? "whole" : "untold" };
  }

  private comment(text: string, line: number): void {
    if (/^ (MariaDB|MySQL) dump /.test(text)) {
      this.hasHeading = true;
      this.isClosed = false;
    } else if (text.startsWith(" Dump completed")) {
      this.isClosed = true;
      // In the zone of the machine that dumped, which it does not say.
      this.completed = /^ Dump completed on ([\d-]{10} {1,2}[\d:]{7,8})\s*$/.exec(text)?.[1] ?? null;
    }
    // `--gtid` says it as a comment with `--master-data=2`, else as a statement; in a packed dump nobody sees it before.
    this.logOf ??= /^ SET GLOBAL gtid_slave_pos='([\d,-]+)'/.exec(text)?.[1] ?? null;
    this.home ??= /^ Host: \S*[ \t]+Database: (.+)$/.exec(text)?.[1]?.trim() ?? null;
    const name = /^ Current Database: `(.*)`$/.exec(text)?.[1]?.replaceAll("``", "`");
    // With the line that is drawn above it.
    if (name !== undefined) this.sections.heading(name, Math.max(line - 1, this.neighbours.lastEnd + 1));
  }

  private command(name: string, line: number, argument: string): void {
    if (name === "quit" || name === "exit" || name === "\\q") {
      if (!this.isClosed) this.cut ??= { is: "cut", line, where: "quit" };
      return;
    }
    const what = name === "delimiter" ? "a delimiter that is not at the beginning of a line" : `${name} of the client`;
    this.leave({ kind: "client-command", line, what, ...(argument === "" ? {} : { database: argument }) });
  }

  private leave(leaving: Leaving): void {
    if (this.leaves.length < MOST_LEAVINGS) this.leaves.push(leaving);
  }

  private statement(statement: Statement): void {
    this.neighbours.see(statement);
    const noise = noiseOf(statement);
    if (noise !== null) {
      this.noise ??= noise;
      this.run(statement, { kind: "unknown" });
      return;
    }
    const meaning = meaningOf(statement);
    this.leavesBy(statement, meaning);
    this.run(statement, meaning);
    this.hold(statement, meaning);
    if (meaning.kind === "SET") this.set(statement);
    else this.sections.restores(null);
    if (meaning.definer !== undefined) this.definers.add(meaning.definer);
    if (meaning.makes !== undefined) this.made.add(meaning.makes);
    for (const name of meaning.engines ?? []) this.engine(name);
    if (!statement.isEnded && !this.isClosed && (statement.isOpen || meaning.kind !== "SET"))
      this.cut ??= { is: "cut", line: statement.line, where: placeOf(statement, meaning) };
  }

  private engine(name: string): void {
    const database = this.sections.current;
    const key = `${database ?? ""}\0${name.toUpperCase()}`;
    if (!this.engines.has(key)) this.engines.set(key, { name, ...(database === null ? {} : { database }) });
  }

  private leavesBy(statement: Statement, { kind, name, leaves }: Meaning): void {
    if (leaves === undefined) return;
    const { line } = statement;
    // Whom the server follows, and from where: left out, when nothing else goes with it.
    if (leaves.isPlace === true) {
      this.neighbours.ask((isAlone) => {
        if (isAlone) this.leftOut.push({ from: line, to: statement.endLine, what: leaves.what });
        else this.leave({ kind: leaves.kind, what: leaves.what, line });
      });
      return;
    }
    this.leave({ ...leaves, line });
    if (name === undefined || !NAMING.test(kind)) return;
    // What has a title says whose part begins; a name of another database in it is no part, and goes on leaving.
    if (this.hasHeading && name !== (this.sections.current ?? this.home)) return;
    if (/^(USE|CREATE)/.test(kind)) this.sections.enters(name, statement);
    this.neighbours.ask((isAlone) => {
      if (isAlone) this.sections.isOwn(name, statement);
    });
  }

  private run(statement: Statement, { kind, name }: Meaning): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last.kind === kind && last.name === name) last.to = statement.endLine;
    else this.runs.push({ kind, ...(name === undefined ? {} : { name }), from: statement.line, to: statement.endLine });
  }

  private set({ tokens, line }: Statement): void {
    const settings = tokens.slice(1);
    this.mode.see(settings);
    if (tokens[1]?.text.toUpperCase() === "NAMES" && tokens[2] !== undefined)
      this.encodings.add(tokens[2].text.toLowerCase());
    let gives = false;
    let isOfAll = false;
    for (const { scope, name, value } of assignmentsOf(settings)) {
      const [mark, old] = value;
      if (name === "gtid_slave_pos" && mark?.kind === "string") this.logOf ??= mark.text;
      if (scope === "variable" && name.startsWith("old_")) this.changed.add(name);
      if (scope !== "variable" && mark?.text === "@" && old?.text.toLowerCase().startsWith("old_") === true) {
        this.changed.delete(old.text.toLowerCase());
        gives = true;
        if (LAST.has(old.text.toLowerCase())) this.changed.clear();
        isOfAll ||= old.text.toLowerCase() !== OF_TABLE;
      }
    }
    if (gives && isOfAll) this.gaveBack = true;
    this.sections.restores(gives ? line : null);
  }

  /** What it makes and fills. */
  private hold(statement: Statement, { kind, name, leaves }: Meaning): void {
    if (name === undefined || leaves !== undefined) return;
    const key = `${this.sections.current ?? ""}\0${name}`;
    if (kind === "CREATE TABLE") {
      this.hasStructure = true;
      const { database } = { database: this.sections.current };
      if (!this.tables.has(key)) this.tables.set(key, { name, line: statement.line, rows: 0, database });
    } else if (kind === "CREATE VIEW") this.tables.delete(key);
    else if (kind === "DROP TABLE") {
      this.drops = true;
      this.tables.delete(key);
    } else if (kind === "LOCK TABLES") this.hasRows = true;
    else if (kind === "INSERT" || kind === "REPLACE") {
      this.hasRows = true;
      const table = this.tables.get(key);
      if (table?.rows != null) table.rows = statement.rows === 0 ? null : table.rows + statement.rows;
    }
  }
}

const tableOf = ({ name, line, rows, database }: Table): DumpTable => ({
  name,
  line,
  rows,
  ...(database === null ? {} : { database }),
});

function placeOf({ isOpen }: Statement, { kind }: Meaning): CutPlace {
  if (kind === "INSERT" || kind === "REPLACE") return "rows";
  return isOpen ? "string" : "statement";
}

export const dumpReader = (): DumpReader => new Reading();
