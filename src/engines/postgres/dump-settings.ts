/** How a dump says that its own text is to be read, and when psql takes that over: before each line, never within one. */
import { NEWLINE } from "./dump-inside.ts";

/** How the next lines are read. */
export interface DumpSettings {
  readonly standardStrings: boolean;
  /** An encoding in which the second byte of a character can look like a quote or a backslash. */
  readonly wide: "no" | "pairs" | "sjis";
}

export class ReadAs {
  now: DumpSettings = { standardStrings: true, wide: "no" };
  #next: DumpSettings | null = null;
  #isTrail = false;

  /** Whether something was set that psql does not know before its next line. */
  get isPending(): boolean {
    return this.#next !== null;
  }

  /** From the next line on. */
  set(settings: Partial<DumpSettings>): void {
    const next = { ...this.now, ...this.#next, ...settings };
    const isSame = next.standardStrings === this.now.standardStrings && next.wide === this.now.wide;
    this.#next = isSame ? null : next;
  }

  forget(): void {
    this.#next = null;
  }

  /** A line began. Says what this means for the bytes that are here already. */
  newLine(): "same" | "mask" | "unclear" {
    if (this.#next === null) return "same";
    const before = this.now.wide;
    this.now = this.#next;
    this.#next = null;
    if (before === this.now.wide) return "same";
    // What is masked already cannot be had back: no program changes its mind about it.
    return before === "no" ? "mask" : "unclear";
  }

  /** Second bytes of characters are passed over, as psql does; an end of line never is one. */
  masked(bytes: Buffer): Buffer {
    const { wide } = this.now;
    if (wide === "no") return bytes;
    const copy = Buffer.from(bytes);
    for (let at = 0; at < copy.length; at++) {
      const byte = copy[at] as number;
      if (byte === NEWLINE) this.#isTrail = false;
      else if (this.#isTrail) {
        copy[at] = 0xff;
        this.#isTrail = false;
      } else this.#isTrail = byte > 127 && !(wide === "sjis" && byte > 0xa0 && byte < 0xe0);
    }
    return copy;
  }
}
