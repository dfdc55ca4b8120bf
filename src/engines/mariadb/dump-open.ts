/** The statement that is being read: what is kept of it, and where it stands. */
import { CLASS, Class, DANGEROUS, mostTokens } from "./dump-words.ts";

export type TokenKind = "word" | "name" | "string" | "mark";

export interface Token {
  readonly kind: TokenKind;
  /** A word as written, a name without its quotes, a string's text where it is short, or one character. */
  readonly text: string;
}

export interface Statement {
  /** Where the client says that it begins. */
  readonly line: number;
  readonly endLine: number;
  /** Its first tokens; all of a table's definition, few of an INSERT. */
  readonly tokens: readonly Token[];
  /** Words anywhere in it, outside of strings and comments, that reach files: OUTFILE, DUMPFILE, LOAD_FILE, SONAME. */
  readonly reaches: readonly string[];
  /** Rows that an INSERT lists. */
  readonly rows: number;
  /** Whether its delimiter came. */
  readonly isEnded: boolean;
  /** Whether it ended inside a string or a comment that was never closed. */
  readonly isOpen: boolean;
}

const NL = 10;
const BACKSLASH = 92;
const QUOTE = 39;

export class OpenStatement {
  /** The line that is being read. */
  line = 1;
  /** Where the client's own buffer began to fill; 0 while it is empty. */
  bufferLine = 0;
  isStarted = false;
  private tokens: Token[] = [];
  private most = 0;
  private reaches: string[] = [];
  private rows = 0;
  private depth = 0;
  private afterValues = false;

  /** Something of a statement came. */
  start(): void {
    if (this.isStarted) return;
    this.isStarted = true;
    if (this.bufferLine === 0) this.bufferLine = this.line;
    this.most = mostTokens("");
  }

  /** Whether more of it is kept. */
  get keeps(): boolean {
    return this.tokens.length < this.most;
  }

  add(kind: TokenKind, text: string): void {
    if (this.keeps) this.tokens.push({ kind, text });
  }

  mark(byte: number): void {
    this.start();
    if (byte === 40) {
      this.depth++;
      if (this.afterValues && this.depth === 1) this.rows++;
    } else if (byte === 41) this.depth--;
    if (this.keeps) this.tokens.push({ kind: "mark", text: String.fromCharCode(byte) });
  }

  /** A word among the first ones. */
  word(raw: string): void {
    this.start();
    const text = raw.toUpperCase();
    if (this.tokens.length === 0) this.most = mostTokens(text);
    if (text === "TABLE" && this.tokens.length < 8 && this.tokens[0]?.text.toUpperCase() === "CREATE")
      this.most = mostTokens(text);
    this.add("word", raw);
    this.watch(raw);
  }

  /** Any word, for the few that matter wherever they stand. */
  watch(raw: string): void {
    const { length } = raw;
    if (length < 5 || length > 9) return;
    const word = raw.toUpperCase();
    if (this.depth === 0 && (word === "VALUES" || word === "VALUE")) this.afterValues = true;
    if (DANGEROUS.has(word) && this.reaches.length < 10) this.reaches.push(word);
  }

  /** Passes values by, as far as they are simple and whole in these bytes. */
  values(bytes: Uint8Array, from: number, { first, escapes }: { first: number; escapes: boolean }): number {
    const end = bytes.length;
    let { line, depth, rows } = this;
    let at = from;
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        const lines = line;
        let to = at + 1;
        let inside = bytes[to];
        while (to < end && inside !== QUOTE) {
          if (inside === BACKSLASH && escapes) to++;
          if (bytes[to] === NL) line++;
          inside = bytes[++to];
        }
        if (to >= end - 1) {
          line = lines;
          break;
        }
        at = to + 1;
        continue;
      }
      if (byte === first) break;
      const kind = CLASS[byte];
      if (kind === Class.Word) {
        let to = at + 1;
        while (to < end && CLASS[bytes[to] as number] === Class.Word && bytes[to] !== first) to++;
        if (to === end || (byte >= 65 && to - at >= 5)) break;
        at = to;
        continue;
      }
      if (byte === NL) line++;
      else if (byte === 40) {
        depth++;
        if (depth === 1 && this.afterValues) rows++;
      } else if (byte === 41) depth--;
      else if (byte === BACKSLASH || byte === 0 || kind === Class.Quote || kind === Class.Comment) break;
      at++;
    }
    this.line = line;
    this.depth = depth;
    this.rows = rows;
    return at;
  }

  /** It is over; null when there was none. */
  take(isEnded: boolean, isOpen: boolean): Statement | null {
    const { tokens, reaches, rows, bufferLine, isStarted, line } = this;
    this.tokens = [];
    this.reaches = [];
    this.rows = 0;
    this.depth = 0;
    this.afterValues = false;
    this.bufferLine = 0;
    this.isStarted = false;
    return isStarted ? { line: bufferLine, endLine: line, tokens, reaches, rows, isEnded, isOpen } : null;
  }
}
