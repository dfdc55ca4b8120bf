import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request as ask, createServer as createHttpServer } from "node:http";
import { createServer, connect as dial, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchToScratch } from "../../src/backups/fetch.ts";
import { sha256 } from "../../src/host/digest.ts";
import { makeLabel } from "../../src/host/label.ts";
import type { Store, StoredObject } from "../../src/parts.ts";
import { s3 } from "../../src/stores/s3.ts";
import type { S3Options } from "../../src/stores/s3-url.ts";
import { storeContract } from "../contract/store.ts";
import { type Ceph, startCeph } from "../support/ceph.ts";

const never = new AbortController().signal;
const later = () => new Date(Date.now() + 3_600_000);
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
let ceph: Ceph;
let plain: string;
let versioned: string;
beforeAll(async () => {
  ceph = await startCeph();
  plain = await ceph.bucket("plain");
  versioned = await ceph.bucket("versioned", true);
});
afterAll(() => ceph[Symbol.asyncDispose]());
const options = (url: string) => s3.options.parse(s3.fromUrl(new URL(url)));

const inside = (told: unknown, outer: Store) => ({
  ...(told as object),
  prefix: (s3.fromUrl(new URL(outer.place)) as S3Options).prefix,
});
describe("a bucket", () => storeContract(s3, () => options(plain), inside));
describe("a bucket with versions", () => storeContract(s3, () => options(versioned), inside));

test("more than a page of objects", async () => {
  await using store = await s3.openForWorld(options(plain), makeLabel("paging", later()), never);
  const names = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(5, "0")}`);
  for (let at = 0; at < names.length; at += 50)
    await Promise.all(names.slice(at, at + 50).map((key) => store.write(key, once(Buffer.from("x")))));
  const found: string[] = [];
  for await (const { key } of store.list("many/")) found.push(key);
  expect(found.sort()).toEqual(names);
});
test("older versions are listed when asked for, and read as they were", async () => {
  await using store = await s3.openForWorld(
    options(`${versioned}&versions=true`),
    makeLabel("versions", later()),
    never,
  );
  for (const text of ["one", "two"]) await store.write("a", once(Buffer.from(text)));
  const found: StoredObject[] = [];
  for await (const object of store.list("a")) found.push(object);
  expect(found).toHaveLength(2);
  const texts = await Promise.all(
    found.map(async (object) => {
      let text = "";
      for await (const chunk of store.read(object)) text += Buffer.from(chunk).toString();
      return text;
    }),
  );
  expect(texts.sort()).toEqual(["one", "two"]);
});
test("what was written before the bucket kept versions is read, too", async () => {
  const url = `${await ceph.bucket("late")}&versions=true`;
  const put = (text: string) => ceph.client.send(new PutObjectCommand({ Bucket: "late", Key: "drills/a", Body: text }));
  await put("before");
  await ceph.client.send(
    new PutBucketVersioningCommand({ Bucket: "late", VersioningConfiguration: { Status: "Enabled" } }),
  );
  await put("after");
  await using store = await s3.open(options(url), never);
  const texts: string[] = [];
  for await (const object of store.list("")) {
    for await (const chunk of store.read(object)) texts.push(Buffer.from(chunk).toString());
  }
  expect(texts).toEqual(["after", "before"]);
});
test("closing takes every version, every marker and every upload that was never ended", async () => {
  const place = { Bucket: "versioned", Prefix: "drills/thorough/" };
  {
    await using store = await s3.openForWorld(options(versioned), makeLabel("thorough", later()), never);
    await store.write("a", once(Buffer.from("one")));
    await store.write("a", once(Buffer.from("two")));
    await ceph.client.send(new DeleteObjectCommand({ Bucket: "versioned", Key: `${place.Prefix}a` }));
    await ceph.client.send(new CreateMultipartUploadCommand({ Bucket: "versioned", Key: `${place.Prefix}killed` }));
  }
  const { Versions = [], DeleteMarkers = [] } = await ceph.client.send(new ListObjectVersionsCommand(place));
  const { Uploads = [] } = await ceph.client.send(new ListMultipartUploadsCommand(place));
  expect([...Versions, ...DeleteMarkers, ...Uploads]).toEqual([]);
});
test("a server that keeps no versions is cleaned up as well", async () => {
  // Ceph behind a server that knows neither versions nor lists of uploads, as some stores in the field do.
  const server = createHttpServer((request, response) => {
    if (request.method === "GET" && /[?&](versions|uploads)\b/.test(request.url ?? "")) {
      return void response.writeHead(501).end("<Error><Code>NotImplemented</Code></Error>");
    }
    const { method, url: path, headers } = request;
    const onward = ask({ port: ceph.port, host: "127.0.0.1", method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const told = options(plain.replace(`:${ceph.port}`, `:${port}`));
  const world = await s3.openForWorld(told, makeLabel("old-dialect", later()), never);
  await world.write("a", once(Buffer.from("x")));
  await world[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  const left = await ceph.client.send(new ListObjectsV2Command({ Bucket: "plain", Prefix: "drills/old-dialect/" }));
  expect(left.KeyCount).toBe(0);
});
test("an object that is replaced in mid-read is given up", async () => {
  await using store = await s3.openForWorld(options(plain), makeLabel("replaced", later()), never);
  const before = await store.write("big", once(randomBytes(12 * 1024 * 1024)));
  const read = async (from: number, to: number) => {
    for await (const _ of store.read(before, from, to));
  };
  await read(0, 1000);
  await store.write("big", once(randomBytes(12 * 1024 * 1024)));
  await expect(read(1000, 2000)).rejects.toMatchObject({ code: "FB_OBJECT_CHANGED", exitCode: 4 });
});
test("a connection that is cut in mid-download is taken up where it broke", async () => {
  await using store = await s3.openForWorld(options(plain), makeLabel("cut", later()), never);
  const body = randomBytes(12 * 1024 * 1024);
  await store.write("big", once(body));
  let cuts = 3;
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const upstream = dial(ceph.port, "127.0.0.1");
    let passed = 0;
    sockets.add(client);
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => {
      passed += chunk.length;
      client.write(chunk);
      if (passed > 2 * 1024 * 1024 && cuts > 0) {
        cuts -= 1;
        client.destroy();
        upstream.destroy();
      }
    });
    for (const socket of [client, upstream]) socket.on("error", () => {});
    upstream.on("close", () => client.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as { port: number };
  const through = await s3.open(
    options(`${plain.replace(`:${ceph.port}`, `:${port}`).replace("/drills?", "/drills/cut?")}`),
    never,
  );
  const folder = await mkdtemp(join(tmpdir(), "cut-test-"));
  const objects: StoredObject[] = [];
  for await (const object of through.list("big")) objects.push(object);
  const got = await fetchToScratch({ store: through, objects, folder, signal: never, onProgress: () => {} });
  expect(got.sha256).toBe(sha256(body));
  expect(cuts).toBe(0);
  await through[Symbol.asyncDispose]();
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await rm(folder, { recursive: true });
});

describe("what is wrong is said, with what to type, and without the secret", () => {
  const open = async (url: string) => {
    const store = await s3.open(options(url), never);
    for await (const _ of store.list("")) break;
  };
  const withEnv = async (env: Record<string, string>, work: () => Promise<unknown>) => {
    const before = { ...process.env };
    Object.assign(process.env, env);
    try {
      await work();
    } finally {
      Object.assign(process.env, before);
    }
  };
  test("a wrong secret", () =>
    withEnv({ AWS_SECRET_ACCESS_KEY: "wrong-planted" }, async () => {
      const error = await open(plain).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({
        code: "FB_S3_CREDENTIALS",
        exitCode: 4,
        message: expect.stringContaining("the secret key is wrong"),
      });
      expect(String(error)).not.toContain("wrong-planted");
    }));
  test("an unknown key", () =>
    withEnv({ AWS_ACCESS_KEY_ID: "nobody" }, () =>
      expect(open(plain)).rejects.toMatchObject({ code: "FB_S3_CREDENTIALS" }),
    ));
  test("a missing bucket", () =>
    expect(open(plain.replace("plain", "absent"))).rejects.toMatchObject({ code: "FB_S3_BUCKET" }));
  test("nobody at the endpoint", () =>
    expect(open("s3://b/x?endpoint=http://127.0.0.1:9&path-style=true")).rejects.toMatchObject({
      code: "FB_S3_UNREACHABLE",
    }));
});
