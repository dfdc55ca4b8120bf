/** What people type at 2 a.m. is read off paper: no line of a procedure that ships may run out of it. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Line } from "../../src/parts.ts";
import { describe as describePlan } from "../../src/plan/describe.ts";
import { plan } from "../../src/plan/plan.ts";
import { variantNames } from "../../src/plan/variants.ts";
import { listScenarios } from "../../src/scenario/library.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { methodLines } from "../support/method-lines.ts";

const PAPER_COLUMNS = 72;

const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));

/** In the server's settings a command stands on one line, however long. */
const SETTING = /^restore_command = '/;

const tooWide = (lines: readonly Pick<Line, "script">[]) =>
  [...new Set(lines.flatMap(({ script }) => script.split("\n")))].filter(
    (line) => line.length > PAPER_COLUMNS && !SETTING.test(line),
  );

const played = catalog.engines.filter(({ name }) => scenarios.some(({ engines }) => name in engines));

describe.each(played.map((engine) => ({ engine, name: engine.name })))("$name", ({ engine }) => {
  const offered = scenarios.filter(({ engines }) => engine.name in engines);

  test.each(offered)("$id", (scenario) => {
    const planned = plan(scenario, catalog, { engine: engine.name });
    const steps = describePlan(planned).commands.filter(({ phase }) => phase !== "damage");
    expect(steps).not.toEqual([]);
    expect(tooWide([...steps, ...methodLines(planned)])).toEqual([]);
  });

  test.each(variantNames(engine))("backed up by %s", (variant) => {
    const dropped = offered.find(({ id }) => id === "drop-table");
    if (dropped === undefined) return expect.unreachable();
    const planned = plan(dropped, catalog, { engine: engine.name, variant });
    expect(tooWide(methodLines(planned))).toEqual([]);
  });
});
