/**
 * The text of a dump as psql's own scanner takes it apart, over bytes, in pieces cut anywhere: strings, quoted bodies,
 * comments, rows of COPY and commands of the client end where they end for psql, which reads line by line.
 * Source: src/fe_utils/psqlscan.l, src/bin/psql/mainloop.c and copy.c of PostgreSQL 15 to 17. Where versions differ, and no
 * program writes such text, it is called unclear.
 */
import { ASCII_LOWER, CLASS, IDENTIFIER, KIND, VARIABLES } from "./dump-bytes.ts";

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

/** How the next lines are read, as the dump's own settings say. */
export interface Settings {
  readonly standardStrings: boolean;
  /** An encoding in which the second byte of a character can look like a quote or a backslash. */
  readonly wide: "no" | "pairs" | "sjis";
}

export type OpenAt = "string" | "comment" | "statement" | "rows" | null;

type State = "top" | "string" | "name" | "dollar" | "block" | "line-comment" | "after-copy" | "rows" | "over";

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 39;
const BACKSLASH = 92;
/** Longer words and commands are nobody's; they would be kept until they end. */
const LONGEST = 65_536;
const LONGEST_COMMENT = 1_000;
const EMPTY = Buffer.alloc(0);
const END_OF_ROWS = Buffer.from("\n\\.");
const NOISE = /^(pg_dump|pg_dumpall|pg_restore): /;

export class DumpLexer {
  readonly #listener: Listener;
  #state: State = "top";
  #rest: Buffer = EMPTY;
  #isLast = false;
  /** Set when the piece ended before what stands there can be told. */
  #needsMore = false;
  #lastByte = NEWLINE;
  #line = 1;
  #depth = 0;
  #blockDepth = 0;
  #escapes = false;
  #tag: Buffer = EMPTY;
  #text: string | null = null;
  #rows = 0;
  #isMidRow = false;
  #endsOnlyWithText = false;
  #settings: Settings = { standardStrings: true, wide: "no" };
  #next: Settings | null = null;
  #isTrail = false;
  #mustMask = false;
  /** As psql tells `BEGIN … END` of a routine from a transaction. */
  #words = 0;
  /** The words with which an INSERT began: the next, and a million others, begin with them, too. */
  #prefix: Buffer = EMPTY;
  /** Where the open statement began in these bytes; -1: before them. */
  #beganAt = -1;
  #firsts = "";
  #beginDepth = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  get line(): number {
    return this.#line;
  }

  /** What is open where the text ends. */
  get open(): OpenAt {
    const { isOpen } = this.#listener;
    const byState: Partial<Record<State, OpenAt>> = {
      string: "string",
      name: "string",
      dollar: "string",
      block: "comment",
      "after-copy": "rows",
      rows: this.#endsOnlyWithText ? null : "rows",
    };
    return byState[this.#state] ?? (isOpen ? "statement" : null);
  }

  /** From the next line on: psql asks for them before each line. */
  set(settings: Partial<Settings>): void {
    const next = { ...this.#settings, ...this.#next, ...settings };
    const { standardStrings, wide } = this.#settings;
    this.#next = next.standardStrings === standardStrings && next.wide === wide ? null : next;
  }

  /** Nothing that comes is read any more. */
  stop(): void {
    this.#state = "over";
  }

  push(piece: Uint8Array): void {
    if (this.#state === "over") return;
    let fresh: Buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (this.#settings.wide !== "no") fresh = this.#masked(fresh);
    this.#run(this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]));
  }

  end(): void {
    this.#isLast = true;
    if (this.#state !== "over") this.#run(this.#rest);
    if (this.#isMidRow) this.#rows += 1;
  }

  #run(given: Buffer): void {
    this.#needsMore = false;
    this.#beganAt = -1;
    let bytes = given;
    let at = 0;
    while (at < bytes.length && !this.#needsMore && this.#state !== "over") {
      const from = at;
      at = this.#step(bytes, at);
      if (at > from) this.#lastByte = bytes[at - 1] as number;
      if (this.#mustMask) {
        this.#mustMask = false;
        bytes = this.#masked(bytes.subarray(at));
        at = 0;
        this.#beganAt = -1;
      }
      if (bytes.length - at > LONGEST * 2 && this.#needsMore) this.#giveUp();
    }
    // What was handed in belongs to whoever reads.
    this.#rest = at < bytes.length && this.#state !== "over" ? Buffer.from(bytes.subarray(at)) : EMPTY;
  }

  #giveUp(): void {
    this.#listener.unclear(this.#line);
    this.#state = "over";
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "top":
        return this.#top(bytes, at);
      case "string":
        return this.#string(bytes, at);
      case "name":
        return this.#name(bytes, at);
      case "dollar":
        return this.#dollar(bytes, at);
      case "block":
        return this.#block(bytes, at);
      case "line-comment":
        return this.#lineComment(bytes, at);
      case "after-copy":
        return this.#afterCopy(bytes, at);
      default:
        return this.#rowsOf(bytes, at);
    }
  }

  #more(at: number): number {
    this.#needsMore = true;
    return at;
  }

  #count(bytes: Buffer, from: number, to: number): number {
    let lines = 0;
    for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) lines++;
    this.#line += lines;
    return lines;
  }

  /** Second bytes of characters are passed over, as psql does; an end of line never is one. */
  #masked(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    for (let at = 0; at < copy.length; at++) {
      const byte = copy[at] as number;
      if (byte === NEWLINE) this.#isTrail = false;
      else if (this.#isTrail) {
        copy[at] = 0xff;
        this.#isTrail = false;
      } else this.#isTrail = byte > 127 && !(this.#settings.wide === "sjis" && byte > 0xa0 && byte < 0xe0);
    }
    return copy;
  }

  /** Takes over what the dump set. In the middle of a line psql still reads as before. */
  #newLine(): void {
    this.#line += 1;
    if (this.#next === null) return;
    const before = this.#settings.wide;
    this.#settings = this.#next;
    this.#next = null;
    if (before === this.#settings.wide) return;
    // What is masked already cannot be had back: no program changes its mind about it.
    if (before !== "no") this.#listener.unclear(this.#line);
    this.#mustMask = this.#settings.wide !== "no";
  }

  #enter(state: State, at: number): number {
    if (this.#next !== null) {
      this.#listener.unclear(this.#line);
      this.#next = null;
    }
    this.#state = state;
    return at;
  }

  #top(bytes: Buffer, from: number): number {
    const { length } = bytes;
    const listener = this.#listener;
    let at = from;
    while (at < length && this.#state === "top" && !this.#needsMore && !this.#mustMask) {
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
          at = this.#openString(at + 1, !this.#settings.standardStrings);
          break;
        case KIND.open:
          if (this.#depth === 0 || listener.wants) listener.mark("(", this.#depth, this.#line);
          this.#depth++;
          at++;
          break;
        case KIND.close:
          if (this.#depth > 0) this.#depth--;
          if (listener.wants) listener.mark(")", this.#depth, this.#line);
          at++;
          break;
        case KIND.mark:
          if (listener.wants) listener.mark(String.fromCharCode(byte), this.#depth, this.#line);
          at++;
          break;
        case KIND.semicolon:
          at++;
          if (this.#depth === 0 && this.#beginDepth === 0) this.#endStatement();
          break;
        default:
          at = this.#rare(bytes, at, byte);
      }
    }
    return at;
  }

  /** What takes a look at more than one byte. */
  #rare(bytes: Buffer, at: number, byte: number): number {
    if (CLASS[byte] === KIND.doubleQuote) {
      this.#text = "";
      return this.#enter("name", at + 1);
    }
    if (byte === BACKSLASH) return this.#command(bytes, at);
    if (byte === RETURN) return this.#carriageReturn(bytes, at);
    if (CLASS[byte] === KIND.dollar) return this.#openDollar(bytes, at);
    if (at + 1 >= bytes.length && !this.#isLast) return this.#more(at);
    const next = bytes[at + 1];
    if (CLASS[byte] === KIND.colon) return this.#colon(bytes, at, next);
    if (CLASS[byte] === KIND.minus) return next === byte ? this.#openLineComment(bytes, at) : at + 1;
    if (next !== 42) return at + 1;
    this.#blockDepth = 1;
    return this.#enter("block", at + 2);
  }

  /** Ends a line for strings that go on after it, and for comments; only `\n` ends one of psql's. */
  #carriageReturn(bytes: Buffer, from: number): number {
    let at = from + 1;
    while (at < bytes.length && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === RETURN)) at++;
    if (at >= bytes.length && !this.#isLast && at - from < LONGEST) return this.#more(from);
    if (bytes[at] === QUOTE) this.#listener.unclear(this.#line);
    return at;
  }

  #word(bytes: Buffer, from: number): number {
    const { length } = bytes;
    if (!this.#listener.isOpen) {
      const { length: size } = this.#prefix;
      if (size > 0 && this.#isAgain(bytes, from)) {
        this.#words = 4;
        this.#listener.again(this.#line);
        return from + size;
      }
      this.#beganAt = from;
    }
    let at = from + 1;
    while (at < length && IDENTIFIER[bytes[at] as number] === 1) at++;
    if (at >= length - 1 && !this.#isLast && at - from < LONGEST) return this.#more(from);
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
    if (this.#words < 4 || this.#firsts !== "") this.#track(bytes, from, at);
    const { wants } = listener;
    if (!wants && this.#depth > 0) return at;
    listener.word(ASCII_LOWER(bytes.toString("utf8", from, at)), this.#depth, this.#line);
    if (wants && !listener.wants) this.#remember(bytes, at);
    return at;
  }

  #remember(bytes: Buffer, to: number): void {
    const began = this.#beganAt;
    const isShort = began >= 0 && to - began < LONGEST_COMMENT;
    if (isShort && !bytes.subarray(began, to).includes(NEWLINE)) this.#prefix = Buffer.from(bytes.subarray(began, to));
  }

  #isAgain(bytes: Buffer, from: number): boolean {
    const to = from + this.#prefix.length;
    const isSame =
      to < bytes.length && IDENTIFIER[bytes[to] as number] === 0 && this.#prefix.compare(bytes, from, to) === 0;
    // Whatever else begins may change what the words mean.
    if (!isSame) this.#prefix = EMPTY;
    return isSame;
  }

  /** Line by line after psql: `CREATE [OR REPLACE] FUNCTION … BEGIN ATOMIC … END`. */
  #track(bytes: Buffer, from: number, to: number): void {
    const text = to - from > 9 ? "" : bytes.toString("latin1", from, to).toLowerCase();
    if (this.#words < 4) {
      const isOne =
        text === "create" || text === "function" || text === "procedure" || text === "or" || text === "replace";
      this.#firsts = this.#words === 0 ? (isOne ? text.charAt(0) : "") : this.#firsts + (isOne ? text.charAt(0) : " ");
    }
    this.#words += 1;
    if (this.#depth > 0 || !/^c(f|p|or[fp])/.test(this.#firsts)) {
      if (this.#words >= 4 && !this.#firsts.startsWith("c")) this.#firsts = "";
      return;
    }
    if (text === "begin") this.#beginDepth += 1;
    else if (text === "case" && this.#beginDepth > 0) this.#beginDepth += 1;
    else if (text === "end" && this.#beginDepth > 0) this.#beginDepth -= 1;
  }

  #isNoise(bytes: Buffer, at: number): boolean {
    const before = at === 0 ? this.#lastByte : (bytes[at - 1] as number);
    return before === NEWLINE && NOISE.test(bytes.toString("latin1", at, at + 14));
  }

  #noise(bytes: Buffer, at: number): number {
    this.#listener.noise(NOISE.exec(bytes.toString("latin1", at, at + 14))?.[1] ?? "", this.#line);
    return this.#enter("line-comment", at);
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
    if (at >= bytes.length - 1 && !this.#isLast && at - from < LONGEST) return this.#more(from);
    const next = bytes[at];
    const quotes = next === QUOTE || next === 34 || next === 36 || (next === 38 && bytes[at + 1] === QUOTE);
    if (hasLetters && quotes) this.#listener.unclear(this.#line);
    return at;
  }

  /** psql puts the value of a variable of its own in the place of its name. */
  #colon(bytes: Buffer, from: number, next: number | undefined): number {
    if (next === 58 || next === 61) return from + 2;
    let at = from + 1;
    while (at < bytes.length && IDENTIFIER[bytes[at] as number] === 1 && bytes[at] !== 36) at++;
    if (at >= bytes.length && !this.#isLast && at - from < LONGEST) return this.#more(from);
    if (VARIABLES.has(bytes.toString("latin1", from + 1, at))) this.#listener.unclear(this.#line);
    return from + 1;
  }

  #openString(at: number, escapes: boolean): number {
    this.#escapes = escapes;
    this.#text = this.#listener.wantsText ? "" : null;
    return this.#enter("string", at);
  }

  #string(bytes: Buffer, from: number): number {
    const { length } = bytes;
    const escapes = this.#escapes;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (at + 1 >= length && !this.#isLast) break;
        if (bytes[at + 1] !== QUOTE) return this.#closeString(bytes, from, at);
        at += 2;
      } else if (byte === BACKSLASH && escapes) {
        if (at + 1 >= length && !this.#isLast) break;
        if (bytes[at + 1] === NEWLINE) this.#line++;
        at += 2;
      } else {
        if (byte === NEWLINE) this.#line++;
        at++;
      }
    }
    this.#keep(bytes, from, at);
    return at < length ? this.#more(at) : Math.min(at, length);
  }

  #closeString(bytes: Buffer, from: number, at: number): number {
    this.#keep(bytes, from, at);
    const text = this.#text?.replaceAll("''", "'");
    this.#text = null;
    this.#state = "top";
    if (this.#listener.wants) this.#listener.mark("'", this.#depth, this.#line, text);
    return at + 1;
  }

  /** Of what is wanted as text, so much. */
  #keep(bytes: Buffer, from: number, to: number): void {
    if (this.#text !== null && this.#text.length < LONGEST_COMMENT)
      this.#text += bytes.toString("utf8", from, Math.min(to, from + LONGEST_COMMENT));
  }

  #name(bytes: Buffer, from: number): number {
    const { length } = bytes;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === 34) {
        if (at + 1 >= length && !this.#isLast) break;
        if (bytes[at + 1] !== 34) {
          const text = (this.#text ?? "") + bytes.toString("latin1", from, at);
          this.#text = null;
          this.#state = "top";
          const name = Buffer.from(text, "latin1").toString("utf8").replaceAll('""', '"');
          if (this.#listener.wants) this.#listener.name(name, this.#depth, this.#line);
          return at + 1;
        }
        at += 2;
        continue;
      }
      if (byte === NEWLINE) this.#line++;
      at++;
    }
    if (at > length) at = length;
    if ((this.#text?.length ?? 0) < LONGEST) this.#text += bytes.toString("latin1", from, at);
    return at < length ? this.#more(at) : at;
  }

  #openDollar(bytes: Buffer, from: number): number {
    let at = from + 1;
    const isParameter = CLASS[bytes[at] ?? 0] === KIND.digit;
    while (at < bytes.length && bytes[at] !== 36 && IDENTIFIER[bytes[at] as number] === 1) at++;
    if (at >= bytes.length && !this.#isLast && at - from < LONGEST) return this.#more(from);
    if (isParameter) return this.#number(bytes, from + 1);
    if (bytes[at] !== 36) return from + 1;
    this.#tag = Buffer.from(bytes.subarray(from, at + 1));
    return this.#enter("dollar", at + 1);
  }

  #dollar(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(this.#tag, from);
    if (found >= 0) {
      this.#count(bytes, from, found);
      this.#state = "top";
      if (this.#listener.wants) this.#listener.mark("'", this.#depth, this.#line);
      return found + this.#tag.length;
    }
    // The tag may have begun, and the end of a tag of newlines there is none.
    const to = this.#isLast ? bytes.length : Math.max(from, bytes.length - this.#tag.length + 1);
    this.#count(bytes, from, to);
    return to < bytes.length ? this.#more(to) : to;
  }

  #block(bytes: Buffer, from: number): number {
    const { length } = bytes;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === NEWLINE) this.#line++;
      if (byte !== 42 && byte !== 47) {
        at++;
        continue;
      }
      if (at + 1 >= length && !this.#isLast) return this.#more(at);
      const next = bytes[at + 1];
      if (byte === 47 && next === 42) this.#blockDepth++;
      else if (!(byte === 42 && next === 47)) {
        at++;
        continue;
      } else this.#blockDepth--;
      at += 2;
      if (this.#blockDepth > 0) continue;
      this.#state = "top";
      return at;
    }
    return at;
  }

  #openLineComment(bytes: Buffer, from: number): number {
    let to = from;
    while (to < bytes.length && bytes[to] !== NEWLINE && bytes[to] !== RETURN) to++;
    if (to >= bytes.length && !this.#isLast && to - from < LONGEST_COMMENT) return this.#more(from);
    const before = from === 0 ? this.#lastByte : bytes[from - 1];
    if (before === NEWLINE && !this.#listener.isOpen && to - from < LONGEST_COMMENT)
      this.#listener.comment(bytes.toString("utf8", from, to), this.#line);
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
    if (to < 0 && !this.#isLast && bytes.length - from < LONGEST) return this.#more(from);
    const next = bytes[from + 1];
    if (next === 59 || next === 58) {
      this.#listener.unclear(this.#line);
      return from + 2;
    }
    const end = to < 0 ? bytes.length : to;
    this.#listener.command(bytes.toString("utf8", from, end), this.#line);
    return end;
  }

  #endStatement(): void {
    this.#words = 0;
    this.#firsts = "";
    const what = this.#listener.end(this.#line);
    if (what === "text") return;
    this.#endsOnlyWithText = what === "rows-to-the-end";
    this.#rows = 0;
    this.#isMidRow = false;
    this.#state = "after-copy";
  }

  /** psql reads the rows first, and then what stands behind the semicolon. */
  #afterCopy(bytes: Buffer, from: number): number {
    const to = bytes.indexOf(NEWLINE, from);
    const end = to < 0 ? bytes.length : to;
    for (let at = from; at < end; at++) {
      if (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === RETURN) continue;
      this.#listener.unclear(this.#line);
      break;
    }
    if (to < 0) return end;
    this.#newLine();
    this.#state = "rows";
    return to + 1;
  }

  #rowsOf(bytes: Buffer, from: number): number {
    if (this.#endsOnlyWithText) {
      this.#count(bytes, from, bytes.length);
      return bytes.length;
    }
    let at = from;
    if (!this.#isMidRow) {
      const size = endOfRows(bytes, at, this.#isLast);
      if (size === null) return this.#more(at);
      if (size > 0) return this.#closeRows(at + size);
    }
    for (;;) {
      const found = bytes.indexOf(END_OF_ROWS, at);
      if (found < 0) break;
      this.#rows += this.#count(bytes, at, found + 1);
      this.#isMidRow = false;
      at = found + 1;
      const size = endOfRows(bytes, at, this.#isLast);
      if (size === null) return this.#more(at);
      if (size > 0) return this.#closeRows(at + size);
    }
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > at) {
      this.#rows += this.#count(bytes, at, whole);
      this.#isMidRow = false;
      at = whole;
    }
    if (at >= bytes.length) return at;
    if (!this.#isMidRow && !this.#isLast && bytes.length - at < 4) return this.#more(at);
    this.#isMidRow = true;
    return bytes.length;
  }

  #closeRows(at: number): number {
    this.#listener.rows(this.#rows, this.#line);
    this.#line += 1;
    this.#state = "top";
    return at;
  }
}

/** Bytes of the line that ends the rows; 0 when it is none, null when more is needed to tell. */
function endOfRows(bytes: Buffer, at: number, isLast: boolean): number | null {
  const rest = bytes.length - at;
  if (rest > 0 && bytes[at] !== BACKSLASH) return 0;
  if (rest > 1 && bytes[at + 1] !== 46) return 0;
  if (rest > 2 && bytes[at + 2] === NEWLINE) return 3;
  if (rest > 2 && bytes[at + 2] !== RETURN) return 0;
  if (rest > 3) return bytes[at + 3] === NEWLINE ? 4 : 0;
  return isLast ? 0 : null;
}
