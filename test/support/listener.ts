/** An HTTP server on this machine that remembers what it was sent, and answers as a test wants. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export interface Listener extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  /** Status codes of the next answers, in order; then 200. `null`: no answer at all. */
  readonly answers: (number | null)[];
}

export async function listen(): Promise<Listener> {
  const heard: Heard[] = [];
  const answers: (number | null)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      heard.push({ method, path, type: headers["content-type"] ?? "", body: Buffer.concat(chunks).toString() });
      const answer = answers.length > 0 ? (answers.shift() ?? null) : 200;
      if (answer === null) return;
      response.writeHead(answer, answer === 301 ? { location: "/elsewhere" } : {}).end("ok");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    heard,
    answers,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
