/** A day beside this machine's own programs: a terminal that drops, nothing to restore, and a keeper that is killed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { reached } from "../../src/gameday/milestones.ts";
import { scoreOf } from "../../src/gameday/scoring.ts";
import { readSession } from "../../src/gameday/session.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { dayIn, endDays, expectGone, sweep } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-local-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

const MORE = "--sandbox local --rows 2000";

test("nothing was lost: a team that comes back after its terminal dropped points the application home", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "home");
  await using operator = await openTerminal("home-operator", out);
  await operator.type(`fogbell gameday start empty-db-misdirect --within 1s ${MORE} --out ${results}`);
  await operator.sees("NOT ISOLATED here");
  await operator.sees(/>> a customer: /);
  await operator.enter("cat $APP_CONFIG; note incident declared");
  await operator.drop();
  const { folder } = await dayIn(results);
  await expect
    .poll(async () => all((await dayIn(results)).events, "left").length, { timeout: 15_000, interval: 200 })
    .toBeGreaterThan(0);

  await using again = await openTerminal("home-again", out);
  await again.type(`fogbell gameday shell --out ${results}`);
  await again.sees(/>> a customer: /);
  await again.enter("history | tail -2");
  expect(await again.text()).toContain("cat $APP_CONFIG; note incident declared");
  await again.enter("psql -qd postgres -c 'alter database shop connection limit 0'");
  await again.enter("pg_dump -Fc -f $EVIDENCE/sibling.dump $SIBLING");
  await again.enter('sed -i "s/^database=.*/database=$DATABASE_NAME/" $APP_CONFIG');
  const strays = "(select email, name, country, profile, created_at from customers where email like 'stray%')";
  const columns = "customers (email, name, country, profile, created_at)";
  await again.enter(
    `psql -d $SIBLING -c "\\copy ${strays} to stdout" | psql -d shop -c "\\copy ${columns} from stdin"`,
  );
  await again.enter("db -Atc 'select count(*) from customers'");
  await again.enter("psql -qd postgres -c 'alter database shop connection limit -1'");
  await again.type("fogbell gameday end");
  expect(await again.sees("What surprised us?")).toMatch(/RECOVERED {2}RTA .* RPA 0 ms/);
  const { events } = await dayIn(results);
  const score = scoreOf(events);
  expect(score?.capabilities.find(({ name }) => name === "source choice")).toMatchObject({ points: 20 });
  expect(score?.hardFails).toEqual([]);
  expect(reached(events)["restore-began"]).toBeGreaterThan(reached(events).preserved ?? 0);
  expect(await readSession(folder)).toBeNull();
  expect(await processesOf(all(events, "day-began")[0]?.dayId ?? "none")).toEqual([]);
});

test("a keeper that is killed leaves servers and a shell, and gc leaves none of them", {
  timeout: 200_000,
}, async () => {
  const results = join(out, "killed");
  await using operator = await openTerminal("killed-operator", out);
  await operator.type(`fogbell gameday start empty-db-misdirect --within 10m ${MORE} --out ${results}`);
  await operator.sees(/on call, all quiet/);
  const { folder } = await dayIn(results);
  const { pid, dayId } = (await readSession(folder)) ?? { pid: 0, dayId: "" };
  process.kill(pid, "SIGKILL");
  await expectGone(pid);
  expect((await processesOf(dayId)).length).toBeGreaterThan(1);
  await sweep(dayId);
  expect(await processesOf(dayId)).toEqual([]);
  await operator.sees("killed");
});
