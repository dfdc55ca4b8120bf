/**
 * The text of a dump as psql's own scanner takes it apart, over bytes, in pieces cut anywhere: strings, quoted bodies,
 * comments, rows of COPY and commands of the client end where they end for psql, which reads line by line.
 * Source: src/fe_utils/psqlscan.l, src/bin/psql/mainloop.c and copy.c of PostgreSQL 15 to 17. Where versions differ, and no
 * program writes such text, it is called unclear.
 */
import { ASCII_LOWER, CLASS, IDENTIFIER, KIND, VARIABLES } from "./dump-bytes.ts";
import {
  BACKSLASH,
  CommentInside,
  Cursor,
  Dollar,
  type Inside,
  Name,
  NEWLINE,
  QUOTE,
  Quoted,
  RETURN,
  Rows,
} from "./dump-inside.ts";
import { Prefix } from "./dump-prefix.ts";
import { Routine } from "./dump-routine.ts";
import { type DumpSettings, ReadAs } from "./dump-settings.ts";

/** What is told of the text, in its order. Lines count from 1. */
export interface Listener {
  /**
   * Whether words, names and marks are of interest, as they are before a statement began, and the text of strings. Words
   * outside parentheses are told in any case.
   */
  readonly wants: boolean;
  readonly wantsText: boolean;
  /** Whether a statement began and did not end. */
  readonly isOpen: boolean;
  /** An unquoted word, in lower case as the server stores it. */
  word(text: string, depth: number, line: number): void;
  /** A quoted name, as stored. */
  name(text: string, depth: number, line: number): void;
  /** A statement began with the same words as the one before, up to where `wants` ended. */
  again(line: number): void;
  /** One of `.,=()`, and `'` for a string; `text` only where it was wanted. */
  mark(mark: string, depth: number, line: number, text?: string): void;
  /** A comment of one line that stands alone at the top. */
  comment(text: string, line: number): void;
  /** A command of the client, to the end of its line. */
  command(text: string, line: number): void;
  /** A statement ended with its semicolon. Says whether rows follow. */
  end(line: number): "text" | "rows" | "rows-to-the-end";
  rows(count: number, line: number): void;
  noise(program: string, line: number): void;
  unclear(line: number): void;
}

/** What a dump that ends here ends in. */
export type OpenAt = "string" | "comment" | "statement" | "rows" | null;

/** Longer words and commands are nobody's; they would be kept until they end. */
const LONGEST = 65_536;
const LONGEST_COMMENT = 1_000;
const EMPTY = Buffer.alloc(0);
const NOISE = /^(pg_dump|pg_dumpall|pg_restore): /;

export class DumpLexer {
  readonly #listener: Listener;
  readonly #cursor = new Cursor();
  #state: "top" | "inside" | "line-comment" | "after-copy" | "over" = "top";
  #inside: Inside | null = null;
  /** What follows the line of a COPY. */
  #copy: "rows" | "rows-to-the-end" = "rows";
  #rest: Buffer = EMPTY;
  #lastByte = NEWLINE;
  #depth = 0;
  readonly #readAs = new ReadAs();
  #mustMask = false;
  readonly #routine = new Routine();
  readonly #prefix = new Prefix();

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get line(): number {
    return this.#cursor.line;
  }

  /** What is open where the text ends. */
  get open(): OpenAt {
    const { isOpen } = this.#listener;
    if (this.#state === "after-copy") return "rows";
    const is = this.#state === "inside" ? this.#inside?.is : undefined;
    if (is === undefined || is === "rows-to-the-end") return is === undefined && isOpen ? "statement" : null;
    return is === "name" ? "string" : is;
  }

  /** From the next line on. */
  set(settings: Partial<DumpSettings>): void {
    this.#readAs.set(settings);
  }

  /** Nothing that comes is read any more. */
  stop(): void {
    this.#state = "over";
  }

  push(piece: Uint8Array): void {
    if (this.#state === "over") return;
    const fresh = this.#readAs.masked(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
    this.#run(this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]));
  }

  end(): void {
    this.#cursor.isLast = true;
    if (this.#state !== "over") this.#run(this.#rest);
  }

  #run(given: Buffer): void {
    this.#cursor.needsMore = false;
    this.#prefix.leave();
    let bytes = given;
    let at = 0;
    while (at < bytes.length && !this.#cursor.needsMore && this.#state !== "over") {
      const from = at;
      at = this.#step(bytes, at);
      if (at > from) this.#lastByte = bytes[at - 1] as number;
      if (this.#mustMask) {
        this.#mustMask = false;
        bytes = this.#readAs.masked(bytes.subarray(at));
        at = 0;
        this.#prefix.leave();
      }
      if (bytes.length - at > LONGEST * 2 && this.#cursor.needsMore) this.#giveUp();
    }
    // What was handed in belongs to whoever reads.
    this.#rest = at < bytes.length && this.#state !== "over" ? Buffer.from(bytes.subarray(at)) : EMPTY;
  }

  #giveUp(): void {
    this.#listener.unclear(this.line);
    this.#state = "over";
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "top":
        return this.#top(bytes, at);
      case "line-comment":
        return this.#lineComment(bytes, at);
      case "after-copy":
        return this.#afterCopy(bytes, at);
      default:
        return this.#goOn(bytes, at);
    }
  }

  /** Reads on in what is open, and tells its end. */
  #goOn(bytes: Buffer, from: number): number {
    const inside = this.#inside as Inside;
    const at = inside.step(bytes, from);
    if (!inside.isOver) return at;
    this.#state = "top";
    this.#inside = null;
    const listener = this.#listener;
    if (inside instanceof Rows) {
      listener.rows(inside.count, this.line);
      this.#cursor.line += 1;
    } else if (!listener.wants) return at;
    else if (inside instanceof Name) listener.name(inside.text, this.#depth, this.line);
    else if (inside instanceof Quoted) listener.mark("'", this.#depth, this.line, inside.text ?? undefined);
    else if (inside instanceof Dollar) listener.mark("'", this.#depth, this.line);
    return at;
  }

  /** Takes over what the dump set. */
  #newLine(): void {
    this.#cursor.line += 1;
    if (!this.#readAs.isPending) return;
    const means = this.#readAs.newLine();
    if (means === "unclear") this.#listener.unclear(this.line);
    this.#mustMask = means === "mask";
  }

  #enter(inside: Inside, at: number): number {
    // psql asks for settings once a line: what began in this one is read as before, and what goes on is not.
    if (this.#readAs.isPending) this.#listener.unclear(this.line);
    this.#readAs.forget();
    this.#inside = inside;
    this.#state = "inside";
    return at;
  }

  #top(bytes: Buffer, from: number): number {
    const { length } = bytes;
    const listener = this.#listener;
    let at = from;
    while (at < length && this.#state === "top" && !this.#cursor.needsMore && !this.#mustMask) {
      const byte = bytes[at] as number;
      switch (CLASS[byte]) {
        case KIND.skip:
          at++;
          break;
        case KIND.newline:
          at++;
          this.#newLine();
          break;
        case KIND.letter:
          at = this.#word(bytes, at);
          break;
        case KIND.digit:
          at = this.#number(bytes, at);
          break;
        case KIND.quote:
          at = this.#openString(at + 1, !this.#readAs.now.standardStrings);
          break;
        case KIND.open:
          if (this.#depth === 0 || listener.wants) listener.mark("(", this.#depth, this.line);
          this.#depth++;
          at++;
          break;
        case KIND.close:
          if (this.#depth > 0) this.#depth--;
          if (listener.wants) listener.mark(")", this.#depth, this.line);
          at++;
          break;
        case KIND.mark:
          if (listener.wants) listener.mark(String.fromCharCode(byte), this.#depth, this.line);
          at++;
          break;
        case KIND.semicolon:
          at++;
          if (this.#depth === 0 && this.#routine.depth === 0) this.#endStatement();
          break;
        default:
          at = this.#rare(bytes, at, byte);
      }
    }
    return at;
  }

  /** What takes a look at more than one byte. */
  #rare(bytes: Buffer, at: number, byte: number): number {
    if (CLASS[byte] === KIND.doubleQuote) return this.#enter(new Name(this.#cursor), at + 1);
    if (byte === BACKSLASH) return this.#command(bytes, at);
    if (byte === RETURN) return this.#carriageReturn(bytes, at);
    if (CLASS[byte] === KIND.dollar) return this.#openDollar(bytes, at);
    if (at + 1 >= bytes.length && !this.#cursor.isLast) return this.#cursor.more(at);
    const next = bytes[at + 1];
    if (CLASS[byte] === KIND.colon) return this.#colon(bytes, at, next);
    if (CLASS[byte] === KIND.minus) return next === byte ? this.#openLineComment(bytes, at) : at + 1;
    if (next !== 42) return at + 1;
    return this.#enter(new CommentInside(this.#cursor), at + 2);
  }

  /** Ends a line for strings that go on after it, and for comments; only `\n` ends one of psql's. */
  #carriageReturn(bytes: Buffer, from: number): number {
    let at = from + 1;
    while (at < bytes.length && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === RETURN)) at++;
    if (at >= bytes.length && !this.#cursor.isLast && at - from < LONGEST) return this.#cursor.more(from);
    if (bytes[at] === QUOTE) this.#listener.unclear(this.line);
    return at;
  }

  #word(bytes: Buffer, from: number): number {
    const { length } = bytes;
    const again = this.#listener.isOpen ? 0 : this.#prefix.again(bytes, from);
    if (again > 0) {
      this.#routine.words = 4;
      this.#listener.again(this.line);
      return from + again;
    }
    let at = from + 1;
    while (at < length && IDENTIFIER[bytes[at] as number] === 1) at++;
    if (at >= length - 1 && !this.#cursor.isLast && at - from < LONGEST) return this.#cursor.more(from);
    const size = at - from;
    const first = (bytes[from] as number) | 32;
    if (size === 1) {
      if (bytes[at] === QUOTE && first === 101) return this.#openString(at + 1, true);
      if (bytes[at] === QUOTE && (first === 98 || first === 120)) return this.#openString(at + 1, false);
      // U&'…' and U&"…" know no backslash before a quote.
      if (first === 117 && bytes[at] === 38 && bytes[at + 1] === QUOTE) return this.#openString(at + 2, false);
    }
    if (first === 112 && this.#isNoise(bytes, from)) return this.#noise(bytes, from);
    const listener = this.#listener;
    if (this.#routine.looks) this.#routine.word(bytes, from, at, this.#depth);
    const { wants } = listener;
    if (!wants && this.#depth > 0) return at;
    listener.word(ASCII_LOWER(bytes.toString("utf8", from, at)), this.#depth, this.line);
    if (wants && !listener.wants) this.#prefix.remember(bytes, at);
    return at;
  }

  #isNoise(bytes: Buffer, at: number): boolean {
    const before = at === 0 ? this.#lastByte : (bytes[at - 1] as number);
    return before === NEWLINE && NOISE.test(bytes.toString("latin1", at, at + 14));
  }

  #noise(bytes: Buffer, at: number): number {
    this.#listener.noise(NOISE.exec(bytes.toString("latin1", at, at + 14))?.[1] ?? "", this.line);
    this.#state = "line-comment";
    return at;
  }

  /** Versions of psql differ in where a number ends that letters follow at once. */
  #number(bytes: Buffer, from: number): number {
    let at = from;
    let hasLetters = false;
    while (at < bytes.length) {
      const kind = CLASS[bytes[at] as number];
      if (kind === KIND.letter) hasLetters = true;
      else if (kind !== KIND.digit && bytes[at] !== 46) break;
      at++;
    }
    if (at >= bytes.length - 1 && !this.#cursor.isLast && at - from < LONGEST) return this.#cursor.more(from);
    const next = bytes[at];
    const quotes = next === QUOTE || next === 34 || next === 36 || (next === 38 && bytes[at + 1] === QUOTE);
    if (hasLetters && quotes) this.#listener.unclear(this.line);
    return at;
  }

  /** psql puts the value of a variable of its own in the place of its name. */
  #colon(bytes: Buffer, from: number, next: number | undefined): number {
    if (next === 58 || next === 61) return from + 2;
    let at = from + 1;
    while (at < bytes.length && IDENTIFIER[bytes[at] as number] === 1 && bytes[at] !== 36) at++;
    if (at >= bytes.length && !this.#cursor.isLast && at - from < LONGEST) return this.#cursor.more(from);
    if (VARIABLES.has(bytes.toString("latin1", from + 1, at))) this.#listener.unclear(this.line);
    return from + 1;
  }

  #openString(at: number, escapes: boolean): number {
    return this.#enter(new Quoted(this.#cursor, escapes, this.#listener.wantsText), at);
  }

  #openDollar(bytes: Buffer, from: number): number {
    let at = from + 1;
    const isParameter = CLASS[bytes[at] ?? 0] === KIND.digit;
    while (at < bytes.length && bytes[at] !== 36 && IDENTIFIER[bytes[at] as number] === 1) at++;
    if (at >= bytes.length && !this.#cursor.isLast && at - from < LONGEST) return this.#cursor.more(from);
    if (isParameter) return this.#number(bytes, from + 1);
    if (bytes[at] !== 36) return from + 1;
    return this.#enter(new Dollar(this.#cursor, Buffer.from(bytes.subarray(from, at + 1))), at + 1);
  }

  #openLineComment(bytes: Buffer, from: number): number {
    let to = from;
    while (to < bytes.length && bytes[to] !== NEWLINE && bytes[to] !== RETURN) to++;
    if (to >= bytes.length && !this.#cursor.isLast && to - from < LONGEST_COMMENT) return this.#cursor.more(from);
    const before = from === 0 ? this.#lastByte : bytes[from - 1];
    if (before === NEWLINE && !this.#listener.isOpen && to - from < LONGEST_COMMENT)
      this.#listener.comment(bytes.toString("utf8", from, to), this.line);
    this.#state = "line-comment";
    return to;
  }

  #lineComment(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && bytes[at] !== NEWLINE && bytes[at] !== RETURN) at++;
    if (at < bytes.length) this.#state = "top";
    return at;
  }

  /** A command takes its arguments to the end of the line. */
  #command(bytes: Buffer, from: number): number {
    const to = bytes.indexOf(NEWLINE, from);
    if (to < 0 && !this.#cursor.isLast && bytes.length - from < LONGEST) return this.#cursor.more(from);
    const next = bytes[from + 1];
    if (next === 59 || next === 58) {
      this.#listener.unclear(this.line);
      return from + 2;
    }
    const end = to < 0 ? bytes.length : to;
    this.#listener.command(bytes.toString("utf8", from, end), this.line);
    return end;
  }

  #endStatement(): void {
    this.#routine.begin();
    const what = this.#listener.end(this.line);
    if (what === "text") return;
    this.#copy = what;
    this.#state = "after-copy";
  }

  /** psql reads the rows first, and then what stands behind the semicolon. */
  #afterCopy(bytes: Buffer, from: number): number {
    const to = bytes.indexOf(NEWLINE, from);
    const end = to < 0 ? bytes.length : to;
    for (let at = from; at < end; at++) {
      if (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === RETURN) continue;
      this.#listener.unclear(this.line);
      break;
    }
    if (to < 0) return end;
    this.#newLine();
    this.#inside = new Rows(this.#cursor, this.#copy);
    this.#state = "inside";
    return to + 1;
  }
}
