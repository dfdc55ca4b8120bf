/** Each script by itself on a small real server: what it must do, and what it must not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { EXPERIMENTS } from "../support/experiments.ts";
import { fluent, isPlantable, type Laboratory, openLaboratory } from "../support/laboratory.ts";
import { shortened } from "../support/long.ts";

const played = shortened(
  "experiments of the laboratory",
  EXPERIMENTS.map((one) => ({ ...one, name: one.of })),
  ({ isLong }) => isLong !== true,
);

describe.each(catalog.engines.filter(isPlantable))("$name", (engine) => {
  let lab: Laboratory;
  beforeAll(async () => {
    lab = await openLaboratory(engine);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test.each(played)("$of: $does", async ({ lines, play }) => {
    await lab.reset();
    const before = await lab.fingerprint("other");
    await play(lab, lines(fluent(engine)));
    // Whatever a script is told to do to the shop, the database beside it is as it was.
    expect(await lab.fingerprint("other")).toBe(before);
  });
});
