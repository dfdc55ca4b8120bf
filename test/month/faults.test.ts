/** A month in which nothing can be reached: each thing that was due is said to be not done, and the page is written all the same. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { doItems, programmeOf } from "../../src/month/do-items.ts";
import { isDone } from "../../src/month/items.ts";
import { makeMonth } from "../../src/month/make-month.ts";
import { configOf } from "../support/verifying.ts";

let out = "";
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "month-"));
});
afterEach(() => rm(out, { recursive: true }));

const config = (more = "", store = "directory:/nowhere/at/all") =>
  configOf(
    `version: 1\n${more}databases:\n  - name: shop\n    engine: postgres\n    objectives: { rto: 10m, rpo: 25h }\n    sources: [{ store: "${store}" }]\n`,
  );
const doing = (told: ReturnType<typeof config>) =>
  doItems({
    catalog,
    config: told,
    out,
    sandbox: "local",
    trustBackups: true,
    version: "0",
    secrets: [],
    random: () => 0,
    runs: [],
    signal: new AbortController().signal,
    onEvent: () => {},
    say: () => {},
  });

test("a programme that names a scenario which is gone is said once, and the others stay", async () => {
  const { ids, gone } = await programmeOf(config("month:\n  drills: [drop-table, drop-tabel]\n"));
  expect(ids).toEqual(["drop-table"]);
  expect(gone.map(({ database, scenario, outcome }) => [database, scenario, isDone(outcome)])).toEqual([
    [null, "drop-tabel", false],
  ]);
  expect(JSON.stringify(gone)).toContain("drop-tabel");
});

test("a store that is away: nothing is good, everything says why, and the month has its page", async () => {
  const told = config("month:\n  drills: [no-such-scenario]\n");
  const { month, files } = await makeMonth({
    catalog,
    config: told,
    out,
    done: [],
    paper: "a4",
    nowMs: Date.UTC(2026, 10, 28, 9),
    doItems: () => doing(told),
  });
  const outcomes = month.items.map(({ kind, database, outcome }) => [
    kind,
    database,
    isDone(outcome) ? outcome.verdict : outcome.isIdle,
  ]);
  expect(outcomes).toEqual([
    ["drill", null, false],
    ["newest", "shop", expect.not.stringMatching("recovered")],
    ["older", "shop", false],
  ]);
  expect(month.gate.passes).toBe(false);
  // One trouble, however much was due there; and the programme's.
  expect(month.actions.map(({ text }) => text.split(":")[0])).toEqual(["The programme", "shop"]);
  expect((await readdir(join(out, "months/2026-11"))).sort()).toEqual(
    ["gameday.ics", "month.html", "month.json", "month.md", "month.pdf"].sort(),
  );
  expect(files.at(-1)).toContain("month.json");
  expect(await readFile(join(out, "months/2026-11/month.md"), "utf8")).toContain("NOT DONE");
  const invitation = await readFile(join(out, "months/2026-11/gameday.ics"), "utf8");
  expect(invitation).toContain("DTSTART:20261208T090000Z");
  // Who plays must not know what.
  for (const { id } of month.actions) expect(invitation).not.toContain(id);
});

test("a wrong number of an action ends it before anything is run", async () => {
  let ran = false;
  const told = config();
  const made = makeMonth({
    catalog,
    config: told,
    out,
    done: ["2026-10.9"],
    paper: "a4",
    nowMs: Date.UTC(2026, 10, 28, 9),
    doItems: async () => {
      ran = true;
      return [];
    },
  });
  await expect(made).rejects.toThrow("no open action is called 2026-10.9");
  expect(ran).toBe(false);
});
