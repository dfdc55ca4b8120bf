/** A new part gets its suite by its line in the catalogue. Stores and sandboxes need a place: theirs are called beside them. */
import { describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { checkProbeContract, copyProbeContract } from "./copy-probe.ts";
import { engineContract, methodContract } from "./engine.ts";
import { probeContract } from "./probe.ts";
import { reporterContract } from "./reporter.ts";

for (const engine of catalog.engines) {
  describe(`engine ${engine.name}`, () => engineContract(engine));
  for (const method of engine.methods)
    describe(`method ${engine.name} ${method.name}`, () => methodContract(engine, method));
}
for (const probe of catalog.probes) describe(`probe ${probe.name}`, () => probeContract(probe));
for (const probe of catalog.copyProbes) describe(`probe of copies ${probe.name}`, () => copyProbeContract(probe));
for (const probe of catalog.checkProbes) describe(`probe of checks ${probe.name}`, () => checkProbeContract(probe));
for (const reporter of catalog.reporters) describe(`reporter ${reporter.name}`, () => reporterContract(reporter));

const parts = [...catalog.engines.flatMap(({ methods }) => methods), ...Object.values(catalog).flat()];
test.each(parts.map((part) => [part.name, part] as const))(
  "%s says what it is, and knows its own options",
  (_, part) => {
    expect(part.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(part.summary).toMatch(/^\S.*\.$/s);
    expect(part.options.safeParse({ "no such option": 1 }).success).toBe(false);
    expect([part.gives, part.needs].every(Array.isArray)).toBe(true);
  },
);
