/** As psql tells `CREATE FUNCTION … BEGIN ATOMIC … END` from a transaction: semicolons in it end nothing. */
const FIRST = ["create", "function", "procedure", "or", "replace"];
const ROUTINE = /^c(f|p|or[fp])/;

export class Routine {
  /** Words of the statement that were seen; the first four say whether it is one. */
  words = 0;
  depth = 0;
  #firsts = "";

  /** Whether words matter still. */
  get looks(): boolean {
    return this.words < 4 || this.#firsts !== "";
  }

  begin(): void {
    this.words = 0;
    this.#firsts = "";
  }

  word(bytes: Buffer, from: number, to: number, parentheses: number): void {
    const text = to - from > 9 ? "" : bytes.toString("latin1", from, to).toLowerCase();
    if (this.words < 4) this.#firsts += FIRST.includes(text) ? text.charAt(0) : " ";
    this.words += 1;
    if (!ROUTINE.test(this.#firsts)) {
      if (this.words >= 4) this.#firsts = "";
      return;
    }
    if (parentheses > 0) return;
    if (text === "begin" || (text === "case" && this.depth > 0)) this.depth += 1;
    else if (text === "end" && this.depth > 0) this.depth -= 1;
  }
}
