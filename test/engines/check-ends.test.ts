import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { CHECK_ENDS, type Target } from "../../src/parts.ts";

const RESERVED = new Set<number>(Object.values(CHECK_ENDS));
const TARGETS: readonly Target[] = [{ to: "end-of-log" }, { to: "before-damage", by: "time" }];

/** Lines of checks that end with a code that means something to whoever asks, by what they say. */
const MEANT = [
  "Check that the copy can be restored on its own.",
  "Read the copy to the end. Check that it's complete and of this version.",
  "Check the log: same server, no file missing, every record readable.",
  "Check the log: every file is there, complete, readable, and continues the one before.",
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
