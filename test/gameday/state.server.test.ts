/** Judged by what the world shows: a team that types one word, the name of its script, earns what typed lines earn. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { reached } from "../../src/gameday/milestones.ts";
import { readPage } from "../../src/gameday/pages.ts";
import { scoreOf } from "../../src/gameday/scoring.ts";
import { dayIn, endDays } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-state-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

test("a procedure in one function earns the same, and evidence that is dropped again earns nothing", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "script");
  const { steps } = readPage(await readFile("runbooks/samples/drop-table.md", "utf8"), "drop-table");
  const script = steps
    .map(({ script: line }) => line)
    .map((line) => (line.startsWith("fogbell backups list") ? 'POINT=$(cd "$STORE" && ls hourly/*.gz)' : line))
    .join("\n");
  await using operator = await openTerminal("state-operator", out);
  await operator.type(`fogbell gameday start drop-table --within 1s --sandbox local --rows 3000 --out ${results}`);
  await operator.sees(/>> a customer: /);
  await operator.enter(`mend() {\n${script}\n}`, true);
  await operator.enter("mend");
  // Looks are taken every 0.7 s and when a command has ended, beside the shell: what was there for less is not seen.
  const sees = async () => all((await dayIn(results)).events, "milestone").map(({ milestone }) => milestone);
  const shown = ["contained", "preserved", "reopened", "normal"];
  await expect.poll(sees, { timeout: 20_000, interval: 300 }).toEqual(expect.arrayContaining(shown));
  await operator.enter("rm $EVIDENCE/*");
  await operator.type("fogbell gameday end");
  const screen = await operator.sees("What surprised us?");
  const { events } = await dayIn(results);
  const found = reached(events);
  const from = Object.fromEntries(all(events, "milestone").map((one) => [one.milestone, one.from]));
  for (const one of ["contained", "preserved", "reopened", "normal"] as const) {
    expect(found[one], `${one}\n${screen}`).toBeDefined();
    expect(from[one]).toBe("state");
  }
  // All of it can take less time than passes between two looks, which tell no order within it.
  expect(found.contained).toBeLessThanOrEqual((found.reopened ?? 0) + 1000);
  expect(found.preserved).toBeLessThanOrEqual((found.reopened ?? 0) + 1000);
  const score = scoreOf(events);
  const of = (name: string) => score?.capabilities.find((one) => one.name === name);
  expect(of("contain")).toMatchObject({ points: 15, of: 15 });
  expect(of("source choice")).toMatchObject({ points: 20, of: 20 });
  expect(of("restore and verify")).toMatchObject({ points: 14, of: 14, unscored: 6 });
  expect(of("preserve")).toMatchObject({ points: 0, of: 10 });
  expect(score?.hardFails).toEqual([expect.stringMatching(/evidence was changed or removed: .*damaged\.dump/)]);
  expect(screen).toContain("of 94 (6 points not scored)");
});
