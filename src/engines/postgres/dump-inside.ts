/**
 * What in a dump goes on until its own end, whatever stands in it: strings, quoted names, dollar quotes, comments, rows. A
 * piece of text can end anywhere in them.
 */
export const NEWLINE = 10;
export const RETURN = 13;
export const QUOTE = 39;
export const BACKSLASH = 92;
const DOUBLE_QUOTE = 34;
const SLASH = 47;
const STAR = 42;
/** Of what is wanted as text, so much. */
const LONGEST_TEXT = 1_000;
const LONGEST_NAME = 65_536;
const END_OF_ROWS = Buffer.from("\n\\.");

/** Where the reading is. */
export class Cursor {
  line = 1;
  /** Nothing follows these bytes. */
  isLast = false;
  /** The bytes ended before what stands there can be told. */
  needsMore = false;

  more(at: number): number {
    this.needsMore = true;
    return at;
  }

  /** Lines that end in these bytes. */
  count(bytes: Buffer, from: number, to: number): number {
    let lines = 0;
    for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) lines++;
    this.line += lines;
    return lines;
  }
}

/** Something that is open. */
export interface Inside {
  readonly is: "string" | "name" | "comment" | "rows" | "rows-to-the-end";
  /** Reads on and returns how far; sets `isOver` at its end. */
  step(bytes: Buffer, at: number): number;
  readonly isOver: boolean;
}

/** `'…'`, and with backslashes `E'…'`; its text up to a limit when that is wanted. */
export class Quoted implements Inside {
  readonly is = "string";
  isOver = false;
  text: string | null;
  readonly #cursor: Cursor;
  readonly #escapes: boolean;

  constructor(cursor: Cursor, escapes: boolean, wantsText: boolean) {
    this.#cursor = cursor;
    this.#escapes = escapes;
    this.text = wantsText ? "" : null;
  }

  step(bytes: Buffer, from: number): number {
    const cursor = this.#cursor;
    const { length } = bytes;
    const last = cursor.isLast ? length : length - 1;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (at >= last) break;
        if (bytes[at + 1] !== QUOTE) {
          this.isOver = true;
          this.#keep(bytes, from, at);
          return at + 1;
        }
        at += 2;
      } else if (byte === BACKSLASH && this.#escapes) {
        if (at >= last) break;
        if (bytes[at + 1] === NEWLINE) cursor.line++;
        at += 2;
      } else {
        if (byte === NEWLINE) cursor.line++;
        at++;
      }
    }
    const to = Math.min(at, length);
    this.#keep(bytes, from, to);
    return to < length ? cursor.more(to) : to;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (this.text !== null && this.text.length < LONGEST_TEXT)
      this.text += bytes.toString("utf8", from, Math.min(to, from + LONGEST_TEXT)).replaceAll("''", "'");
  }
}

/** `"…"`. */
export class Name implements Inside {
  readonly is = "name";
  isOver = false;
  #bytes = "";
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  get text(): string {
    return Buffer.from(this.#bytes, "latin1").toString("utf8").replaceAll('""', '"');
  }

  step(bytes: Buffer, from: number): number {
    const cursor = this.#cursor;
    const { length } = bytes;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte !== DOUBLE_QUOTE) {
        if (byte === NEWLINE) cursor.line++;
        at++;
        continue;
      }
      if (at + 1 >= length && !cursor.isLast) break;
      if (bytes[at + 1] !== DOUBLE_QUOTE) {
        this.isOver = true;
        this.#keep(bytes, from, at);
        return at + 1;
      }
      at += 2;
    }
    const to = Math.min(at, length);
    this.#keep(bytes, from, to);
    return to < length ? cursor.more(to) : to;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (this.#bytes.length < LONGEST_NAME) this.#bytes += bytes.toString("latin1", from, to);
  }
}

/** `$tag$…$tag$`. */
export class Dollar implements Inside {
  readonly is = "string";
  isOver = false;
  readonly #cursor: Cursor;
  readonly #tag: Buffer;

  constructor(cursor: Cursor, tag: Buffer) {
    this.#cursor = cursor;
    this.#tag = tag;
  }

  step(bytes: Buffer, from: number): number {
    const cursor = this.#cursor;
    const found = bytes.indexOf(this.#tag, from);
    if (found >= 0) {
      cursor.count(bytes, from, found);
      this.isOver = true;
      return found + this.#tag.length;
    }
    // The tag may have begun.
    const to = cursor.isLast ? bytes.length : Math.max(from, bytes.length - this.#tag.length + 1);
    cursor.count(bytes, from, to);
    return to < bytes.length ? cursor.more(to) : to;
  }
}

/** Comments in comments. */
export class CommentInside implements Inside {
  readonly is = "comment";
  isOver = false;
  #depth = 1;
  readonly #cursor: Cursor;

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  step(bytes: Buffer, from: number): number {
    const cursor = this.#cursor;
    const { length } = bytes;
    let at = from;
    while (at < length) {
      const byte = bytes[at] as number;
      if (byte === NEWLINE) cursor.line++;
      if (byte !== STAR && byte !== SLASH) {
        at++;
        continue;
      }
      if (at + 1 >= length && !cursor.isLast) return cursor.more(at);
      const next = bytes[at + 1];
      if (byte === SLASH && next === STAR) this.#depth++;
      else if (byte === STAR && next === SLASH) this.#depth--;
      else {
        at++;
        continue;
      }
      at += 2;
      if (this.#depth > 0) continue;
      this.isOver = true;
      return at;
    }
    return at;
  }
}

/** What follows a COPY, from the line after it, up to the line that closes it. */
export class Rows implements Inside {
  readonly is: "rows" | "rows-to-the-end";
  isOver = false;
  count = 0;
  #isMidRow = false;
  readonly #cursor: Cursor;

  constructor(cursor: Cursor, is: "rows" | "rows-to-the-end") {
    this.#cursor = cursor;
    this.is = is;
  }

  step(bytes: Buffer, from: number): number {
    const cursor = this.#cursor;
    if (this.is === "rows-to-the-end") {
      cursor.count(bytes, from, bytes.length);
      return bytes.length;
    }
    let at = from;
    for (;;) {
      if (!this.#isMidRow) {
        const size = endOfRows(bytes, at, cursor.isLast);
        if (size === null) return cursor.more(at);
        this.isOver = size > 0;
        if (this.isOver) return at + size;
      }
      const found = bytes.indexOf(END_OF_ROWS, at);
      if (found < 0) break;
      this.count += cursor.count(bytes, at, found + 1);
      this.#isMidRow = false;
      at = found + 1;
    }
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > at) {
      this.count += cursor.count(bytes, at, whole);
      this.#isMidRow = false;
      at = whole;
    }
    if (at >= bytes.length) return at;
    if (!this.#isMidRow && !cursor.isLast && bytes.length - at < 4) return cursor.more(at);
    this.#isMidRow = true;
    return bytes.length;
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
