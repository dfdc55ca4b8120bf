/** The terminal that this process was started in, for a shell that is opened in it. */

/** Keys are read only while it is raw, so that whoever comes afterwards can ask questions. */
export function ownTerminal() {
  const { stdin, stdout } = process;
  const waiting: (Uint8Array | null)[] = [];
  let wake = () => {};
  const take = (bytes: Uint8Array | null) => {
    waiting.push(bytes);
    wake();
  };
  const data = (bytes: Uint8Array) => take(bytes);
  const end = () => take(null);
  async function* input(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = waiting.shift();
      if (next === null) return;
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  }
  return {
    input: input(),
    write: (bytes: Uint8Array) => void stdout.write(bytes),
    size: () => ({ columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 }),
    onResize(listen: () => void): Disposable {
      stdout.on("resize", listen);
      return { [Symbol.dispose]: () => void stdout.off("resize", listen) };
    },
    raw(on: boolean): void {
      if (stdin.isTTY) stdin.setRawMode(on);
      if (on) {
        stdin.on("data", data).on("end", end);
        stdin.resume();
      } else {
        stdin.off("data", data).off("end", end);
        stdin.pause();
      }
    },
  };
}

/** Asks one question after another on the terminal; an empty line is no answer. */
export async function askPerson(
  questions: readonly string[],
  onAnswer: (question: string, answer: string) => Promise<void>,
) {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    for (const question of questions) {
      const answer = (await lines.question(`${question}\n> `)).trim();
      if (answer !== "") await onAnswer(question, answer);
    }
  } finally {
    lines.close();
  }
}
