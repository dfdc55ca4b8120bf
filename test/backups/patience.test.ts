/** A store that takes a question and never answers: said in time, by its kind, and nothing is held against a backup. */
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { takeStock } from "../../src/backups/locate.ts";
import { patient } from "../../src/backups/patience.ts";
import { catalog } from "../../src/catalog.ts";
import type { Store } from "../../src/parts.ts";
import { memoryStore } from "../fakes/memory-store.ts";

const DUMP = Buffer.from(
  "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (i int);\n--\n-- PostgreSQL database dump complete\n--\n",
);
const names = (count: number) => Array.from({ length: count }, (_, at) => `shop-202611${String(10 + at)}T0000.sql`);
const forEver = () => new Promise<never>(() => {});

/** Reads of the objects that `hangs` tells never answer. */
function hanging(count: number, hangs: (key: string) => boolean, list = false): Store {
  const store = memoryStore(Object.fromEntries(names(count).map((name) => [name, DUMP])));
  return {
    ...store,
    async *list(prefix) {
      yield* store.list(prefix);
      if (list) await forEver();
    },
    async *read(object, from, to) {
      if (hangs(object.key)) await forEver();
      yield* store.read(object, from, to);
    },
  };
}

const stockOf = (store: Store) => takeStock(patient(store, 60), catalog.engines);

describe("a store that is silent", () => {
  test("while it is listed", async () => {
    await expect(stockOf(hanging(3, () => false, true))).rejects.toMatchObject({
      code: "FB_STORE_UNREADABLE",
      message: expect.stringMatching(/^listing memory:: nothing came for 60 ms/),
    });
  });

  test("for every object: it is the store, said after little more than once the time", async () => {
    const beganMs = performance.now();
    await expect(stockOf(hanging(80, () => true))).rejects.toMatchObject({ code: "FB_STORE_UNREADABLE" });
    expect(performance.now() - beganMs).toBeLessThan(2000);
  });

  test("for one object: the others are listed, and that one is named", async () => {
    const [first = ""] = names(12);
    const { points, unknown } = await stockOf(hanging(12, (key) => key === first));
    expect(points).toHaveLength(11);
    expect(unknown).toMatchObject([
      { key: first, unreadable: { kind: "broken", because: expect.stringContaining("nothing came") } },
    ]);
  });

  test("not one that is slow: each piece has its own time", async () => {
    const store = memoryStore(Object.fromEntries(names(5).map((name) => [name, DUMP])));
    const slow: Store = {
      ...store,
      async *read(object, from, to) {
        for await (const chunk of store.read(object, from, to))
          for (const byte of [chunk.subarray(0, 10), chunk.subarray(10)]) {
            await wait(35);
            yield byte;
          }
      },
    };
    expect((await stockOf(slow)).points).toHaveLength(5);
  });

  test("what is fetched is not looked at: its phase has a limit, and it is read on where it stopped", async () => {
    const store = memoryStore({ large: Buffer.alloc(9 * 1024 ** 2) });
    const slow: Store = {
      ...store,
      async *read(object, from, to) {
        await wait(120);
        yield* store.read(object, from, to);
      },
    };
    const object = { key: "large", sizeBytes: 9 * 1024 ** 2, modifiedAt: "" };
    let bytes = 0;
    for await (const chunk of patient(slow, 60).read(object)) bytes += chunk.length;
    expect(bytes).toBe(9 * 1024 ** 2);
  });
});
