/** Of the ways to back up that `npm test` plays nothing may be missing that a promise rests on. */
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { oneOfEachMethod } from "./long.ts";

const played = catalog.engines.map((engine) => ({
  name: engine.name,
  methods: engine.methods,
  part: oneOfEachMethod(engine),
}));

test.each(played)("$name: one way of each method, and each log", ({ methods, part }) => {
  const used = methods.filter(({ variants }) => variants.length > 0);
  const of = (names: readonly string[]) =>
    used.filter(({ variants }) => variants.some(({ name }) => names.includes(name))).map(({ name }) => name);
  expect(of(part)).toEqual(used.map(({ name }) => name));
  const logs = used.filter(({ variants }) => variants.some(({ log }) => log)).map(({ name }) => name);
  const through = used.flatMap(({ variants }) => variants).filter(({ name, log }) => log && part.includes(name));
  expect(through).toHaveLength(logs.length);
});

test("it is the same part every time", () =>
  expect(Object.fromEntries(played.map(({ name, part }) => [name, part]))).toMatchObject({
    postgres: ["logical", "physical + log", "repository", "replica, delayed", "snapshot"],
    mariadb: ["logical + log", "physical + log", "replica, delayed", "snapshot"],
  }));
