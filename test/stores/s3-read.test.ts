/** What an S3 store does when the server does not: a local HTTP server that cuts, lies, changes, hangs and refuses. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeLabel } from "../../src/host/label.ts";
import type { StoredObject } from "../../src/parts.ts";
import { s3 } from "../../src/stores/s3.ts";
import { createClient } from "../../src/stores/s3-client.ts";
import { readObject } from "../../src/stores/s3-read.ts";
import type { S3Options } from "../../src/stores/s3-url.ts";

const never = new AbortController().signal;
const body = randomBytes(1_000_000);
const object: StoredObject = { key: "a.dump", sizeBytes: body.length, modifiedAt: "", tag: '"one"' };

beforeEach(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "planted-key",
    AWS_SECRET_ACCESS_KEY: "planted-secret",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});

interface Asked {
  readonly from: number;
  readonly to: number;
  /** How many requests came before. */
  readonly number: number;
  readonly ifMatch: string | undefined;
}
type Answer = (asked: Asked, response: ServerResponse) => void;

const head = ({ from, to }: Asked, tag = '"one"') => ({
  "content-length": to - from,
  "content-range": `bytes ${from}-${to - 1}/${body.length}`,
  etag: tag,
});
const whole: Answer = (asked, response) =>
  response.writeHead(206, head(asked)).end(body.subarray(asked.from, asked.to));
const cutAfter = (asked: Asked, response: ServerResponse, bytes: number) =>
  response
    .writeHead(206, head(asked))
    .write(body.subarray(asked.from, asked.from + bytes), () => setTimeout(() => response.destroy(), 20));
const refuse = (response: ServerResponse, status: number, code: string) =>
  response
    .writeHead(status, { "content-type": "application/xml" })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>in its own words</Message></Error>`);

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    options: s3.options.parse(
      s3.fromUrl(new URL(`s3://b/x?endpoint=http://127.0.0.1:${port}&path-style=true`)),
    ) as S3Options,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A server of one object. Tells what was asked of it. */
async function objectServer(answer: Answer) {
  const asked: Asked[] = [];
  const server = await serve((request, response) => {
    const [, from = "0", last = "0"] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    const one = {
      from: Number(from),
      to: Number(last) + 1,
      number: asked.length,
      ifMatch: request.headers["if-match"],
    };
    asked.push(one);
    answer(one, response);
  });
  return { ...server, asked };
}

async function read({ options }: { options: S3Options }, signal = never, silentMs?: number): Promise<Buffer> {
  const client = createClient(options, silentMs);
  const chunks: Uint8Array[] = [];
  try {
    const place = {
      client,
      endpoint: "http://s3",
      url: "s3://b/x",
      bucket: "b",
      prefix: "x/",
      versions: false,
      isAmazon: false,
      seen: { accepted: false },
      told: new Map(),
    };
    for await (const chunk of readObject(place, object, { from: 0, to: object.sizeBytes, signal })) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    client.destroy();
  }
}

describe("reading", () => {
  test("asks for the range, and only of the object that was listed", async () => {
    await using server = await objectServer(whole);
    expect((await read(server)).equals(body)).toBe(true);
    expect(server.asked).toEqual([{ from: 0, to: body.length, number: 0, ifMatch: '"one"' }]);
  });
  test("goes on at the very byte where connections were cut", async () => {
    await using server = await objectServer((asked, response) =>
      asked.number < 3 ? cutAfter(asked, response, 200_000) : whole(asked, response),
    );
    expect((await read(server)).equals(body)).toBe(true);
    expect(server.asked.map(({ from }) => from)).toEqual([0, 200_000, 400_000, 600_000]);
  });
  test("an answer that claims to be whole and is short is gone on with", async () => {
    await using server = await objectServer((asked, response) => {
      if (asked.number > 0) return whole(asked, response);
      const { "content-length": _, ...short } = head(asked);
      response.writeHead(206, short).end(body.subarray(0, 1234));
    });
    expect((await read(server)).equals(body)).toBe(true);
    expect(server.asked.map(({ from }) => from)).toEqual([0, 1234]);
  });
  test("what never gets further is an error, not a short backup", async () => {
    await using server = await objectServer((asked, response) =>
      asked.number === 0 ? cutAfter(asked, response, 1000) : response.destroy(),
    );
    await expect(read(server)).rejects.toMatchObject({ code: "FB_STORE_UNREADABLE", exitCode: 4 });
  });
  test("a server that ignores the range does not get its bytes taken for others", async () => {
    await using server = await objectServer((asked, response) =>
      asked.number === 0
        ? cutAfter(asked, response, 1000)
        : response.writeHead(200, { etag: '"one"', "content-length": body.length }).end(body),
    );
    await expect(read(server)).rejects.toMatchObject({
      code: "FB_STORE_UNREADABLE",
      message: expect.stringContaining("asked for bytes 1000-999999"),
    });
  });
  test.each<[string, Answer]>([
    ["and the server says so", (_asked, response) => refuse(response, 412, "PreconditionFailed")],
    [
      "and the server takes no notice of If-Match",
      (asked, response) =>
        response.writeHead(206, head(asked, '"two"')).end(Buffer.alloc(body.length).subarray(asked.from, asked.to)),
    ],
  ])("an object that changes in mid-read is given up, %s", async (_name, changed) => {
    await using server = await objectServer((asked, response) =>
      asked.number === 0 ? cutAfter(asked, response, 1000) : changed(asked, response),
    );
    await expect(read(server)).rejects.toMatchObject({ code: "FB_OBJECT_CHANGED", exitCode: 4 });
    expect(server.asked).toHaveLength(2);
  });
  test("a server that falls silent is given up for a new connection", async () => {
    await using server = await objectServer((asked, response) => {
      if (asked.number > 0) return whole(asked, response);
      response.writeHead(206, head(asked)).write(body.subarray(0, 500));
    });
    expect((await read(server, never, 300)).equals(body)).toBe(true);
    expect(server.asked.map(({ from }) => from)).toEqual([0, 500]);
  });
  test.each<[string, Answer]>([
    ["before the first byte", () => {}],
    ["in the middle", (asked, response) => void response.writeHead(206, head(asked)).write(body.subarray(0, 500))],
    ["between two attempts", (_asked, response) => void response.destroy()],
  ])("cancelling %s does not wait for the server", async (_name, answer) => {
    await using server = await objectServer(answer);
    const stop = new AbortController();
    const reason = new Error("enough");
    setTimeout(() => stop.abort(reason), 300);
    const beganMs = performance.now();
    await expect(read(server, stop.signal)).rejects.toBe(reason);
    expect(performance.now() - beganMs).toBeLessThan(1500);
  });
});

describe("what went wrong is said, with what to type, and without the secret", () => {
  const list = async (options: S3Options) => {
    const store = await s3.open(options, never);
    try {
      for await (const _ of store.list("")) break;
    } finally {
      await store[Symbol.asyncDispose]();
    }
  };
  test.each<[number, string, string, RegExp]>([
    [403, "SignatureDoesNotMatch", "FB_S3_CREDENTIALS", /secret key is wrong/],
    [403, "InvalidAccessKeyId", "FB_S3_CREDENTIALS", /access key is unknown/],
    [403, "AccessDenied", "FB_S3_CREDENTIALS", /may not do that/],
    [400, "ExpiredToken", "FB_S3_CREDENTIALS", /expired/],
    [400, "InvalidToken", "FB_S3_CREDENTIALS", /session token is not valid/],
    [404, "NoSuchBucket", "FB_S3_BUCKET", /no such bucket/],
    [301, "PermanentRedirect", "FB_S3_BUCKET", /another region/],
    [403, "RequestTimeTooSkewed", "FB_S3_CLOCK", /clock/],
    [501, "NotImplemented", "FB_STORE_UNREADABLE", /in its own words/],
  ])("%d %s", async (status, code, expected, words) => {
    await using server = await serve((_request, response) => refuse(response, status, code));
    const error = (await list(server.options).catch((thrown: unknown) => thrown)) as Error & { next: string[] };
    expect(error).toMatchObject({ code: expected, exitCode: 4, message: expect.stringMatching(words) });
    expect(error.message).toContain("listing s3://b/x/");
    expect(error.next.length).toBeGreaterThan(0);
    expect(`${error.message} ${error.next}`).not.toContain("planted-secret");
  });
  test("credentials that were taken before are said to have run out, and not to be wrong", async () => {
    let answered = 0;
    await using server = await serve((_request, response) => {
      const page =
        '<ListBucketResult><Contents><Key>x/a</Key><Size>9</Size><ETag>"t"</ETag></Contents></ListBucketResult>';
      if (++answered === 1) response.writeHead(200, { "content-type": "application/xml" }).end(page);
      else refuse(response, 400, "ExpiredToken");
    });
    await using store = await s3.open(server.options, never);
    const listed: StoredObject[] = [];
    for await (const one of store.list("")) listed.push(one);
    const reading = (async () => {
      for await (const _ of store.read(listed[0] as StoredObject));
    })();
    await expect(reading).rejects.toMatchObject({
      code: "FB_S3_CREDENTIALS",
      exitCode: 4,
      message: expect.stringMatching(/accepted before and are not any more: the session has expired/),
      next: [expect.stringContaining("log in again")],
    });
  });
  test.each([
    [411, "MissingContentLength"],
    [501, "NotImplemented"],
  ])("an upload answered with %d %s names the option that helps", async (status, code) => {
    await using server = await serve((_request, response) => refuse(response, status, code));
    await expect(s3.openForWorld(server.options, makeLabel("run", new Date()), never)).rejects.toMatchObject({
      code: "FB_S3_DIALECT",
      next: [expect.stringContaining("checksums=when_required")],
    });
  });
  test("no credentials at all", async () => {
    await using server = await serve((_request, response) => refuse(response, 403, "AccessDenied"));
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await expect(list(server.options)).rejects.toMatchObject({
      code: "FB_S3_CREDENTIALS",
      message: expect.stringContaining("no credentials were found"),
    });
  });
  test("https to a server without TLS", async () => {
    await using server = await serve((_request, response) => response.end());
    await expect(list({ ...server.options, endpoint: `https://127.0.0.1:${server.port}` })).rejects.toMatchObject({
      code: "FB_S3_TLS",
      next: [expect.stringContaining("http://"), expect.stringMatching(/^curl -I https:/)],
    });
  });
  test("a certificate that nobody vouches for", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tls-test-"));
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const words = `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout ${key} -out ${cert}`;
    try {
      execFileSync("openssl", words.split(" "), { stdio: "ignore" });
    } catch {
      process.stdout.write("no openssl program: the test of an untrusted certificate was not run\n");
      return;
    }
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const options = s3.fromUrl(new URL(`s3://b/x?endpoint=https://127.0.0.1:${port}&path-style=true`));
    await expect(list(s3.options.parse(options) as S3Options)).rejects.toMatchObject({
      code: "FB_S3_TLS",
      next: [expect.stringContaining("NODE_EXTRA_CA_CERTS"), expect.stringMatching(/^curl -I https:/)],
    });
    server.close();
    await rm(folder, { recursive: true });
  });
});
