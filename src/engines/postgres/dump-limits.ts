/**
 * The limits that a dump puts on its own client: `\restrict KEY` allows psql no command but `\unrestrict KEY`. pg_dump takes
 * them back behind its closing line and where another database is entered; anywhere else somebody wants psql free.
 */
const WAY_OUT = Buffer.from("\\unrestrict");
/** The command, a blank and a key are no longer. */
const LONGEST = 200;

export class Limits {
  /** Lines of both commands. */
  readonly lines: number[] = [];
  #key: string | null = null;
  #liftedAt: number | null = null;
  /** Keys that were in force, and how often psql was set free again. */
  readonly #keys: string[] = [];
  #lifts = 0;
  #ways = 0;
  /** Behind the last of these stands nothing more. */
  #isLast = false;
  #tail: Buffer = Buffer.alloc(0);

  /** Whether psql is still limited. */
  get isInForce(): boolean {
    return this.#key !== null;
  }

  /** Null, or in words why pg_dump writes no such command here. */
  limit(key: string, line: number): string | null {
    this.lines.push(line);
    this.#liftedAt = null;
    if (this.#key !== null) return "\\restrict a second time";
    this.#key = key;
    this.#keys.push(key);
    return null;
  }

  /** Null, or in words why pg_dump writes no such command here. */
  lift(key: string, line: number): string | null {
    this.lines.push(line);
    if (this.#key !== key) return "\\unrestrict with another key";
    this.#key = null;
    this.#lifts += 1;
    this.#liftedAt = line;
    return null;
  }

  /** Whether a line is the way out of the limit in force, as far as it goes: where a dump is cut off, nobody wrote it so. */
  begins(text: string): boolean {
    return this.#key !== null && `\\unrestrict ${this.#key}`.startsWith(text);
  }

  /** A statement begins: the line where psql was set free in the middle of a dump, told once; null when it was not. */
  freedAt(isInDump: boolean): number | null {
    const at = isInDump ? this.#liftedAt : null;
    this.#liftedAt = null;
    return at;
  }

  /** Looks at the bytes as they are, whatever the reader of statements took them for. */
  search(piece: Uint8Array): void {
    if (this.#keys.length === 0) return;
    const bytes = Buffer.concat([this.#tail, piece]);
    this.#ways += this.#waysIn(bytes, bytes.length - LONGEST);
    this.#tail = bytes.subarray(Math.max(0, bytes.length - LONGEST));
  }

  #waysIn(bytes: Buffer, before: number): number {
    let ways = 0;
    for (let at = bytes.indexOf(WAY_OUT); at >= 0 && at < before; at = bytes.indexOf(WAY_OUT, at + 1)) {
      const text = bytes.toString("latin1", at + WAY_OUT.length, at + LONGEST);
      const [, key, rest = ""] = /^\s+([A-Za-z0-9]+)([\s\S]*)$/.exec(text) ?? [];
      if (key === undefined || !this.#keys.includes(key)) continue;
      ways += 1;
      this.#isLast = at + LONGEST >= bytes.length && rest.trim() === "";
    }
    return ways;
  }

  /**
   * After the last piece: whether there are more ways out than commands; only who knows the key could write one. In a dump
   * whose rows do not end its own last line reads as a row, and nothing comes behind it.
   */
  hides(): boolean {
    const ways = this.#ways + this.#waysIn(this.#tail, this.#tail.length);
    const isSwallowed = this.#isLast && this.#key !== null;
    return ways - (isSwallowed ? 1 : 0) > this.#lifts;
  }
}
