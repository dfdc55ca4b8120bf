/**
 * Reads what `.dump` writes, as it comes: statements told apart by SQLite's own quoting, of each no more kept than its first
 * words. What would reach other files, or is a command of the client, is named before anything of it is run.
 */
import type { DumpReader, DumpStory, DumpTable, Leaving, StatementRun } from "../../parts.ts";

/** Where the text stands: between statements or inside one, in quotes, in a comment. */
type Inside = "code" | "'" | '"' | "`" | "]" | "\n" | "*/";

const TOKEN = /['"`[;()]|--|\/\*|\w+/g;
const OPENS: Readonly<Record<string, Inside>> = { "'": "'", '"': '"', "`": "`", "[": "]", "--": "\n", "/*": "*/" };
/** So much of a statement tells what it is. */
const HEAD_CHARS = 4000;
/** A word that is cut by the end of a piece waits for the next. */
const HELD_CHARS = 64;

const NAME = `(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)'|\\[([^\\]]*)\\]|\`([^\`]*)\`|([\\w$\\x80-\\xff]+))`;
const CREATE = new RegExp(
  `^CREATE\\s+(?:(?:TEMP|TEMPORARY|UNIQUE|VIRTUAL)\\s+)*(TABLE|INDEX|TRIGGER|VIEW)\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${NAME}`,
  "i",
);
const INSERT = new RegExp(`^(?:INSERT|REPLACE)\\s+(?:OR\\s+\\w+\\s+)?(?:INTO\\s+)?${NAME}`, "i");

/** Bytes were read as characters: names are text. */
const nameIn = (found: RegExpExecArray, from: number): string => {
  const [quoted = "", single = "", bracket = "", tick = "", bare = ""] = found.slice(from);
  const text = quoted.replaceAll('""', '"') || single.replaceAll("''", "'") || bracket || tick || bare;
  return Buffer.from(text, "latin1").toString("utf8");
};

/** What reaches outside of the file that is restored into, by its first words; null: nothing. */
function leaving(head: string, calls: ReadonlySet<string>): Pick<Leaving, "kind" | "what"> | null {
  if (/^ATTACH\b/i.test(head)) return { kind: "file", what: "ATTACH" };
  if (/^VACUUM\b[\s\S]*\bINTO\b/i.test(head)) return { kind: "file", what: "VACUUM INTO" };
  if (/^PRAGMA\s+(?:\w+\.)?(?:temp_store_directory|data_store_directory)\b/i.test(head))
    return { kind: "file", what: "PRAGMA of a folder" };
  if (/^CREATE\s+VIRTUAL\s+TABLE[\s\S]*\bUSING\s+["[`]?(?:csv|vsv|fsdir|zipfile|fileio)\b/i.test(head))
    return { kind: "file", what: "CREATE VIRTUAL TABLE over a file" };
  if (calls.has("load_extension")) return { kind: "program", what: "load_extension" };
  if (calls.has("writefile") || calls.has("readfile") || calls.has("edit"))
    return { kind: "file", what: "a function on files" };
  return null;
}

const CALLS = /^(?:load_extension|writefile|readfile|edit)$/i;
const FIRST_WORDS = /^\w+(?:\s+(?:TABLE|INDEX|TRIGGER|VIEW|TRANSACTION|INTO)\b)?/i;

class Reader implements DumpReader {
  private inside: Inside = "code";
  private rest = "";
  private line = 1;
  private bytes = 0;
  private head = "";
  private from = 0;
  private depth = 0;
  private nested = 0;
  private rows = 0;
  private afterValues = false;
  private calls = new Set<string>();
  private comment = "";
  private endedAs: "open" | "commit" | "rollback" = "open";
  private readonly leaves: Leaving[] = [];
  private readonly tables: (DumpTable & { rows: number })[] = [];
  private readonly byName = new Map<string, DumpTable & { rows: number }>();
  private readonly statements: StatementRun[] = [];
  private noise: DumpStory["noise"] = null;

  push(piece: Uint8Array): void {
    this.bytes += piece.length;
    this.rest += Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1");
    this.read(false);
  }

  private read(isLast: boolean): void {
    const text = this.rest;
    const most = isLast ? text.length : Math.max(0, text.length - HELD_CHARS);
    let at = 0;
    while (at < most) at = this.inside === "code" ? this.code(text, at, most) : this.quoted(text, at, most);
    this.rest = text.slice(at);
  }

  /** What was passed over, for the count of lines and the statement's first words. */
  private take(text: string, from: number, to: number): void {
    for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) this.line++;
    if (this.from > 0 && this.head.length < HEAD_CHARS) this.head += text.slice(from, Math.min(to, from + HEAD_CHARS));
  }

  private quoted(text: string, at: number, most: number): number {
    const end = text.indexOf(this.inside, at);
    const to = end < 0 ? most : Math.min(end + this.inside.length, text.length);
    if (this.inside === "*/" && this.comment.length < 200) this.comment += text.slice(at, Math.min(to, at + 200));
    this.take(text, at, to);
    if (end >= 0) {
      if (this.inside === "*/") this.commented();
      this.inside = "code";
    }
    return to;
  }

  /** What the program says of a page that it could not read, in the middle of its text. */
  private commented(): void {
    if (/\*\*\*\* ERROR|CORRUPTION ERROR|malformed/.test(this.comment))
      this.noise ??= { line: this.line, program: "sqlite3", says: "database disk image is malformed" };
    this.comment = "";
  }

  private code(text: string, at: number, most: number): number {
    if (this.from === 0) {
      const begin = /\S/g;
      begin.lastIndex = at;
      const found = begin.exec(text)?.index ?? text.length;
      const isComment = /^(?:--|\/\*|;)/.test(text.slice(found, found + 2));
      this.take(text, at, Math.min(found, text.length));
      if (found >= text.length) return text.length;
      if (text[found] === ".") return this.command(text, found);
      if (!isComment) this.from = this.line;
      if (found > at) return found;
    }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null || found.index >= most) {
      this.take(text, at, most);
      return most;
    }
    const [word] = found;
    const to = found.index + word.length;
    this.take(text, at, to);
    this.token(word);
    return to;
  }

  private token(word: string): void {
    const opens = OPENS[word];
    if (opens !== undefined) this.inside = opens;
    else if (word === "(") {
      if (this.depth === 0 && this.afterValues) this.rows++;
      this.depth++;
    } else if (word === ")") this.depth--;
    else if (word === ";") {
      if (this.nested <= 0) this.statement();
    } else if (/^values$/i.test(word) && this.depth === 0) this.afterValues = true;
    else if (CALLS.test(word)) this.calls.add(word.toLowerCase());
    else if (/^CREATE\s+(?:TEMP(?:ORARY)?\s+)?TRIGGER\b/i.test(this.head)) {
      if (/^(?:begin|case)$/i.test(word)) this.nested++;
      else if (/^end$/i.test(word)) this.nested--;
    }
  }

  /** A line that only the client reads. */
  private command(text: string, at: number): number {
    const end = text.indexOf("\n", at);
    this.leaves.push({ kind: "client-command", line: this.line, what: "a command of sqlite3" });
    const to = end < 0 ? text.length : end + 1;
    this.take(text, at, to);
    return to;
  }

  private statement(): void {
    if (this.from > 0) this.understand(this.head.trimStart().slice(0, HEAD_CHARS));
    this.head = "";
    this.from = 0;
    this.depth = 0;
    this.nested = 0;
    this.rows = 0;
    this.afterValues = false;
    this.calls = new Set();
  }

  private understand(head: string): void {
    const created = CREATE.exec(head);
    const inserted = INSERT.exec(head);
    const name = created !== null ? nameIn(created, 2) : inserted !== null ? nameIn(inserted, 1) : undefined;
    const kind =
      created !== null
        ? `CREATE ${created[1]?.toUpperCase()}`
        : inserted !== null
          ? "INSERT"
          : (FIRST_WORDS.exec(head)?.[0] ?? "").toUpperCase();
    if (created?.[1]?.toUpperCase() === "TABLE" && name !== undefined) this.table(name);
    const table = name === undefined ? undefined : this.byName.get(name.toLowerCase());
    if (inserted !== null && table !== undefined) table.rows += this.rows;
    if (/^(?:COMMIT|END)\b/.test(kind)) this.endedAs = "commit";
    else if (kind.startsWith("ROLLBACK")) this.endedAs = "rollback";
    else if (kind.startsWith("BEGIN")) this.endedAs = "open";
    const left = leaving(head, this.calls);
    if (left !== null) this.leaves.push({ ...left, line: this.from });
    const before = this.statements.at(-1);
    if (before !== undefined && before.kind === kind && before.name === name)
      this.statements[this.statements.length - 1] = { ...before, to: this.line };
    else this.statements.push({ kind, from: this.from, to: this.line, ...(name === undefined ? {} : { name }) });
  }

  private table(name: string): void {
    const table = { name, line: this.from, rows: 0 };
    this.tables.push(table);
    this.byName.set(name.toLowerCase(), table);
  }

  private ending(): DumpStory["end"] {
    const cut = (where: "string" | "comment" | "statement" | "closing-line" | "zeros") =>
      ({ is: "cut", line: this.line, where }) as const;
    if (this.head.includes("\0\0\0\0")) return cut("zeros");
    if (this.inside === "*/") return cut("comment");
    if (this.inside !== "code" && this.inside !== "\n") return cut("string");
    if (this.from > 0) return cut("statement");
    return this.endedAs === "commit" ? { is: "whole" } : cut("closing-line");
  }

  end(): DumpStory {
    this.read(true);
    const kinds = this.statements.map(({ kind }) => kind);
    return {
      lines: this.line,
      bytes: this.bytes,
      end: this.ending(),
      leaves: this.leaves,
      databases: [],
      tables: this.tables,
      statements: this.statements,
      roles: [],
      rolesMade: [],
      extensions: [],
      tablespaces: [],
      definers: [],
      encodings: [],
      hasStructure: this.tables.length > 0,
      hasRows: kinds.includes("INSERT"),
      drops: false,
      largeObjects: 0,
      noise: this.noise,
      limits: [],
    };
  }
}

/** A reader of such text. */
export const dumpReader = (): DumpReader => new Reader();
