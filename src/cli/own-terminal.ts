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

/** Takes text where somebody sits: a line, or all lines that were pasted at once. Elsewhere it only prints. `onClose`: Ctrl-D, Ctrl-C. */
export async function openTalk(
  prompt: string,
  { onText, onClose }: { onText: (text: string) => Promise<string>; onClose: () => void },
): Promise<Talk> {
  const { stdin, stdout } = process;
  if (!(stdin.isTTY && stdout.isTTY)) {
    return { print: (line) => void stdout.write(`${line}\n`), [Symbol.dispose]: () => {} };
  }
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: stdin, output: stdout, prompt: `${prompt}> ` });
  // Terminals that can mark what is pasted do so from here on, and the line editor tells it as two keys.
  stdout.write("\u001b[?2004h");
  let isPasting = false;
  let pasted: string[] = [];
  const hear = () => {
    const text = pasted.join("\n").trim();
    pasted = [];
    if (text === "") lines.prompt();
    else void onText(text).then(print);
  };
  const onKey = (_: unknown, key: { name?: string } | undefined) => {
    if (key?.name === "paste-start") isPasting = true;
    if (key?.name !== "paste-end") return;
    isPasting = false;
    // The last line of what was pasted waits for Enter, as a person expects, unless it brought its own.
    if (lines.line === "") hear();
  };
  stdin.on("keypress", onKey);
  const print = (line: string) => {
    stdout.write(`\r\u001b[K${line}\n`);
    lines.prompt(true);
  };
  lines.on("line", (line) => {
    pasted.push(line);
    if (!isPasting) hear();
  });
  lines.once("close", () => {
    stdin.off("keypress", onKey);
    stdout.write("\u001b[?2004l");
    // What was typed last is heard, too.
    if (pasted.length > 0) void onText(pasted.join("\n").trim()).finally(onClose);
    else onClose();
  });
  lines.prompt();
  return { print, [Symbol.dispose]: () => lines.close() };
}
