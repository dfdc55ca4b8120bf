import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { postgres } from "../../src/engines/postgres/engine.ts";
import type { Keys, Line } from "../../src/parts.ts";
import { type Ask, bucketsFor, openLedger } from "../../src/world/ledger.ts";
import { outcome } from "../fakes/outcome.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ledger-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

type Row = readonly [bucket: number, key: string, digest: string];

/** A database of digests: answers as the phrases say a server would. */
function server(tables: Record<string, Row[]>, isThere = () => true): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = async (line: Line, sink) => {
    asked.push(line.say);
    if (line.say.startsWith("Ask whether the application's database")) return outcome(isThere() ? "yes\n" : "no\n");
    if (line.say.startsWith("List every table"))
      return outcome(
        Object.entries(tables)
          .map(([name, rows]) => `${name}\trecord\t${rows.length}\t["id"]`)
          .join("\n"),
      );
    if (line.say.startsWith("Digest every row")) {
      return outcome(
        Object.entries(tables)
          .filter(([name]) => line.script.includes(name.replace(".", '"."')))
          .flatMap(([name, rows]) =>
            [...new Set(rows.map(([bucket]) => bucket))].sort().map((bucket) => {
              const inside = rows.filter((row) => row[0] === bucket);
              return `${name}\t${bucket}\t${inside.length}\t${inside.map((row) => row[2]).join("+")}`;
            }),
          )
          .join("\n"),
      );
    }
    const name = /rows of (\S+) by key/.exec(line.say)?.[1];
    if (name !== undefined) {
      const only = /\{([\d,]*)\}'+::bigint/.exec(line.script)?.[1]?.split(",").map(Number);
      const rows = (tables[name] ?? []).filter(([bucket]) => only?.includes(bucket) ?? true);
      if (only !== undefined) asked.push(`only ${only}`);
      const text = rows
        .map(
          ([bucket, key, row]) =>
            `${bucket.toString(16).padStart(8, "0")}${key.padEnd(16, "0")}${row.padEnd(16, "0")}\n`,
        )
        .join("");
      // In pieces that cut lines, as a pipe would.
      for (let at = 0; at < text.length; at += 17) sink?.(Buffer.from(text.slice(at, at + 17)));
      return outcome("");
    }
    return outcome("");
  };
  return { ask, asked };
}

/** The keys of all buckets, in their order. */
const flat = (buckets: ReadonlyMap<number, Keys> | undefined) =>
  [...(buckets?.values() ?? [])].flatMap((keys) => [...keys]);

test("a bucket's keys are found without reading the others; unchanged tables are not asked again", async () => {
  const tables: Record<string, Row[]> = {
    "public.a": [
      [0, "k1", "r1"],
      [0, "k2", "r2"],
      [3, "k3", "r3"],
    ],
    "public.b": [[1, "x", "y"]],
  };
  const { ask, asked } = server(tables);
  const ledger = await openLedger(join(folder, "one"), postgres.phrases, ask);
  await ledger.record("first", 100);
  tables["public.b"] = [[1, "x", "z"]];
  await ledger.record("second", 200);
  const [first, second] = ledger.states;
  expect(first?.tables.get("public.a")?.rows).toBe(3);
  expect(flat(first?.tables.get("public.a")?.keys([3]))).toEqual([["k3".padEnd(16, "0"), ["r3".padEnd(16, "0")]]]);
  expect(second?.tables.get("public.a")).toBe(first?.tables.get("public.a"));
  expect(asked.filter((say) => say.includes("public.a by key"))).toHaveLength(1);
  expect(asked.filter((say) => say.includes("public.b by key"))).toHaveLength(2);
  expect(await readdir(join(folder, "one"))).toHaveLength(3);
  expect(await readFile(join(folder, "one", "1.digests"), "latin1")).toMatch(/^([0-9a-z]{40}\n){3}$/);
});

test("of a table that changed only the keys of changed buckets are asked for, and the others copied", async () => {
  const tables: Record<string, Row[]> = {
    "public.a": [0, 1, 2, 5, 6].flatMap((bucket): Row[] => [
      [bucket, `k${bucket}`, "r"],
      [bucket, `l${bucket}`, "r"],
    ]),
  };
  const { ask, asked } = server(tables);
  const ledger = await openLedger(join(folder, "partly"), postgres.phrases, ask);
  await ledger.record("first", 100);
  // One row more in a bucket that there was, one bucket gone, one new: what follows in the file moves.
  const rows = (tables["public.a"] ?? []).filter(([bucket]) => bucket !== 2);
  tables["public.a"] = [...rows.slice(0, 2), [0, "m0", "new"], ...rows.slice(2, 4), [3, "k3", "new"], ...rows.slice(4)];
  await ledger.record("second", 200);
  expect(asked).toContain("only 0,3");
  const second = ledger.truth.tables.get("public.a");
  const keys = flat(second?.keys([0, 1, 2, 3, 5, 6])).map(([key, found]) => [
    key.slice(0, 2),
    found[0]?.replace(/0+$/, ""),
  ]);
  expect(keys).toEqual(tables["public.a"].map(([, key, row]) => [key, row]));
  expect(second?.rows).toBe(10);
  expect(await readdir(join(folder, "partly"))).toHaveLength(2);
});

test("an answer that lacks rows of a changed bucket is a ledger cut off, and never a shorter truth", async () => {
  const tables: Record<string, Row[]> = { "public.a": [0, 1, 2].map((bucket): Row => [bucket, `k${bucket}`, "r"]) };
  const { ask } = server(tables);
  const lacking: Ask = (line, sink) =>
    line.script.includes("WHERE b = ANY (") ? Promise.resolve(outcome("")) : ask(line, sink);
  const ledger = await openLedger(join(folder, "lacking"), postgres.phrases, lacking);
  await ledger.record("first", 100);
  tables["public.a"] = [...(tables["public.a"] ?? []).slice(0, 2), [2, "k2", "new"]];
  await expect(ledger.record("second", 200)).rejects.toMatchObject({ code: "FB_LEDGER" });
});

test("what the damage hit is found by digest, whatever was announced, and stays the truth as it was", async () => {
  const tables: Record<string, Row[]> = {
    "public.a": [[0, "k1", "r1"]],
    "public.b": [[1, "x", "y"]],
    "public.c": [[2, "c", "c"]],
  };
  const { ask } = server(tables);
  const ledger = await openLedger(join(folder, "two"), postgres.phrases, ask);
  await ledger.record("before", 1000);
  delete tables["public.a"];
  tables["public.b"] = [];
  expect((await ledger.recordDamage(1000)).toSorted()).toEqual(["public.a", "public.b"]);
  tables["public.c"] = [
    [2, "c", "c"],
    [2, "new", "n"],
  ];
  await ledger.record("truth", 2000);
  const rows = (name: string) => ledger.truth.tables.get(name)?.rows;
  expect([rows("public.a"), rows("public.b"), rows("public.c")]).toEqual([1, 1, 2]);
  expect(ledger.window(0).map(({ name }) => name)).toEqual(["before"]);
});

test("what somebody wrote to a table after it was hurt is good, and stays beside what was there before", async () => {
  const tables: Record<string, Row[]> = {
    "public.a": [
      [0, "hurt", "good"],
      [0, "whole", "w"],
      [5, "gone", "g"],
      [6, "same", "s"],
    ],
  };
  const { ask } = server(tables);
  const ledger = await openLedger(join(folder, "mended"), postgres.phrases, ask);
  await ledger.record("before", 1000);
  tables["public.a"] = [
    [0, "hurt", "bad"],
    [0, "stranger", "b"],
    [0, "whole", "w"],
    [6, "same", "s"],
  ];
  await ledger.recordDamage(1000);
  tables["public.a"] = [
    [0, "hurt", "bad"],
    [0, "stranger", "b"],
    [0, "whole", "w2"],
    [6, "same", "s"],
    [7, "later", "l"],
  ];
  await ledger.record("truth", 2000);
  const truth = ledger.truth.tables.get("public.a");
  const keys = flat(truth?.keys([0, 5, 6, 7])).map(([key, [row = ""] = []]) =>
    [key, row].map((text) => text.replace(/0+$/, "")).join(" "),
  );
  expect(keys).toEqual(["hurt good", "whole w2", "gone g", "same s", "later l"]);
  expect(truth?.rows).toBe(5);
});
test("a database that is gone was hit altogether, and nothing in it is asked again", async () => {
  const tables: Record<string, Row[]> = { "public.a": [[0, "k1", "r1"]] };
  let there = true;
  const { ask, asked } = server(tables, () => there);
  const ledger = await openLedger(join(folder, "gone"), postgres.phrases, ask);
  await ledger.record("before", 1000);
  there = false;
  delete tables["public.a"];
  expect(await ledger.recordDamage(1000)).toEqual(["public.a"]);
  const before = asked.length;
  await ledger.record("truth", 2000);
  expect(asked.length).toBe(before);
  expect(ledger.truth.tables.get("public.a")?.rows).toBe(1);
});

test("a question that fails is no truth", async () => {
  const ledger = await openLedger(join(folder, "three"), postgres.phrases, async () => outcome("", { exitCode: 2 }));
  await expect(ledger.record("x", 1)).rejects.toMatchObject({ code: "FB_LEDGER", exitCode: 4 });
});
test("buckets grow with the rows, within bounds", () =>
  expect([0, 1000, 100_000, 10 ** 9].map(bucketsFor)).toEqual([64, 64, 256, 65_536]));
