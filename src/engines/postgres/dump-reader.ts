/** Reads a plain dump of PostgreSQL from its first byte to its last, and tells what it is. */
import type { CutPlace, DumpReader, DumpStory, DumpTable, LeavingKind, StatementRun } from "../../parts.ts";
import { readCommand } from "./dump-client.ts";
import { DumpLexer, type Listener } from "./dump-lexer.ts";
import { Limits } from "./dump-limits.ts";
import { Sections } from "./dump-sections.ts";
import { copiesIn, MOST_TOKENS, tell } from "./dump-statement.ts";
import type { Token, Told } from "./dump-words.ts";

const DUMP = "-- PostgreSQL database dump";
const CLUSTER = "-- PostgreSQL database cluster dump";
const COMPLETE = " complete";
const OF_ROWS = /^-- Data for Name: /;
/** Statements of a kind and object are one run; so many runs are kept apart. */
const MOST_RUNS = 500_000;
/** Encodings of clients in which a second byte can be a quote or a backslash. Source: pg_wchar.h, PG_ENCODING_BE_LAST. */
const WIDE = /^(big5|win950|gbk|win936|gb18030|johab|uhc|win949|sjis|mskanji|shiftjis|win932|shift_jis_2004)$/;
const STRUCTURE = /^CREATE (?!DATABASE|ROLE|USER$|GROUP|TABLESPACE|TEMPORARY)/;

interface Mutable {
  rows: number | null;
}

/** Collects what the lexer tells, statement by statement. */
class Reading implements Listener {
  wants = true;
  wantsText = false;
  isOpen = false;
  /** Only the words of the statement that is open. */
  #tokens: Token[] = [];
  #from = 1;
  #rowsOfInsert = 0;
  #countsRows = false;
  #copied: Mutable | null = null;
  #isCsv = false;
  #isTurnedAway = false;
  /** The statement began as the INSERT before it. */
  #isAgain = false;
  #inserting: Mutable | null = null;
  /** The run that such an INSERT belongs to. */
  #insert: Pick<Told, "kind" | "name"> = { kind: "INSERT" };
  #schema = "public";
  /** The last line that was the way out of the limit, or the beginning of it. */
  #halfAt = 0;

  readonly lexer = new DumpLexer(this);
  readonly sections = new Sections();
  readonly runs: { kind: string; name?: string; from: number; to: number }[] = [];
  readonly tables: (DumpTable & Mutable)[] = [];
  readonly byName = new Map<string, Mutable>();
  readonly roles = new Set<string>();
  readonly rolesMade = new Set<string>();
  readonly extensions = new Set<string>();
  readonly tablespaces = new Set<string>();
  readonly encodings = new Set<string>();
  readonly limits = new Limits();
  hasStructure = false;
  hasRows = false;
  drops = false;
  largeObjects = 0;
  noiseAt: { line: number; program: string } | null = null;
  /** Dumps that began and did not end; the line where the open one began. */
  #begun: number[] = [];
  #hasHeader = false;
  cut: { line: number; where: CutPlace } | null = null;

  #open(line: number): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.#from = line;
    const freedAt = this.limits.freedAt(this.#begun.length > 0);
    if (freedAt !== null) this.#leave("client-command", "\\unrestrict in the middle of a dump", freedAt);
  }

  #add(token: Token, line: number): void {
    this.#open(line);
    if (this.#tokens.length < MOST_TOKENS) this.#tokens.push(token);
  }

  word(text: string, depth: number, line: number): void {
    if (this.#countsRows) {
      // ON CONFLICT: some of them may be turned away.
      this.#isTurnedAway = true;
      return;
    }
    this.#add({ text, is: "word", depth }, line);
    const { length } = this.#tokens;
    if (length === 1) this.wantsText = text === "set" || text === "copy";
    if (text === "set_config" && length <= 4 && this.#tokens[0]?.text === "select") this.wantsText = true;
    // From here on there are only values.
    if (text === "values" && depth === 0 && this.#tokens[0]?.text === "insert") {
      this.wants = false;
      this.#countsRows = true;
    }
  }

  name(text: string, depth: number, line: number): void {
    this.#add({ text, is: "name", depth }, line);
  }

  mark(mark: string, depth: number, line: number, text = ""): void {
    if (this.#countsRows) {
      if (mark === "(" && depth === 0) this.#rowsOfInsert += 1;
      return;
    }
    this.#add(mark === "'" ? { text, is: "string", depth } : { text: mark, is: "mark", depth }, line);
  }

  again(line: number): void {
    this.#open(line);
    this.wants = false;
    this.#countsRows = true;
    this.#isAgain = true;
  }

  comment(text: string, line: number): void {
    const isCluster = text === CLUSTER || text === CLUSTER + COMPLETE;
    if (text === CLUSTER || text === DUMP) {
      // A dump of a cluster holds dumps; any other that begins inside one says that the first did not end.
      const outer = this.#begun.at(-1);
      if (text === DUMP && outer !== undefined && !(this.sections.isCluster && this.#begun.length === 1))
        this.cut ??= { line, where: "closing-line" };
      this.#begun.push(line);
      this.#hasHeader = true;
    } else if (text === DUMP + COMPLETE || text === CLUSTER + COMPLETE) this.#begun.pop();
    if (OF_ROWS.test(text)) this.hasRows = true;
    this.sections.comment(text, line, isCluster);
  }

  command(text: string, line: number): void {
    if (/^\\\.\s*$/.test(text)) {
      this.#endOfNothing(line);
      return;
    }
    if (this.limits.begins(text)) this.#halfAt = line;
    const command = readCommand(text);
    if (command.is === "quit") {
      this.cut ??= { line, where: "quit" };
      this.lexer.stop();
    } else if (command.is === "other") this.#leave("client-command", command.what, line);
    else if (this.isOpen) this.#leave("client-command", "a command of psql inside a statement", line);
    else if (command.is === "connect") this.sections.enter(command.database, line);
    else if (command.is === "encoding") this.sections.encoding(line);
    else if (command.is === "limit" || command.is === "lift") {
      const fault = this.limits[command.is](command.key, line);
      if (fault !== null) this.#leave("client-command", fault, line);
    }
  }

  /** The end of rows that nothing began, so that they read as a statement: psql stops there, and runs nothing. */
  #endOfNothing(line: number): void {
    this.cut ??= { line, where: "statement" };
    this.#tokens = [];
    this.isOpen = false;
    this.wants = true;
    this.wantsText = false;
    this.#rowsOfInsert = 0;
    this.#countsRows = false;
    this.#isTurnedAway = false;
    this.#isAgain = false;
  }

  #leave(kind: LeavingKind, what: string, line: number): void {
    this.sections.leave({ kind, what, line });
  }

  noise(program: string, line: number): void {
    this.noiseAt ??= { program, line };
  }

  unclear(line: number): void {
    this.#leave("unclear", "text that psql and the server may read in two ways", line);
  }

  end(line: number): "text" | "rows" | "rows-to-the-end" {
    const tokens = this.#tokens;
    const wasOpen = this.isOpen;
    this.#tokens = [];
    this.isOpen = false;
    this.wants = true;
    this.wantsText = false;
    if (!wasOpen) return "text";
    if (this.#isAgain) {
      this.#insertedAgain(line);
      return "text";
    }
    const told = tell(tokens, this.#schema);
    this.#run(told, line);
    this.#told(told, tokens, line);
    this.#countsRows = false;
    const follows = copiesIn(tokens);
    if (follows === "text") return "text";
    this.#copied = this.byName.get(told.name ?? "") ?? null;
    this.#isCsv = follows === "csv";
    if (follows === "rows-to-the-end") this.unclear(line);
    return follows === "csv" ? "rows" : follows;
  }

  rows(count: number, line: number): void {
    if (this.#copied?.rows != null) this.#copied.rows = this.#isCsv ? null : this.#copied.rows + count;
    const last = this.runs.at(-1);
    if (last !== undefined) last.to = line;
  }

  #run({ kind, name }: Told, to: number): void {
    const last = this.runs.at(-1);
    const isSame = last !== undefined && last.kind === kind && last.name === name;
    if (isSame && (kind === "INSERT" || kind.startsWith("SELECT"))) {
      last.to = to;
      return;
    }
    if (this.runs.length < MOST_RUNS)
      this.runs.push({ kind, from: this.#from, to, ...(name === undefined ? {} : { name }) });
    else if (last !== undefined) Object.assign(last, { kind: "?", to });
  }

  #told(told: Told, tokens: readonly Token[], line: number): void {
    const { kind, name, leaves } = told;
    for (const role of told.roles) this.roles.add(role);
    const range = { from: this.#from, to: line };
    if (leaves?.database !== undefined) {
      const way = /^(CREATE|DROP) DATABASE$/.test(kind) ? "making" : "mention";
      this.sections[way](leaves.database, { ...leaves, line: range.from }, range);
    } else if (leaves !== undefined) this.sections.leave({ ...leaves, line: range.from });
    if (STRUCTURE.test(kind)) {
      this.hasStructure = true;
      this.sections.structure();
    }
    if (kind.startsWith("DROP ") && !this.hasStructure) this.drops = true;
    switch (kind) {
      case "CREATE TABLE":
      case "CREATE FOREIGN TABLE":
        this.#table(name ?? "", range.from);
        break;
      case "CREATE ROLE":
      case "CREATE USER":
      case "CREATE GROUP":
        this.rolesMade.add(name ?? "");
        break;
      case "CREATE EXTENSION":
        if (name !== undefined) this.extensions.add(name);
        break;
      case "INSERT":
        this.#inserted(name ?? "", tokens);
        break;
      case "COPY":
      case "SELECT setval":
        this.hasRows ||= kind !== "COPY" || copiesIn(tokens) !== "text";
        break;
      case "SELECT lo_create":
        this.hasRows = true;
        this.largeObjects += 1;
        break;
      case "SET":
      case "SELECT set_config":
        this.#setting(kind === "SET" ? (name ?? "") : "", tokens, line);
        break;
    }
  }

  #table(name: string, line: number): void {
    const { current } = this.sections;
    const table = { name, line, rows: 0, ...(current === null ? {} : { database: current }) };
    this.tables.push(table);
    this.byName.set(name, table);
  }

  /** Rows of VALUES are counted; where they may be turned away, or come from a query, the text does not tell. */
  #inserted(name: string, tokens: readonly Token[]): void {
    const rows = this.#rowsOfInsert;
    this.#rowsOfInsert = 0;
    this.hasRows = true;
    const table = this.byName.get(name) ?? null;
    this.#inserting = table;
    this.#insert = { kind: "INSERT", ...(name === "" ? {} : { name }) };
    if (table?.rows == null) return;
    const isTold = this.#countsRows || tokens.some(({ text }) => text === "default");
    table.rows = isTold && !this.#isTurnedAway ? table.rows + Math.max(rows, 1) : null;
    this.#isTurnedAway = false;
  }

  #insertedAgain(line: number): void {
    const table = this.#inserting;
    if (table?.rows != null) table.rows = this.#isTurnedAway ? null : table.rows + this.#rowsOfInsert;
    this.#isTurnedAway = false;
    this.#rowsOfInsert = 0;
    this.#countsRows = false;
    this.#isAgain = false;
    this.#run({ ...this.#insert, roles: [] }, line);
  }

  #setting(given: string, tokens: readonly Token[], line: number): void {
    const strings = tokens.filter(({ is }) => is === "string").map(({ text }) => text);
    const name = given === "" ? (strings[0] ?? "?") : given;
    const rest = tokens.slice(1).filter(({ is, text }) => is !== "mark" && text !== given);
    const values = given === "" ? strings.slice(1) : rest.map(({ text }) => text).filter((text) => text !== "to");
    const value = values.at(given === "" || name === "search_path" ? 0 : -1)?.toLowerCase() ?? "";
    if (name === "default_tablespace") {
      const place = values.at(-1) ?? "";
      if (place !== "") this.tablespaces.add(place);
    } else if (name === "client_encoding") {
      if (value !== "") this.encodings.add(values.at(-1) ?? "");
      const folded = value.replace(/[^a-z0-9_]/g, "");
      const isSjis = /jis|932/.test(folded);
      this.lexer.set({
        wide: WIDE.test(folded) || WIDE.test(folded.replace(/_/g, "")) ? (isSjis ? "sjis" : "pairs") : "no",
      });
    } else if (name === "standard_conforming_strings") {
      if (/^(on|true|yes|1)$/.test(value)) this.lexer.set({ standardStrings: true });
      else if (/^(off|false|no|0)$/.test(value)) this.lexer.set({ standardStrings: false });
      else this.unclear(line);
    } else if (name === "search_path") {
      const [first = ""] = value.split(",");
      this.#schema = first.trim().replace(/^"|"$/g, "") || "public";
    } else if (given === "" && strings.length !== 2) this.unclear(line);
  }

  /** Without comments the way out of its limits is the end of a dump; of several databases any may be the last. */
  #isLifted(databases: DumpStory["databases"]): boolean {
    return this.hasStructure && this.limits.lines.length > 0 && !this.limits.isInForce && databases.length < 2;
  }

  story(bytes: number, lastByte: number): DumpStory {
    const lines = this.lexer.line - (lastByte === 10 ? 1 : 0);
    const { open } = this.lexer;
    const at = { line: lines };
    if (open !== null && this.cut === null) this.cut = { ...at, where: open };
    if (this.#begun.length > 0 || (!this.#hasHeader && this.limits.isInForce))
      this.cut ??= { ...at, where: "closing-line" };
    // Its last line ends nowhere: a dump cut off in the command that pg_dump ends it with.
    const isHalf = lastByte !== 10 && this.#halfAt === lines;
    if (isHalf) this.cut ??= { ...at, where: "closing-line" };
    if (this.limits.hides()) this.#leave("client-command", "\\unrestrict in what reads as a row or a text", lines);
    const { databases, leaves: all } = this.sections.told(lines);
    const leaves = isHalf ? all.filter(({ line }) => line !== lines) : all;
    return {
      lines,
      bytes,
      end:
        this.cut === null
          ? { is: this.#hasHeader || this.#isLifted(databases) ? "whole" : "untold" }
          : { is: "cut", ...this.cut },
      leaves,
      databases,
      tables: this.tables,
      statements: this.runs satisfies StatementRun[],
      roles: [...this.roles].filter((role) => role !== "" && !this.rolesMade.has(role)),
      rolesMade: [...this.rolesMade],
      extensions: [...this.extensions],
      tablespaces: [...this.tablespaces],
      definers: [],
      encodings: [...this.encodings],
      hasStructure: this.hasStructure,
      hasRows: this.hasRows,
      drops: this.drops,
      largeObjects: this.largeObjects,
      noise: this.noiseAt,
      limits: this.limits.lines,
    };
  }
}

export function dumpReader(): DumpReader {
  const reading = new Reading();
  let bytes = 0;
  let lastByte = 10;
  let isZero = false;
  return {
    push(piece) {
      if (isZero || piece.length === 0) return;
      const zero = piece.indexOf(0);
      const text = zero < 0 ? piece : piece.subarray(0, zero);
      reading.lexer.push(text);
      reading.limits.search(text);
      bytes += text.length;
      lastByte = text.at(-1) ?? lastByte;
      if (zero < 0) return;
      // psql reads no further in such a line, and no program writes one: a disk that was full, a cache that was lost.
      isZero = true;
      reading.cut ??= { line: reading.lexer.line, where: "zeros" };
    },
    end() {
      reading.lexer.end();
      return reading.story(bytes, lastByte);
    },
  };
}
