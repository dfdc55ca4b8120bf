/**
 * The words of a MariaDB or MySQL dump, as the command-line client splits them (add_line and read_and_execute in the
 * client's source): statements, strings, comments, `DELIMITER`, and commands of the client itself. Bytes come in pieces of
 * any size and tell the same story; values are passed by and never kept.
 */

import { BlockComment } from "./dump-comment.ts";
import { OpenStatement, type Statement } from "./dump-open.ts";
import { argumentOf, type LexerMode, latin1, OpenString, utf8 } from "./dump-string.ts";
import {
  CLASS,
  Class,
  COMMAND_NAMES,
  isNeverExecuted,
  LONGEST_LINE,
  LONGEST_TEXT,
  LONGEST_WORD,
} from "./dump-words.ts";

export interface LexerSink {
  statement(statement: Statement): void;
  /** A command of the client: `system`, `\!`; `argument` is kept for `use` alone. */
  command(name: string, line: number, argument: string): void;
  /** A comment to the end of its line, where no statement is open; cut at a few hundred bytes. */
  comment(text: string, line: number): void;
  /** Bytes of zero outside of strings: no dump holds them. */
  zeros(line: number): void;
  /** The client is told to allow itself less: newer dumps begin so. */
  limit(line: number): void;
}

const TEXT = 0;
const QUOTED = 1;
const BLOCK_COMMENT = 2;
const LINE_COMMENT = 3;
const LONG_WORD = 4;

const NL = 10;
const BACKSLASH = 92;
const STAR = 42;
const SLASH = 47;
const BANG = 33;

export class DumpLexer {
  readonly mode: LexerMode = { backslashEscapes: true, ansiQuotes: false };
  private readonly sink: LexerSink;
  private rest: Uint8Array = new Uint8Array(0);
  private state = TEXT;
  private delimiter = Buffer.from(";");
  /** Nothing but spaces since the line began. */
  private atLineStart = true;
  private isFirst = true;
  private readonly open = new OpenStatement();
  /** The statement begins with a word that is a command of the client: known for one when it ends. */
  private headCommand: string | null = null;
  // -- the open string, comment or executed comment
  private readonly string = new OpenString();
  private inExecuted = false;
  private isNever = false;
  private remark = "";
  private commentLine = 0;
  private readonly block = new BlockComment();

  constructor(sink: LexerSink) {
    this.sink = sink;
  }

  /** The line that is being read. */
  get line(): number {
    return this.open.line;
  }

  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const taken = this.run(bytes, false);
    this.rest = taken === bytes.length ? new Uint8Array(0) : bytes.slice(taken);
  }

  /** The last piece came. What is open then was never closed. */
  end(): void {
    const { rest } = this;
    this.rest = new Uint8Array(0);
    this.run(rest, true);
    if (this.state === QUOTED && this.string.isClosing) this.closeQuoted();
    const isOpen = this.state === QUOTED || this.state === BLOCK_COMMENT;
    if (this.state === LINE_COMMENT) this.closeLineComment();
    this.finish(false, isOpen);
  }

  /** Reads as far as nothing more is needed to know what it is. Returns how far. */
  private run(bytes: Uint8Array, isLast: boolean): number {
    let at = 0;
    if (this.isFirst && (bytes.length >= 3 || isLast)) {
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
      this.isFirst = false;
    }
    if (this.isFirst) return 0;
    while (at < bytes.length) {
      if (this.state === TEXT) at = this.text(bytes, at, isLast);
      else if (this.state === QUOTED) at = this.quoted(bytes, at);
      else if (this.state === BLOCK_COMMENT) at = this.blockComment(bytes, at, isLast);
      else if (this.state === LINE_COMMENT) at = this.lineComment(bytes, at);
      else at = this.longWord(bytes, at);
      if (at < 0) return -at - 1;
    }
    return at;
  }

  /** Outside of strings and comments. Negative: more is needed from `-result - 1` on. */
  private text(bytes: Uint8Array, from: number, isLast: boolean): number {
    const end = bytes.length;
    let at = from;
    while (at < end) {
      const first = this.delimiter[0];
      // Most of a dump: values between the first words of a statement and its end.
      if (this.open.isStarted && !this.open.keeps && !this.isNever)
        at = this.open.values(bytes, at, { first: first as number, escapes: this.mode.backslashEscapes });
      if (at === end) return at;
      const byte = bytes[at] as number;
      const kind = CLASS[byte] as number;
      if (kind === Class.Space) {
        at++;
        continue;
      }
      if (byte === NL) {
        this.open.line++;
        this.atLineStart = true;
        at++;
        continue;
      }
      if (byte === BACKSLASH) {
        const next = this.backslash(bytes, at, isLast);
        if (next < 0) return next;
        at = next;
        continue;
      }
      if (byte === first) {
        const is = this.isDelimiter(bytes, at);
        if (is === null && !isLast) return -at - 1;
        if (is === true) {
          at += this.delimiter.length;
          this.finish(true, false);
          continue;
        }
      }
      if (kind === Class.Word) {
        const next = this.word(bytes, at, isLast);
        if (next < 0 || this.state !== TEXT) return next;
        at = next;
        continue;
      }
      if (kind === Class.Quote) {
        this.openQuoted(byte);
        return at + 1;
      }
      if (kind === Class.Comment) {
        const next = this.comment(bytes, at, isLast);
        if (next < 0 || this.state !== TEXT) return next;
        if (next > at) {
          at = next;
          continue;
        }
      }
      this.mark(byte);
      at++;
    }
    return at;
  }

  private isDelimiter(bytes: Uint8Array, at: number): boolean | null {
    const { delimiter } = this;
    for (let index = 1; index < delimiter.length; index++) {
      if (at + index >= bytes.length) return null;
      if (bytes[at + index] !== delimiter[index]) return false;
    }
    return true;
  }

  private mark(byte: number): void {
    if (byte === 0) this.sink.zeros(this.line);
    else if (!this.isNever) {
      this.atLineStart = false;
      this.open.mark(byte);
    }
  }

  /** A word, a number, a command. Negative: more is needed. */
  private word(bytes: Uint8Array, from: number, isLast: boolean): number {
    const first = this.delimiter[0] as number;
    let at = from + 1;
    while (at < bytes.length && CLASS[bytes[at] as number] === Class.Word) {
      if (bytes[at] === first) {
        const is = this.isDelimiter(bytes, at);
        if (is === null && !isLast && at - from <= LONGEST_WORD) return -from - 1;
        if (is === true) break;
      }
      at++;
    }
    const length = at - from;
    if (length > LONGEST_WORD) {
      this.longWordBegan();
      return at;
    }
    if (at === bytes.length && !isLast) return -from - 1;
    if (this.isNever) return at;
    if (this.open.isStarted && !this.open.keeps) {
      if (length >= 5 && length <= 9) this.open.watch(latin1(bytes, from, at));
      return at;
    }
    return this.keepWord(bytes, from, at, isLast);
  }

  private keepWord(bytes: Uint8Array, from: number, at: number, isLast: boolean): number {
    const raw = latin1(bytes, from, at);
    if (!this.open.isStarted && this.open.bufferLine === 0 && COMMAND_NAMES.has(raw.toLowerCase())) {
      const next = this.namedCommand(bytes, { from, at, isLast, name: raw.toLowerCase() });
      if (next !== null) return next;
    }
    this.atLineStart = false;
    this.open.word(utf8(raw));
    return at;
  }

  private longWordBegan(): void {
    if (!this.isNever) {
      this.open.start();
      this.open.add("word", "");
    }
    this.state = LONG_WORD;
  }

  private longWord(bytes: Uint8Array, from: number): number {
    const first = this.delimiter[0] as number;
    let at = from;
    while (at < bytes.length && CLASS[bytes[at] as number] === Class.Word && bytes[at] !== first) at++;
    if (at < bytes.length) this.state = TEXT;
    return at;
  }

  /**
   * A command by its name. One that begins a line without a delimiter in it is done with its line; with one, the client
   * looks at the statement when it ends. Null: a statement like any other for now. Negative: more is needed.
   */
  private namedCommand(
    bytes: Uint8Array,
    { from, at, isLast, name }: { from: number; at: number; isLast: boolean; name: string },
  ): number | null {
    let end = bytes.indexOf(NL, at);
    if (end < 0) {
      if (!isLast && bytes.length - from < LONGEST_LINE) return -from - 1;
      end = bytes.length;
    }
    end = Math.min(end, from + LONGEST_LINE);
    const after = bytes[at] ?? NL;
    if (after !== 32 && after !== 9 && after !== 13 && after !== NL && this.isDelimiter(bytes, at) !== true)
      return null;
    const line = latin1(bytes, at, end).replace(/\r$/, "");
    if (name === "delimiter") {
      const argument = argumentOf(line);
      if (!this.atLineStart || argument === "" || argument.includes("\\")) this.sink.command(name, this.line, "");
      if (argument !== "") this.delimiter = Buffer.from(argument, "latin1");
      this.open.bufferLine = 0;
      return end;
    }
    const isOwnLine = this.atLineStart && !line.includes(this.delimiter.toString("latin1")) && !line.includes("\\g");
    if (!isOwnLine) {
      this.headCommand = name === "use" ? null : name;
      return null;
    }
    this.sink.command(name, this.line, name === "use" ? utf8(argumentOf(line)) : "");
    return end;
  }

  /** `\N` is NULL; anything else after a backslash is a command of the client, wherever it stands. */
  private backslash(bytes: Uint8Array, at: number, isLast: boolean): number {
    const next = bytes[at + 1];
    if (next === undefined) {
      if (!isLast) return -at - 1;
      return at + 1;
    }
    if (next === 45) this.sink.limit(this.line);
    else if (next !== 78) this.sink.command(`\\${String.fromCharCode(next)}`, this.line, "");
    if (next === 78) this.mark(78);
    if (next === NL) return at + 1;
    return at + 2;
  }

  private openQuoted(byte: number): void {
    this.state = QUOTED;
    this.string.begin(byte);
    this.atLineStart = false;
    if (!this.isNever) this.open.start();
  }

  private quoted(bytes: Uint8Array, from: number): number {
    const { string, mode, open } = this;
    const at = string.scan(bytes, from, { mode, open, keeps: open.keeps && !this.isNever });
    if (string.isClosed) this.closeQuoted();
    return at;
  }

  private closeQuoted(): void {
    this.state = TEXT;
    const { string } = this;
    if (!this.isNever && this.open.keeps)
      this.open.add(string.isName(this.mode) ? "name" : "string", utf8(string.text));
  }

  /** `#`, `--`, `/*`, `/*!`, and the end of what is executed. Returns `at` when it is none; negative: more is needed. */
  private comment(bytes: Uint8Array, at: number, isLast: boolean): number {
    const byte = bytes[at] as number;
    this.atLineStart = false;
    const wanted = byte === 35 ? 1 : byte === 45 ? 3 : byte === STAR ? 2 : 10;
    if (at + wanted > bytes.length && !isLast) {
      // What it cannot be any more is not waited for.
      const next = bytes[at + 1];
      const could = byte === 45 ? 45 : byte === STAR ? SLASH : STAR;
      if (next === undefined || next === could) return -at - 1;
    }
    const [second, third] = [bytes[at + 1], bytes[at + 2] ?? NL];
    if (byte === 35) return this.openLineComment(at + 1);
    if (byte === 45) {
      if (second !== 45) return at;
      const isSpace = third === NL || CLASS[third] === Class.Space;
      return isSpace || (!this.open.isStarted && this.open.bufferLine === 0) ? this.openLineComment(at + 2) : at;
    }
    if (byte === STAR) {
      if (second !== SLASH) return at;
      this.block.nestedLine = 0;
      if (!this.inExecuted) return at;
      this.inExecuted = false;
      this.isNever = false;
      return at + 2;
    }
    if (second !== STAR) return at;
    if (third === BANG) return this.openExecuted(bytes, at + 3, false);
    if (third === 77 && bytes[at + 3] === BANG) return this.openExecuted(bytes, at + 4, true);
    this.state = BLOCK_COMMENT;
    this.block.isClosed = false;
    return at + 2;
  }

  private openExecuted(bytes: Uint8Array, from: number, isMariadb: boolean): number {
    let at = from;
    while (at < bytes.length && at < from + 6 && (bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at++;
    if (this.open.bufferLine === 0) this.open.bufferLine = this.line;
    this.inExecuted = true;
    if (!isMariadb) this.block.nestedLine = this.line;
    this.isNever = isNeverExecuted(latin1(bytes, from, at), isMariadb);
    return at;
  }

  private openLineComment(at: number): number {
    this.state = LINE_COMMENT;
    this.remark = "";
    this.commentLine = this.line;
    return at;
  }

  private lineComment(bytes: Uint8Array, from: number): number {
    const found = bytes.indexOf(NL, from);
    const to = found < 0 ? bytes.length : found;
    const room = LONGEST_TEXT - this.remark.length;
    if (!this.open.isStarted && room > 0) this.remark += latin1(bytes, from, Math.min(to, from + room));
    if (found < 0) return to;
    this.closeLineComment();
    return found;
  }

  private closeLineComment(): void {
    this.state = TEXT;
    if (!this.open.isStarted) this.sink.comment(utf8(this.remark).replace(/\r$/, ""), this.commentLine);
  }

  private blockComment(bytes: Uint8Array, from: number, isLast: boolean): number {
    const at = this.block.scan(bytes, from, { isLast, open: this.open });
    if (at >= 0 && this.block.isClosed) this.state = TEXT;
    return at;
  }

  private finish(isEnded: boolean, isOpen: boolean): void {
    const { headCommand } = this;
    const statement = this.open.take(isEnded, isOpen);
    this.headCommand = null;
    this.atLineStart = false;
    // What is left of an executed comment is sent apart from its beginning.
    this.inExecuted = false;
    this.isNever = false;
    if (statement === null) return;
    if (headCommand === null) this.sink.statement(statement);
    else this.sink.command(headCommand, statement.line, "");
  }
}
