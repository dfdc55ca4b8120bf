import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchToScratch } from "../../src/backups/fetch.ts";
import { UnavailableError } from "../../src/errors.ts";
import { type Link, openLink } from "../../src/host/link.ts";
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
async function fetch(
  store: Store,
  into = join(folder, String(++number)),
  { signal = new AbortController().signal, freeBytes }: { signal?: AbortSignal; freeBytes?: number } = {},
) {
  return fetchToScratch({
    store,
    objects: await objectsOf(store),
    folder: into,
    signal,
    onProgress: () => {},
    ...(freeBytes === undefined ? {} : { freeBytes }),
  });
}
async function change(into: string, edit: (state: Record<string, unknown>) => unknown): Promise<void> {
  const file = join(into, "a.state.json");
  await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, "utf8")))));
}
/** A store that writes down which bytes it was asked for. */
function watched(store: Store): Store & { asked: string[] } {
  const asked: string[] = [];
  return {
    ...store,
    asked,
    read(object, from, to) {
      asked.push(`${object.key} ${from}`);
      return store.read(object, from, to);
    },
  };
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
  const again = watched(memoryStore({ a: body }));
  const told: number[] = [];
  const got = await fetchToScratch({
    store: again,
    objects: await objectsOf(again),
    folder: into,
    signal: new AbortController().signal,
    onProgress: ({ doneBytes, totalBytes }) => told.push(doneBytes / totalBytes),
  });
  expect(got.sha256).toBe(hash);
  expect(told.at(-1)).toBe(1);
  expect([...told].sort((a, b) => a - b)).toEqual(told);
});
test("ranges that are there are not fetched again, in another process neither", async () => {
  const into = join(folder, "ranges");
  const breaksAt = (from: number): Store => {
    const store = memoryStore({ a: body });
    return {
      ...store,
      read(object, at = 0, to) {
        // Not one that passes, so that the test does not wait.
        if (at === from) throw new UnavailableError("gone", { code: "FB_S3_CREDENTIALS" });
        return store.read(object, at, to);
      },
    };
  };
  await expect(fetch(breaksAt(16 * MEGABYTE), into)).rejects.toThrow("gone");
  const again = watched(memoryStore({ a: body }));
  expect((await fetch(again, into)).sha256).toBe(hash);
  expect(again.asked).toEqual([`a ${16 * MEGABYTE}`]);
});
test.each<[string, (into: string) => Promise<void>]>([
  ["state is no state", (into) => writeFile(join(into, "a.state.json"), '{"done": 3')],
  ["state names ranges that cannot be", (into) => change(into, (state) => ({ ...state, done: [0, 99] }))],
  ["copy was cut", (into) => truncate(join(into, "a.part"), 100)],
  ["copy is gone", (into) => rm(join(into, "a.part"))],
])("a partial copy whose %s is begun anew", async (_name, spoil) => {
  const into = join(folder, String(++number));
  const store = memoryStore({ a: body });
  const stop = new AbortController();
  const breaking: Store = {
    ...store,
    async *read(object, at = 0, to) {
      if (at === 16 * MEGABYTE) throw new UnavailableError("gone", { code: "FB_S3_CREDENTIALS" });
      yield* store.read(object, at, to);
    },
  };
  await expect(fetch(breaking, into, { signal: stop.signal })).rejects.toThrow("gone");
  expect((await readdir(into)).sort()).toEqual(["a.part", "a.state.json"]);
  await spoil(into);
  const again = watched(store);
  expect((await fetch(again, into)).sha256).toBe(hash);
  expect(again.asked.sort()).toEqual([`a 0`, `a ${8 * MEGABYTE}`, `a ${16 * MEGABYTE}`].sort());
});
test("of several objects, those that came whole do not come again", async () => {
  const into = join(folder, "several");
  const content = { "x.dir/1.dat": body, "x.dir/2.dat": Buffer.from("two") };
  const store = memoryStore(content);
  const breaking: Store = {
    ...store,
    read(object, at, to) {
      if (object.key.endsWith("2.dat")) throw new UnavailableError("gone", { code: "FB_S3_CREDENTIALS" });
      return store.read(object, at, to);
    },
  };
  await expect(fetch(breaking, into)).rejects.toThrow("gone");
  const again = watched(memoryStore(content));
  expect((await fetch(again, into)).files[0]?.sha256).toBe(hash);
  expect(again.asked).toEqual(["x.dir/2.dat 0"]);
  expect((await readdir(join(into, "x.dir"))).sort()).toEqual(["1.dat", "2.dat"]);
});
test("a failure for good ends the others soon, not after all the rest", async () => {
  const store = watched(memoryStore({ a: Buffer.alloc(160 * MEGABYTE) }));
  const failing: Store = {
    ...store,
    read(object, at, to) {
      const chunks = store.read(object, at, to);
      if (at === 8 * MEGABYTE) throw new UnavailableError("gone", { code: "FB_OBJECT_CHANGED" });
      return chunks;
    },
  };
  await expect(fetch(failing)).rejects.toThrow("gone");
  expect(store.asked.length).toBeLessThan(9);
});
test("a store that sends more than was asked for does not write over the next range", async () => {
  const store = memoryStore({ a: body });
  const lavish: Store = { ...store, read: (object, at) => store.read(object, at) };
  await expect(fetch(lavish)).rejects.toMatchObject({ code: "FB_STORE_UNREADABLE" });
});
test("cancelled while the store hangs", async () => {
  const stop = new AbortController();
  const reason = new Error("enough");
  const store = memoryStore({ a: body });
  const hanging: Store = {
    ...store,
    async *read(object, at = 0, to) {
      yield* store.read(object, at, at + 100);
      if (to !== undefined) await new Promise(() => {});
    },
  };
  setTimeout(() => stop.abort(reason), 100);
  await expect(fetch(hanging, undefined, { signal: stop.signal })).rejects.toBe(reason);
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
  await expect(fetch(memoryStore({ a: body }), undefined, { signal: stop.signal })).rejects.toThrow("enough");
});
test("keys do not choose paths", async () => {
  const into = join(folder, "hostile", "inner");
  const keys = [
    "../../etc/passwd",
    "a/..",
    "..",
    "b/",
    "a/same",
    "b/same",
    "line\nbreak",
    `long/${"x".repeat(300)}`,
    "a.part",
  ];
  const got = await fetch(memoryStore(Object.fromEntries(keys.map((key) => [key, Buffer.from(key)]))), into);
  expect(new Set(got.files.map(({ path }) => path)).size).toBe(keys.length);
  for (const { path, key } of got.files) {
    expect(path.startsWith(`${into}/`) && !relative(into, path).startsWith("..")).toBe(true);
    expect((await readFile(path)).toString()).toBe(key);
  }
  expect(await readdir(join(folder, "hostile"))).toEqual(["inner"]);
});
test("a folder that cannot be one is said in words", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(fetch(memoryStore({ a: body }), join(file, "below"))).rejects.toMatchObject({
    code: "FB_SCRATCH",
    exitCode: 4,
    next: [`ls -ld ${file} ${join(file, "below")}`, expect.stringMatching(/^export TMPDIR=/)],
  });
});
test("nor one where the system makes none: an answer, and no core that burns", () =>
  expect(fetch(memoryStore({ a: body }), "/proc/fogbell/x")).rejects.toMatchObject({ code: "FB_SCRATCH" }));
describe("a full disk says so, and what to do", () => {
  const onSmallDisk = async (size: string, work: (small: string) => Promise<void>) => {
    if (process.getuid?.() !== 0) {
      process.stdout.write("not run as root: the test of a full disk needs a small tmpfs\n");
      return;
    }
    const small = join(folder, `small-${size}`);
    await mkdir(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", small]);
    try {
      await work(small);
    } finally {
      execFileSync("umount", [small]);
    }
  };
  const full = { code: "FB_DISK_FULL", exitCode: 4, next: expect.arrayContaining(["fogbell gc"]) };
  test("before it begins", () =>
    onSmallDisk("70m", async (small) => {
      const store = watched(memoryStore({ a: body }));
      await expect(fetch(store, join(small, "x"))).rejects.toMatchObject(full);
      expect(store.asked).toEqual([]);
    }));
  // 10 MiB and a half page: the last write that fits is a short one.
  test("in the middle, when something else takes the room", () =>
    onSmallDisk("10242k", async (small) => {
      await expect(fetch(memoryStore({ a: body }), small, { freeBytes: 2 ** 40 })).rejects.toMatchObject(full);
    }));
});
describe("over a limited link", () => {
  const fetchOver = async (content: Record<string, Buffer>, link: Link) => {
    const store = memoryStore(content);
    const into = join(folder, String(++number));
    return fetchToScratch({
      store,
      objects: await objectsOf(store),
      folder: into,
      signal: new AbortController().signal,
      onProgress: () => {},
      link,
    });
  };
  test("parts that are fetched at the same time share it, and so do several fetches", async () => {
    let nowMs = 0;
    const pause = async (durationMs: number) => {
      const until = nowMs + durationMs;
      await Promise.resolve();
      nowMs = Math.max(nowMs, until);
    };
    const link = openLink(MEGABYTE, { nowMs: () => nowMs, pause });
    const [got] = await Promise.all([
      fetchOver({ a: body }, link),
      fetchOver({ b: body.subarray(0, 9 * MEGABYTE) }, link),
    ]);
    expect(got?.sha256).toBe(hash);
    expect(nowMs).toBeGreaterThan(28_990);
    expect(nowMs).toBeLessThan(29_100);
  });
  test("by a real clock it takes at least its time", async () => {
    const beganMs = performance.now();
    await fetchOver({ a: body.subarray(0, MEGABYTE) }, openLink(4 * MEGABYTE));
    expect(performance.now() - beganMs).toBeGreaterThan(230);
  });
});
