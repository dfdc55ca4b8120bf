/**
 * A comment between slash and star, as the client ends it: one that is executed is nested in it while its line lasts, and
 * one that is opened again in it is passed by.
 */
import type { OpenStatement } from "./dump-open.ts";

const NL = 10;
const STAR = 42;
const SLASH = 47;
const BANG = 33;
const CAPITAL_M = 77;

export class BlockComment {
  /** The line on which an executed comment was opened, in this one or outside, and not closed. */
  nestedLine = 0;
  isClosed = false;

  /** Returns how far it was read; negative: more is needed from `-result - 1` on. */
  scan(bytes: Uint8Array, from: number, { isLast, open }: { isLast: boolean; open: OpenStatement }): number {
    let at = from;
    while (at < bytes.length) {
      const byte = bytes[at] as number;
      if (byte !== STAR && byte !== SLASH) {
        if (byte === NL) open.line++;
        at++;
        continue;
      }
      if (at + 4 > bytes.length && !isLast) return -at - 1;
      const [next, third] = [bytes[at + 1], bytes[at + 2]];
      if (byte === STAR && next === SLASH) {
        this.isClosed = this.nestedLine !== open.line;
        if (this.isClosed) return at + 2;
        this.nestedLine = 0;
      } else if (byte === SLASH && next === STAR) {
        if (third === BANG) this.nestedLine = open.line;
        else if (third !== CAPITAL_M || bytes[at + 3] !== BANG) at++;
      }
      at++;
    }
    return at;
  }
}
