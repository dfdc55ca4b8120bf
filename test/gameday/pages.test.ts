/** The pages on the door of a team that never drilled. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { pagesFor } from "../../src/gameday/pages.ts";

/** No real page of theirs is shipped yet. */
const UNTESTED = ["mysql", "sqlite"];

test.each(catalog.engines.map(({ name }) => name))("%s has its own, or none", async (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "door-test-"));
  try {
    const pages = await pagesFor(folder, join(folder, "never"), engine);
    expect(pages.length).toBe(UNTESTED.includes(engine) ? 0 : 1);
    for (const { text, steps } of pages) {
      expect(text).toContain(`| Engine | ${engine} `);
      expect(steps.length).toBeGreaterThan(10);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
