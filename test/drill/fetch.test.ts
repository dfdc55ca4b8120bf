import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchToScratch } from "../../src/drill/fetch.ts";
import type { Store, StoredObject } from "../../src/parts.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const MEGABYTE = 1024 * 1024;
const body = randomBytes(20 * MEGABYTE + 17);
const hash = createHash("sha256").update(body).digest("hex");
let folder: string;
let number = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetch-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function objectsOf(store: Store): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  for await (const object of store.list("")) objects.push(object);
  return objects;
}
async function fetch(store: Store, into = join(folder, String(++number)), signal = new AbortController().signal) {
  return fetchToScratch({ store, objects: await objectsOf(store), folder: into, signal, onProgress: () => {} });
}

test("whole, hashed, and nothing beside it", async () => {
  const into = join(folder, "plain");
  const got = await fetch(memoryStore({ "nightly/a.dump": body }), into);
  expect(got).toMatchObject({ bytes: body.length, retries: 0, sha256: hash });
  expect(await readdir(into)).toEqual(["a.dump"]);
  expect((await readFile(join(into, "a.dump"))).equals(body)).toBe(true);
});
test.each([false, true])("connections that break (quietly: %s) are taken up where they broke", async (quietly) => {
  const got = await fetch(memoryStore({ a: body }, { cutAfterBytes: 3 * MEGABYTE, cuts: 3, quietly }));
  expect(got).toMatchObject({ retries: 3, sha256: hash });
});
test("a connection that always breaks ends in an error, and the next call goes on from what was fetched", async () => {
  const into = join(folder, "resumed");
  await expect(fetch(memoryStore({ a: body }, { cutAfterBytes: 1 * MEGABYTE, cuts: 15 }), into)).rejects.toThrow(
    /broke/,
  );
  const again = memoryStore({ a: body });
  expect((await fetch(again, into)).sha256).toBe(hash);
});
test("a partial copy of another object is not gone on with", async () => {
  const into = join(folder, "other");
  await expect(
    fetch(memoryStore({ a: randomBytes(20 * MEGABYTE) }, { cutAfterBytes: 100, cuts: 100 }), into),
  ).rejects.toThrow();
  expect((await fetch(memoryStore({ a: body }), into)).sha256).toBe(hash);
});
test("several members share a folder and one hash", async () => {
  const got = await fetch(memoryStore({ "x.dir/toc.dat": Buffer.from("toc"), "x.dir/1.dat": Buffer.from("one") }));
  expect(got.files).toHaveLength(2);
  expect(got.sha256).not.toBe(got.files[0]?.sha256);
});
test("an empty object", async () => expect((await fetch(memoryStore({ a: new Uint8Array() }))).bytes).toBe(0));
test("cancelled", async () => {
  const stop = new AbortController();
  stop.abort(new Error("enough"));
  await expect(fetch(memoryStore({ a: body }), undefined, stop.signal)).rejects.toThrow("enough");
});
test("a full disk says so, and what to do", async () => {
  if (process.getuid?.() !== 0) {
    process.stdout.write("not run as root: the test of a full disk needs a small tmpfs\n");
    return;
  }
  const small = join(folder, "small");
  await mkdir(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=70m", "tmpfs", small]);
  try {
    await expect(fetch(memoryStore({ a: body }), join(small, "x"))).rejects.toMatchObject({
      code: "FB_DISK_FULL",
      exitCode: 4,
    });
  } finally {
    execFileSync("umount", [small]);
  }
});
