/** Before a real S3 server: a way to it that breaks, and a server that is overloaded, as often as a test says. */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What happens to an answer. `cut`: its end is missing, and the connection closes in good order. */
export type Fault = "reset" | "cut" | "pause" | "slow" | 500 | 503;

export interface FaultyProxy extends AsyncDisposable {
  readonly port: number;
  /** How often each fault happened. */
  readonly happened: Fault[];
}

export interface Faults {
  readonly fault: Fault;
  /** Of so many answers that fit, from the first on. */
  readonly times: number;
  /** Reading an object, or listing. */
  readonly when: "object" | "listing";
}

const LITTLE = 2_000_000;

const BUSY = (status: number) =>
  `<?xml version="1.0"?><Error><Code>${status === 503 ? "SlowDown" : "InternalError"}</Code></Error>`;

async function broken(
  { fault, isForEver }: { readonly fault: Fault; readonly isForEver: boolean },
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let sent = 0;
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  // A way that breaks for ever lets nothing through; else reading would go on from half to half.
  const most = isForEver ? 0 : Number(answer.headers["content-length"] ?? 0) / 2;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (fault === "slow") await new Promise((done) => setTimeout(done, 40));
    else if (sent + chunk.length > most) {
      response.write(chunk.subarray(0, Math.max(0, most - sent)));
      if (fault === "reset") response.socket?.resetAndDestroy();
      else if (fault === "cut") response.socket?.end();
      // Paused: nothing more comes, and nothing ends.
      return;
    }
    if (!response.write(chunk)) await new Promise((done) => response.once("drain", done));
    sent += chunk.length;
  }
  response.end();
}

export async function faultyProxy(behind: number, { fault, times, when }: Faults): Promise<FaultyProxy> {
  const happened: Fault[] = [];
  const server = createServer((request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const kind = /[?&](list-type|versions)\b/.test(url) ? "listing" : "object";
    const [from = 0, to = 0] = (/^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? []).slice(1).map(Number);
    // What is looked at before it is fetched is little.
    const isMeant = method === "GET" && kind === when && (kind === "listing" || to - from >= LITTLE);
    const isHit = isMeant && happened.length < times;
    if (isHit) happened.push(fault);
    if (isHit && typeof fault === "number")
      return void response.writeHead(fault, { "content-type": "application/xml" }).end(BUSY(fault));
    const onward = ask({ port: behind, host: "127.0.0.1", method, path: url, headers }, (answer) => {
      if (isHit)
        void broken({ fault, isForEver: times === Number.POSITIVE_INFINITY }, answer, response).catch(() =>
          response.destroy(),
        );
      else answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    happened,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
