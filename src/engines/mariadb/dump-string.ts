/** The string or quoted name that is being read: where it ends, and its text where it is short. */
import type { OpenStatement } from "./dump-open.ts";
import { LONGEST_TEXT } from "./dump-words.ts";

/** What changes how text is read, as the dump's own `SET sql_mode` says. */
export interface LexerMode {
  backslashEscapes: boolean;
  ansiQuotes: boolean;
}

const NL = 10;
const BACKSLASH = 92;
const BACKTICK = 96;
const DOUBLE = 34;

export const latin1 = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
export const utf8 = (text: string) => Buffer.from(text, "latin1").toString("utf8");

interface Around {
  readonly mode: LexerMode;
  /** Counts the lines. */
  readonly open: OpenStatement;
  readonly keeps: boolean;
}

export class OpenString {
  /** As far as it is kept, byte by byte. */
  text = "";
  isClosed = false;
  /** Its quote came, and may yet be the first of two. */
  isClosing = false;
  private quote = 0;
  private isEscaped = false;

  begin(quote: number): void {
    this.quote = quote;
    this.text = "";
    this.isClosed = false;
    this.isClosing = false;
    this.isEscaped = false;
  }

  isName({ ansiQuotes }: LexerMode): boolean {
    return this.quote === BACKTICK || (this.quote === DOUBLE && ansiQuotes);
  }

  /** Returns how far it was read; `isClosed` says whether that is its end. */
  scan(bytes: Uint8Array, from: number, { mode, open, keeps }: Around): number {
    const { quote } = this;
    const end = bytes.length;
    const escapes = mode.backslashEscapes && !this.isName(mode);
    let at = from;
    let begin = from;
    if (this.isClosing) {
      this.isClosing = false;
      this.isClosed = bytes[at] !== quote;
      if (this.isClosed) return at;
      at++;
    }
    if (this.isEscaped) {
      if (bytes[at] === NL) open.line++;
      this.isEscaped = false;
      at++;
    }
    while (at < end) {
      const byte = bytes[at] as number;
      if (byte === quote) {
        if (keeps) this.keep(bytes, begin, at);
        this.isClosing = at + 1 === end;
        if (this.isClosing) return end;
        this.isClosed = bytes[at + 1] !== quote;
        if (this.isClosed) return at + 1;
        // Two of them are one.
        begin = at + 1;
        at += 2;
      } else if (byte === BACKSLASH && escapes) {
        this.isEscaped = at + 1 === end;
        if (!this.isEscaped && bytes[at + 1] === NL) open.line++;
        at += 2;
      } else {
        if (byte === NL) open.line++;
        at++;
      }
    }
    if (keeps) this.keep(bytes, begin, Math.min(at, end));
    return end;
  }

  private keep(bytes: Uint8Array, from: number, to: number): void {
    const room = LONGEST_TEXT - this.text.length;
    if (room > 0) this.text += latin1(bytes, from, Math.min(to, from + room));
  }
}

/** The first argument of a command's line, as the client takes it: to the next space, or between quotes. */
export function argumentOf(line: string): string {
  const text = line.replace(/^[\s]+/, "");
  const quote = text[0];
  if (quote === "'" || quote === '"' || quote === "`") {
    const end = text.indexOf(quote, 1);
    return text.slice(1, end < 0 ? undefined : end);
  }
  return text.split(" ", 1)[0] ?? "";
}
