/** Which drills are drilled again, from journals as drills leave them. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { type Plan, plan } from "../../src/plan/plan.ts";
import type { EventBody, ScenarioFacts } from "../../src/record.ts";
import { loadScenario } from "../../src/scenario/load.ts";
import { lastFailed, leftOutText } from "../../src/suite/last-failed.ts";
import { nameOf } from "../../src/suite/suite.ts";
import { END, finding, stamped, WELL } from "../fakes/events.ts";
import { SMALL } from "../support/play.ts";

let results = "";
beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), "last-failed-"));
});
afterEach(() => rm(results, { recursive: true }));

const small = plan(await loadScenario(SMALL, catalog), catalog);
const planOf = (id: string): Plan => ({ ...small, scenario: { ...small.scenario, id } });
const LOST = finding("verify", "rows", "no");

/** A kept drill; `more` events make it a longer one, so a newer one. */
async function kept(runId: string, scenario: Partial<ScenarioFacts>, more: readonly EventBody[] = []): Promise<void> {
  const bodies = WELL.map((body) =>
    body.kind === "drill-began" ? { ...body, runId, scenario: { ...body.scenario, ...scenario } } : body,
  );
  await mkdir(join(results, runId));
  const lines = stamped([...bodies, ...more, ...END]).map((event) => `${JSON.stringify(event)}\n`);
  await writeFile(join(results, runId, "journal.jsonl"), lines.join(""));
}
const again = async (...ids: string[]) => {
  const found = await lastFailed(ids.map(planOf), { results, bandwidth: undefined });
  return { ...found, plans: found.plans.map(nameOf), text: leftOutText(found, "results") };
};

describe("--last-failed", () => {
  test("takes those whose newest result failed, and counts the others", async () => {
    await kept("a1", { id: "a" }, [LOST]);
    await kept("b1", { id: "b" });
    expect(await again("a", "b", "c")).toEqual({
      plans: ["a on postgres 15"],
      passed: 1,
      unknown: 1,
      text: "Not run again: in results, 1 ended as designed, and 1 has no result there.",
    });
    expect((await again("a")).text).toBeNull();
  });
  test("goes by the newest: what was mended since is not run again, what broke since is", async () => {
    await kept("a1", { id: "a" }, [LOST]);
    await kept("a2", { id: "a" }, [finding("verify", "sql", "yes"), finding("verify", "sql", "yes")]);
    await kept("b1", { id: "b" });
    await kept("b2", { id: "b" }, [LOST]);
    expect((await again("a", "b")).plans).toEqual(["b on postgres 15"]);
  });
  test("as designed is no failure, and recovered where lost was designed is one", async () => {
    await kept("a1", { id: "a", designed: "lost" }, [LOST]);
    await kept("b1", { id: "b", designed: "lost" });
    expect((await again("a", "b")).plans).toEqual(["b on postgres 15"]);
  });
  test("nothing failed: nothing to run, and that is said", async () => {
    await kept("a1", { id: "a" });
    expect(await again("a", "b")).toMatchObject({
      plans: [],
      text: "Nothing failed, nothing is run: in results, 1 ended as designed, and 1 has no result there.",
    });
  });
  test("nothing is known: an error, because that is no pass", async () => {
    await kept("a1", { id: "a", kind: "verify" });
    await kept("a2", { id: "a", by: "people" });
    await kept("a3", { id: "a", engine: "mariadb" });
    await kept("a4", { id: "a", variant: "over 2 MB/s" });
    await expect(again("a")).rejects.toMatchObject({ code: "FB_NOTHING_TO_RUN" });
    const slow = await lastFailed([planOf("a")], { results, bandwidth: 2e6 });
    expect(slow).toEqual({ plans: [], passed: 1, unknown: 0 });
  });
});
