import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Finding, FoundCopy, Probe } from "../../src/parts.ts";
import { outcome, scene, state } from "../fakes/outcome.ts";

const probe = (name: string) => catalog.probes.find((one) => one.name === name) as Probe;
const FK = "FOREIGN KEY (order_id) REFERENCES public.orders(id)";
const catalogue = new Map([
  ["constraint\tpublic.items.items_fkey", FK],
  ["constraint\tpublic.orders.orders_pkey", "PRIMARY KEY (id)"],
  ["index\tpublic.orders_pkey", "CREATE UNIQUE INDEX …"],
  ["grant\tpublic.orders app SELECT", "false"],
  ["view\tpublic.totals", "SELECT 1"],
]);
const truth = scene(
  [state(1000, { "public.orders": { a: "1" } }, { catalogue, sequences: new Map([["public.orders_id_seq", 100n]]) })],
  60_000,
);
const printed = (changes: Record<string, string | null> = {}) =>
  [...new Map([...catalogue, ...Object.entries(changes)])]
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}\t${value}`)
    .join("\n");
const answer = (name: string, text: string, options: object = {}, second?: string) =>
  probe(name).answer([outcome(text), ...(second === undefined ? [] : [outcome(second)])], truth, options) as Finding;

describe("no probe passes on a failed, empty or cut answer", () => {
  const options: Record<string, object> = {
    "heartbeat-gap": { of: "side", max: 1000 },
    "row-count": { table: "t" },
    "table-missing": { table: "t" },
  };
  for (const { name } of catalog.probes) {
    test.each([
      ["failed", { exitCode: 3 }],
      ["cut", { truncated: true }],
    ])(`${name}: %s`, (_how, more) =>
      expect((probe(name).answer([outcome("yes\n5\n", more)], truth, options[name] ?? {}) as Finding).held).toBe(
        "unknown",
      ),
    );
    test(`${name}: empty`, () =>
      expect((probe(name).answer([outcome("")], truth, options[name] ?? {}) as Finding).held).not.toBe("yes"));
    test(`${name}: never asked`, () =>
      expect((probe(name).answer([], truth, options[name] ?? {}) as Finding).held).not.toBe("yes"));
  }
});

describe("the catalogue's guards", () => {
  test.each(["constraints", "indexes", "grants", "objects"])("%s: as before", (name) =>
    expect(answer(name, printed()).held).toBe("yes"),
  );
  test.each([
    ["constraints", "constraint\tpublic.orders.orders_pkey"],
    ["indexes", "index\tpublic.orders_pkey"],
    ["grants", "grant\tpublic.orders app SELECT"],
    ["objects", "view\tpublic.totals"],
  ])("%s: one missing, changed, or more", (name, key) => {
    expect(answer(name, printed({ [key]: null }))).toMatchObject({ held: "no", measured: { missing: 1 } });
    expect(answer(name, printed({ [key]: "other" }))).toMatchObject({ held: "no", measured: { changed: 1 } });
    expect(answer(name, printed({ [`${key}2`]: "more" }))).toMatchObject({ held: "no", measured: { extra: 1 } });
  });
});

describe("constraints that wait", () => {
  const waiting = printed({ "constraint\tpublic.items.items_fkey": `${FK} NOT VALID` });
  test("are refused unless allowed", () =>
    expect(answer("constraints", waiting, { "allow-orphans": false }).held).toBe("no"));
  test("are asked about when allowed", () =>
    expect(answer("constraints", waiting, { "allow-orphans": true })).toHaveProperty("script"));
  test("pass with the orphans that explain them", () =>
    expect(
      answer("constraints", waiting, { "allow-orphans": true }, "items_fkey\tpublic.items\tpublic.orders\t80\t40"),
    ).toMatchObject({ held: "yes", measured: { orphans: 80 } }));
  test("do not pass when nothing stands against them", () =>
    expect(
      answer("constraints", waiting, { "allow-orphans": true }, "items_fkey\tpublic.items\tpublic.orders\t0\t0").held,
    ).toBe("no"));
  test("are unknown when nobody counted", () =>
    expect(answer("constraints", waiting, { "allow-orphans": true }, "").held).toBe("unknown"));
});

describe("sequences", () => {
  const line = (value: number, used: string) => `public.orders_id_seq\t${value}\tpublic.orders\tid\t${used}`;
  test("ahead", () => expect(answer("sequences-ahead", line(10_100, "100")).held).toBe("yes"));
  test("at 1 after a restore that lost its trailer", () =>
    expect(answer("sequences-ahead", line(1, "100")).held).toBe("no"));
  test("ahead of the rows, behind what was handed out", () =>
    expect(answer("sequences-ahead", line(60, "60")).held).toBe("no"));
  test("gone", () => expect(answer("sequences-ahead", "").held).toBe("no"));
});

describe("heartbeat, counts", () => {
  test("the gap is measured from the damage", () =>
    expect(answer("heartbeat-gap", "50000\t3", { of: "side", max: 10_000 })).toMatchObject({
      held: "yes",
      measured: { gapMs: 10_000 },
    }));
  test("too old", () => expect(answer("heartbeat-gap", "40000\t3", { of: "side", max: 10_000 }).held).toBe("no"));
  test("zero rows are no healthy table", () => expect(answer("row-count", "0", { table: "t" }).held).toBe("no"));
  test("no table", () => expect(answer("row-count", "missing", { table: "t" }).held).toBe("no"));
  test("damage that missed", () => expect(answer("table-missing", "yes", { table: "t" }).held).toBe("no"));
});

describe("three-two-one counts what was found, and each of its conditions can fail", () => {
  const store = { medium: "s3://nightly", offsite: false };
  const far = { medium: "another store", offsite: true };
  const replica = { medium: "a running server", offsite: false };
  const audit = (copies: readonly FoundCopy[], text = "yes\n") =>
    probe("three-two-one").answer([outcome(text)], { ...truth, copies }, {}) as Finding;
  test.each<[string, readonly FoundCopy[], Finding["held"], RegExp]>([
    ["two copies, two kinds of place, one off site", [store, far], "yes", /the original and 2 copies/],
    [
      "a replica off site counts as off site, not as another kind of place",
      [replica, { ...replica, offsite: true }],
      "no",
      /missing: a second kind of place$/,
    ],
    ["one copy only", [far], "no", /missing: two copies beside the original$/],
    ["nothing off site", [store, replica], "no", /missing: a copy off site$/],
    ["nothing at all", [], "no", /two copies .*, a second kind of place, a copy off site$/],
  ])("%s", (_what, copies, held, because) => {
    const found = audit(copies);
    expect(found.held).toBe(held);
    expect(found.because).toMatch(because);
  });
  test("without the original it cannot be told", () => expect(audit([store, far], "no\n").held).toBe("unknown"));
});
