/** What every store must do. Called once for each driver, with a place to open it in. */
import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { UnavailableError } from "../../src/errors.ts";
import { LABEL_NAME, makeLabel } from "../../src/host/label.ts";
import type { RunLabel, Store, StoreDriver, StoredObject } from "../../src/parts.ts";

const later = () => new Date(Date.now() + 3_600_000);
const never = new AbortController().signal;
async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
async function all(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}
async function keys(store: Store, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found.sort();
}

/** `inside` gives the options of a place within another run's, as a copied tree would have it. */
export function storeContract(
  driver: StoreDriver,
  options: () => unknown,
  inside: (options: unknown, outer: Store) => unknown,
): void {
  let run = 0;
  const newLabel = () => makeLabel(`contract-${++run}-${randomBytes(3).toString("hex")}`, later());
  const open = (label: RunLabel = newLabel(), signal = never) => driver.openForWorld(options(), label, signal);

  test("what was written is listed and read back, whole and in part", async () => {
    await using store = await open();
    const body = randomBytes(300_000);
    const written = await store.write("nightly/a b+c%ü.dump", once(body), new Date("2026-11-20T03:00:00Z"));
    expect(written.sizeBytes).toBe(body.length);
    const [object] = await keys(store, "nightly/").then(async () => {
      const found: StoredObject[] = [];
      for await (const one of store.list("")) found.push(one);
      return found;
    });
    expect(object?.key).toBe("nightly/a b+c%ü.dump");
    const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(sum(await all(store.read(object as StoredObject)))).toBe(sum(body));
    expect(
      (await all(store.read(object as StoredObject, 100_000, 100_010))).equals(body.subarray(100_000, 100_010)),
    ).toBe(true);
    expect(await all(store.read(object as StoredObject, 5, 5))).toHaveLength(0);
  });
  test("keys that some layer would like to decode come back as they were", async () => {
    await using store = await open();
    const odd = [
      "a b",
      "a+b",
      "a%20b",
      "a%2Fb",
      "ü/日本.dump",
      "a?b=c&d",
      "a#b",
      ".hidden",
      "x.part",
      "a'b\"c",
      "a\\b",
    ];
    for (const key of odd) await store.write(key, once(Buffer.from(key)));
    expect(await keys(store)).toEqual([...odd].sort());
    for await (const object of store.list("")) expect((await all(store.read(object))).toString()).toBe(object.key);
  });
  test("a prefix is the beginning of a key, and no folder", async () => {
    await using store = await open();
    for (const key of ["a/1", "a/2", "ab/3"]) await store.write(key, once(Buffer.from("x")));
    expect(await keys(store, "a/")).toEqual(["a/1", "a/2"]);
    expect(await keys(store, "a")).toEqual(["a/1", "a/2", "ab/3"]);
    expect(await keys(store, "none")).toEqual([]);
  });
  test("a stream that breaks leaves no object behind", async () => {
    await using store = await open();
    async function* broken(): AsyncIterable<Uint8Array> {
      yield randomBytes(100_000);
      throw new UnavailableError("the server went away", { code: "FB_SANDBOX_DIED" });
    }
    await expect(store.write("a", broken())).rejects.toMatchObject({ code: "FB_SANDBOX_DIED" });
    expect(await keys(store)).toEqual([]);
  });
  test("cancelling ends a read and a write with its reason, and cleaning up still works", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    const store = await open(newLabel(), stop.signal);
    const object = await store.write("big", once(randomBytes(4_000_000)));
    let read = 0;
    const reading = (async () => {
      for await (const chunk of store.read(object)) {
        read += chunk.length;
        stop.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(read).toBeLessThan(object.sizeBytes);
    await expect(store.write("more", once(randomBytes(10)))).rejects.toBe(reason);
    await expect(keys(store)).rejects.toBe(reason);
    await store[Symbol.asyncDispose]();
    expect(await driver.sweep(options(), () => true, never)).toEqual([]);
  });
  test("an empty object", async () => {
    await using store = await open();
    const empty = await store.write("empty", once(new Uint8Array()));
    expect(await all(store.read(empty))).toHaveLength(0);
  });
  test("what recovery receives can neither write nor delete", async () => {
    await using store = await open();
    await store.write("a", once(Buffer.from("x")));
    const readOnly = store.readOnly();
    const may = ["keeping", "list", "place", "read", "withVersions"];
    expect(Object.keys(readOnly).filter((name) => !may.includes(name))).toEqual([]);
    expect(await keys(readOnly)).toEqual(["a"]);
    await readOnly[Symbol.asyncDispose]();
    await store.write("b", once(Buffer.from("the world goes on")));
    expect(await keys(store)).toEqual(["a", "b"]);
  });
  test("what a pruning job removes is gone, and nothing else; twice is no error", async () => {
    await using store = await open();
    await store.write("old", once(Buffer.from("x")));
    await store.write("new", once(Buffer.from("y")));
    await store.remove("old");
    await store.remove("old");
    expect(await keys(store)).toEqual(["new"]);
    await expect(store.remove("../out")).rejects.toMatchObject({ code: "FB_KEY_ESCAPES" });
  });
  test.each(["../out", "/out", "a/../../out", "a/../b", "", "a//b", ".", LABEL_NAME, `a/${LABEL_NAME}`])(
    "the key %s is refused",
    async (key) => {
      await using store = await open();
      await expect(store.write(key, once(Buffer.from("x")))).rejects.toMatchObject({ code: "FB_KEY_ESCAPES" });
    },
  );
  test("an object that changed since it was listed is not read", async () => {
    await using store = await open();
    const before = await store.write("a", once(Buffer.from("before")));
    await store.write("a", once(Buffer.from("after!")));
    if (before.version !== undefined) return expect((await all(store.read(before))).toString()).toBe("before");
    await expect(all(store.read(before))).rejects.toMatchObject({ code: "FB_OBJECT_CHANGED" });
  });
  test("closing leaves nothing, and touches no other run", async () => {
    const kept = await open();
    await kept.write("keep", once(Buffer.from("x")));
    {
      await using gone = await open();
      await gone.write("x/y/z", once(Buffer.from("x")));
      await gone.write("x/y/z", once(Buffer.from("again")));
    }
    expect(await keys(kept)).toEqual(["keep"]);
    await kept[Symbol.asyncDispose]();
    expect(await driver.sweep(options(), () => true, never)).toEqual([]);
  });
  test("sweeping takes what is over, and only that", async () => {
    const alive = await open();
    await alive.write("a", once(Buffer.from("x")));
    const dead = makeLabel(`dead-${randomBytes(3).toString("hex")}`, new Date(0));
    const left = await open(dead);
    await left.write("b", once(Buffer.from("x")));
    const gone = await driver.sweep(options(), ({ expiresAt }) => Date.parse(expiresAt) < Date.now(), never);
    expect(gone).toHaveLength(1);
    expect(gone[0]).toContain(dead.runId);
    expect(await keys(alive)).toEqual(["a"]);
    await alive[Symbol.asyncDispose]();
  });
  test("a label that lies elsewhere than in its run's place makes nothing a run's", async () => {
    await using outer = await open();
    const { runId } = makeLabel(`inner-${randomBytes(3).toString("hex")}`, new Date(0));
    // As if somebody had copied a run's folder, label and all, among his own files.
    const within = await driver.openForWorld(inside(options(), outer), makeLabel(runId, new Date(0)), never);
    await within.write("theirs", once(Buffer.from("x")));
    expect(await driver.sweep(options(), ({ expiresAt }) => Date.parse(expiresAt) < Date.now(), never)).toEqual([]);
    expect(await keys(within)).toEqual(["theirs"]);
    await within[Symbol.asyncDispose]();
  });
  test("the label is never listed", async () => {
    await using store = await open();
    expect(await keys(store)).toEqual([]);
  });
}
