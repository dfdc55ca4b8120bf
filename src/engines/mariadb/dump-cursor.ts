/** Reads along the tokens of one statement. */
import type { Token } from "./dump-open.ts";

export interface ObjectName {
  /** The database that stands before it, when one does. */
  readonly database: string | null;
  readonly name: string;
}

export class Cursor {
  readonly tokens: readonly Token[];
  at: number;

  constructor(tokens: readonly Token[], at = 0) {
    this.tokens = tokens;
    this.at = at;
  }

  get token(): Token | undefined {
    return this.tokens[this.at];
  }

  /** The word here in capitals, or nothing. */
  word(ahead = 0): string {
    const token = this.tokens[this.at + ahead];
    return token?.kind === "word" ? token.text.toUpperCase() : "";
  }

  /** Passes these words when they come next, all of them. */
  pass(...words: readonly string[]): boolean {
    if (!words.every((word, index) => this.word(index) === word)) return false;
    this.at += words.length;
    return true;
  }

  passMark(mark: string): boolean {
    const { token } = this;
    if (token?.kind !== "mark" || token.text !== mark) return false;
    this.at++;
    return true;
  }

  passIf(): void {
    if (this.pass("IF")) {
      this.pass("NOT");
      this.pass("EXISTS");
    }
  }

  /** Goes on to the next of these words outside of brackets, and stays before it. */
  seek(...words: readonly string[]): boolean {
    let depth = 0;
    for (let at = this.at; at < this.tokens.length; at++) {
      const token = this.tokens[at] as Token;
      if (token.kind === "mark" && token.text === "(") depth++;
      else if (token.kind === "mark" && token.text === ")") depth--;
      else if (depth <= 0 && token.kind === "word" && words.includes(token.text.toUpperCase())) {
        this.at = at;
        return true;
      }
    }
    return false;
  }

  /** A name by itself: a word, or one in quotes. Null: there is none. */
  part(): string | null {
    const { token } = this;
    if (token === undefined || token.kind === "mark") return null;
    this.at++;
    return token.text;
  }

  /** `table`, or `database.table`. */
  object(): ObjectName | null {
    const first = this.part();
    if (first === null) return null;
    if (!this.passMark(".")) return { database: null, name: first };
    const second = this.part();
    return second === null ? { database: null, name: first } : { database: first, name: second };
  }

  /** `user@host` as it is written about: the host is any when it is not said. */
  account(): string | null {
    const user = this.part();
    if (user === null) return null;
    if (!this.passMark("@")) return user.toUpperCase() === "CURRENT_USER" ? null : `${user}@%`;
    return `${user}@${this.part() ?? "%"}`;
  }
}
