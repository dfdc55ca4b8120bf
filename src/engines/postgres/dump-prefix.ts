/** The words with which an INSERT began: the next, and a million others, begin with them, too, and need no taking apart. */
import { IDENTIFIER } from "./dump-bytes.ts";
import { NEWLINE } from "./dump-inside.ts";

const LONGEST = 1_000;
const EMPTY = Buffer.alloc(0);

export class Prefix {
  #words: Buffer = EMPTY;
  /** Where the open statement began in these bytes; -1: before them. */
  #beganAt = -1;

  /** Other bytes are read now. */
  leave(): void {
    this.#beganAt = -1;
  }

  /** How many bytes here are the same words again; 0: none, and whatever else begins may change what they mean. */
  again(bytes: Buffer, from: number): number {
    this.#beganAt = from;
    const size = this.#words.length;
    if (size === 0) return 0;
    const to = from + size;
    const ends = to < bytes.length && IDENTIFIER[bytes[to] as number] === 0;
    if (ends && this.#words.compare(bytes, from, to) === 0) return size;
    this.#words = EMPTY;
    return 0;
  }

  remember(bytes: Buffer, to: number): void {
    const began = this.#beganAt;
    if (began < 0 || to - began > LONGEST || bytes.subarray(began, to).includes(NEWLINE)) return;
    this.#words = Buffer.from(bytes.subarray(began, to));
  }
}
