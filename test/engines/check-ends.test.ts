import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { CHECK_ENDS, type Target } from "../../src/parts.ts";

const RESERVED = new Set<number>(Object.values(CHECK_ENDS));
const TARGETS: readonly Target[] = [{ to: "end-of-log" }, { to: "before-damage", by: "time" }];

/** Lines of checks that end with a code that means something to whoever asks, by what they say. */
const MEANT = [
  "Does the copy come back by itself?",
  "Read the copy to its end: is it whole, and of this version?",
  "Is the copy whole, of this version, and does it come back by itself?",
  "Is the log of the same server, is no piece of it missing, and can every record be read?",
  "Is every file of the log there, whole, readable, and does each go on where the one before it ends?",
];

test("a check ends with a code of CHECK_ENDS only where that is what it means", () => {
  const lines = catalog.engines.flatMap((engine) =>
    engine.methods.flatMap((method) =>
      TARGETS.flatMap((target) =>
        method.variants.flatMap(({ options }) => {
          const facts = method.facts(method.options.parse(options(0) ?? {}));
          return [false, true].flatMap((hasLog) => method.check({ ...facts, hasLog }, target));
        }),
      ),
    ),
  );
  expect(lines.length).toBeGreaterThan(20);
  const wrong = lines.filter(
    ({ say, script }) =>
      !MEANT.includes(say) && [...script.matchAll(/\bexit (\d+)\b/g)].some(([, code]) => RESERVED.has(Number(code))),
  );
  // awk's own codes stay inside of a condition.
  expect([
    ...new Set(wrong.filter(({ script }) => !script.includes("END { if (!full) exit 5")).map(({ say }) => say)),
  ]).toEqual([]);
});
