/** What every store must do. Called once for each driver, with a place to open it in. */
import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { makeLabel } from "../../src/host/label.ts";
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

export function storeContract(driver: StoreDriver, options: () => unknown): void {
  let run = 0;
  const open = (label: RunLabel = makeLabel(`contract-${++run}-${randomBytes(3).toString("hex")}`, later())) =>
    driver.openForWorld(options(), label, never);

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
  test("an empty object", async () => {
    await using store = await open();
    const empty = await store.write("empty", once(new Uint8Array()));
    expect(await all(store.read(empty))).toHaveLength(0);
  });
  test("what recovery receives can neither write nor delete", async () => {
    await using store = await open();
    await store.write("a", once(Buffer.from("x")));
    const readOnly = store.readOnly();
    expect(Object.keys(readOnly).sort()).toEqual(["list", "place", "read"]);
    expect(await keys(readOnly)).toEqual(["a"]);
  });
  test.each(["../out", "/out", "a/../../out"])("the key %s is refused", async (key) => {
    await using store = await open();
    await expect(store.write(key, once(Buffer.from("x")))).rejects.toMatchObject({ code: "FB_KEY_ESCAPES" });
  });
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
  test("the label is never listed", async () => {
    await using store = await open();
    expect(await keys(store)).toEqual([]);
  });
}
