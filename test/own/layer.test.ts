/** The layer over somebody's own store: what a drill does to backups never reaches them. */
import { describe, expect, it } from "vitest";
import { openLayer } from "../../src/own/layer.ts";
import type { Store, StoredObject, WorldStore } from "../../src/parts.ts";

const AT = "2026-11-27T00:00:00.000Z";
async function* once(text: string) {
  yield Buffer.from(text);
}
const textOf = async (store: Store, object: StoredObject) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(object)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const keysIn = async (store: Store) => {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys.sort();
};

/** A store in memory; what it was asked is written down. */
function memory(content: Record<string, string>) {
  const objects = new Map(Object.entries(content));
  const asked: string[] = [];
  const store: WorldStore = {
    place: "memory",
    async *list(prefix) {
      asked.push("list");
      for (const [key, text] of objects)
        if (key.startsWith(prefix)) yield { key, sizeBytes: text.length, modifiedAt: AT };
    },
    async *read({ key }) {
      asked.push(`read ${key}`);
      yield Buffer.from(objects.get(key) ?? "");
    },
    async write(key, body) {
      asked.push(`write ${key}`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      objects.set(key, Buffer.concat(chunks).toString());
      return { key, sizeBytes: objects.get(key)?.length ?? 0, modifiedAt: AT };
    },
    async remove(key) {
      asked.push(`remove ${key}`);
    },
    readOnly: () => store,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { store, asked, objects };
}

describe("a layer", () => {
  it("shows what lies below, what was written above it, and not what was removed", async () => {
    const below = memory({ "a.dump": "old a", "b.dump": "old b" });
    const above = memory({});
    const layer = openLayer(below.store, above.store, "layer-0/");
    await layer.write("a.dump", once("spoiled"), new Date(AT));
    await layer.remove("b.dump");
    await layer.write("c.dump", once("new"));
    expect(await keysIn(layer)).toEqual(["a.dump", "c.dump"]);
    const objects: StoredObject[] = [];
    for await (const object of layer.list("a")) objects.push(object);
    expect(objects).toMatchObject([{ key: "a.dump", sizeBytes: 7, modifiedAt: AT }]);
    expect(await textOf(layer, objects[0] as StoredObject)).toBe("spoiled");
    expect([...above.objects.keys()].sort()).toEqual(["layer-0/a.dump", "layer-0/c.dump"]);
  });

  it("never writes below, and reads nothing of it before it is asked", async () => {
    const below = memory({ "a.dump": "old a" });
    const layer = openLayer(below.store, memory({}).store, "x/");
    await layer.remove("a.dump");
    await layer.write("a.dump", once("again"));
    expect(await keysIn(layer)).toEqual(["a.dump"]);
    expect([...new Set(below.asked)]).toEqual(["list"]);
  });

  it("gives recovery a store that cannot write", () => {
    expect(openLayer(memory({}).store, memory({}).store, "x/").readOnly()).not.toHaveProperty("write");
  });
});
