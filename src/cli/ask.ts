/** Questions to whoever sits at the terminal. On standard error: standard output is for results. */
import { createInterface } from "node:readline/promises";

export interface Asker extends Disposable {
  /** The answer without spaces around it, or `usual` when it is empty. */
  line(question: string, usual: string): Promise<string>;
}

export function asker(): Asker {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return {
    async line(question, usual) {
      const answer = (await terminal.question(`${question}${usual === "" ? "" : ` [${usual}]`} `)).trim();
      return answer === "" ? usual : answer;
    },
    [Symbol.dispose]: () => terminal.close(),
  };
}
