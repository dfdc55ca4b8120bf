/** Before a real S3 server: answers for some keys as a server of another kind gives them, and everything else as it is. */
import { request as ask, createServer } from "node:http";

export interface Edits {
  /** The answer to a GET of an object, by its path; null: the server's own. */
  readonly object?: (path: string) => { readonly status: number; readonly xml: string } | null;
  /** Of the text of a listing. */
  readonly listing?: (xml: string) => string;
}

export interface EditingProxy extends AsyncDisposable {
  readonly port: number;
}

/** The host's name goes through unchanged, so that signatures stay valid. */
export async function editingProxy(behind: number, { object, listing }: Edits): Promise<EditingProxy> {
  const server = createServer((request, response) => {
    const { method = "GET", url = "/", headers } = request;
    const [path = "", query = ""] = url.split("?");
    const isListing = /(^|&)(list-type|versions)\b/.test(query);
    const edited = method === "GET" && !isListing ? object?.(decodeURIComponent(path)) : null;
    if (edited != null)
      return void response.writeHead(edited.status, { "content-type": "application/xml" }).end(edited.xml);
    const onward = ask({ port: behind, host: "127.0.0.1", method, path: url, headers }, async (answer) => {
      const { "content-length": _, ...rest } = answer.headers;
      if (!isListing || listing === undefined)
        return void answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers));
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const xml = listing(Buffer.concat(chunks).toString());
      response.writeHead(answer.statusCode ?? 500, rest).end(xml);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
