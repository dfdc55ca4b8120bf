/** How terminals ask the keeper of a game day: one line of JSON each way, over a socket that only this account can open. */

import { chmod } from "node:fs/promises";
import { createServer, connect as open, type Socket } from "node:net";
import { asFogbellError, UnavailableError } from "../errors.ts";

export interface KeeperQuestion {
  readonly role: string;
  readonly words: readonly string[];
}

export interface KeeperAnswer {
  readonly code: number;
  readonly text: string;
}

/** No honest question comes near; nothing that a person says is cut. */
const LONGEST_CHARS = 8_000_000;
const PATIENCE_MS = 10 * 60_000;

async function answerTo(
  text: string,
  onAsked: (asked: KeeperQuestion) => Promise<KeeperAnswer>,
): Promise<KeeperAnswer> {
  try {
    const { role, words } = JSON.parse(text) as Partial<KeeperQuestion>;
    if (typeof role !== "string" || !Array.isArray(words)) return { code: 2, text: "not understood" };
    return await onAsked({ role, words: words.map(String) });
  } catch (error) {
    return failed(error);
  }
}

/** An error as an answer: what failed, and what to type. */
export function failed(error: unknown): KeeperAnswer {
  const { exitCode, message, next } = asFogbellError(error);
  return { code: exitCode, text: [message, ...next.map((line) => `  next: ${line}`)].join("\n") };
}

export async function listen(
  path: string,
  onAsked: (asked: KeeperQuestion) => Promise<KeeperAnswer>,
): Promise<AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: string) => {
      text += chunk;
      if (text.length > LONGEST_CHARS) socket.destroy();
      const end = text.indexOf("\n");
      if (end < 0) return;
      void answerTo(text.slice(0, end), onAsked).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      // Whoever is being answered hears it to the end.
      await Promise.race([
        new Promise<void>((resolve) => server.close(() => resolve())),
        new Promise<void>((resolve) => setTimeout(resolve, 500)),
      ]);
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Asks the keeper. Throws UnavailableError when nobody is there. */
export function ask(path: string, asked: KeeperQuestion): Promise<KeeperAnswer> {
  return new Promise((resolve, reject) => {
    let text = "";
    const gone = (because: string) =>
      reject(
        new UnavailableError(`the game day's background process doesn't answer: ${because}`, {
          code: "FB_GAMEDAY_GONE",
          next: ["fogbell gameday status", "fogbell gc"],
        }),
      );
    const socket = open(path, () => socket.write(`${JSON.stringify(asked)}\n`));
    socket.setEncoding("utf8");
    socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("it took too long")));
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.once("error", (error) => gone(error.message));
    socket.once("close", () => {
      try {
        resolve(JSON.parse(text) as KeeperAnswer);
      } catch {
        gone("it stopped in the middle of an answer");
      }
    });
  });
}
