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

/** Asks one question after another on the terminal; an empty line is no answer. What is typed ahead is not lost. */
export async function askPerson(
  questions: readonly string[],
  onAnswer: (question: string, answer: string) => Promise<void>,
): Promise<void> {
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const typed = lines[Symbol.asyncIterator]();
  try {
    for (const question of questions) {
      process.stderr.write(`${question}\n> `);
      const { value, done } = await typed.next();
      if (done === true) return;
      if (value.trim() !== "") await onAnswer(question, value.trim());
    }
  } finally {
    lines.close();
  }
}

/** A terminal in which lines come while others are typed. */
export interface Talk extends Disposable {
  /** A line above the one that is being typed. */
  print(line: string): void;
}

/** Takes lines where somebody sits; elsewhere it only prints. `onClose`: Ctrl-D, Ctrl-C. */
export async function openTalk(
  prompt: string,
  { onLine, onClose }: { onLine: (line: string) => Promise<string>; onClose: () => void },
): Promise<Talk> {
  const { stdin, stdout } = process;
  if (!(stdin.isTTY && stdout.isTTY)) {
    return { print: (line) => void stdout.write(`${line}\n`), [Symbol.dispose]: () => {} };
  }
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: stdin, output: stdout, prompt: `${prompt}> ` });
  const print = (line: string) => {
    stdout.write(`\r\u001b[K${line}\n`);
    lines.prompt(true);
  };
  lines.on("line", (line) => {
    if (line.trim() === "") return lines.prompt();
    void onLine(line.trim()).then(print);
  });
  lines.once("close", onClose);
  lines.prompt();
  return { print, [Symbol.dispose]: () => lines.close() };
}
