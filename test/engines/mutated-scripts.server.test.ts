/**
 * Whether the laboratory would notice: each script is changed in small ways, one at a time, and its experiment must fail.
 * All of them take more than an hour: `npm run test:long` plays one of so many, always the same, and
 * `FOGBELL_MUTATE=all npx vitest run --project server test/engines/mutated-scripts.server.test.ts` all.
 */
import { appendFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { EXPERIMENTS } from "../support/experiments.ts";
import { fluent, isPlantable, type Laboratory, openLaboratory } from "../support/laboratory.ts";
import { LONG } from "../support/long.ts";
import { mutantsOf } from "../support/script-mutants.ts";

const ONE_OF = process.env.FOGBELL_MUTATE === "all" ? 1 : Number(process.env.FOGBELL_MUTATE ?? 24);
/** Where every mutant and what became of it is written down, for the figures. */
const LIST = process.env.FOGBELL_MUTATE_LIST;
/** Of those that are played, equivalent ones included. Wanted are 0.8; `bench/mutation.md` says how far that is. */
const LEAST_KILLED = 0.5;

const isPlayed = LONG || process.env.FOGBELL_MUTATE !== undefined;

/** Whether one of the experiments with this script fails with the changed one. */
async function isKilled(lab: Laboratory, from: string, script: string): Promise<boolean> {
  for (const { lines, play } of EXPERIMENTS) {
    const own = lines(lab.engine);
    if (!own.some((line) => line.script === from)) continue;
    await lab.reset();
    try {
      await play(
        lab,
        own.map((line) => (line.script === from ? { ...line, script } : line)),
      );
    } catch {
      return true;
    }
  }
  return false;
}

/** Each script once, with every change of it. */
const changesOf = (engine: Engine) => {
  const all = EXPERIMENTS.flatMap(({ of, lines }) => lines(fluent(engine)).map(({ script }) => ({ of, script })));
  return [...new Map(all.reverse().map((one) => [one.script, one])).values()]
    .reverse()
    .flatMap(({ of, script }) => mutantsOf(script).map((mutant) => ({ of, from: script, ...mutant })));
};

const engines = catalog.engines.filter(isPlantable);

test.each(engines)("there is something to change in scripts of $name", (engine) => {
  const all = changesOf(engine);
  if (!isPlayed)
    console.info(`left out: ${all.length} changed scripts of ${engine.name} (npm run test:long plays some)`);
  expect(all.length).toBeGreaterThan(200);
});

function playedOn(engine: Engine): void {
  let lab: Laboratory;
  beforeAll(async () => {
    lab = await openLaboratory(engine);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test("what is changed is noticed", { timeout: 4 * 3_600_000 }, async () => {
    const survived: string[] = [];
    let number = 0;
    let played = 0;
    for (const { of, from, what, script } of changesOf(engine)) {
      if (number++ % ONE_OF !== 0) continue;
      played += 1;
      const killed = await isKilled(lab, from, script);
      const said = `${engine.name}\t${of}\t${what}`;
      if (LIST !== undefined) appendFileSync(LIST, `${killed ? "killed" : "survived"}\t${said}\n`);
      if (!killed) survived.push(said);
    }
    console.info(
      `${engine.name}: ${played} of ${number} changed scripts played, ${survived.length} survived\n${survived.join("\n")}`,
    );
    expect(1 - survived.length / played).toBeGreaterThanOrEqual(LEAST_KILLED);
  });
}

if (isPlayed) describe.each(engines)("$name", playedOn);
