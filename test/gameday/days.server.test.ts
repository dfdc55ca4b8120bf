/**
 * Days beside this machine's own programs: a terminal that drops, nothing to restore, a keeper that is killed, another
 * engine, and a database whose place is taken by another.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { reached } from "../../src/gameday/milestones.ts";
import { scoreOf } from "../../src/gameday/scoring.ts";
import { readSession } from "../../src/gameday/session.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { dayIn, endDays, expectGone, pageIn, sweep } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-local-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

const MORE = "--sandbox local --rows 3000";
const COUNT = "db -e 'select count(*) from orders'";

test("nothing was lost: a team that comes back after its terminal dropped points the application home", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "home");
  await using operator = await openTerminal("home-operator", out);
  await operator.type(`fogbell gameday start empty-db-misdirect --within 1s ${MORE} --out ${results}`);
  await operator.sees("NOT ISOLATED: this isn't a container");
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

test("mariadb: a team that types the page of its last drill recovers, and each step is known", {
  timeout: 400_000,
}, async () => {
  const results = join(out, "mariadb");
  await using operator = await openTerminal("mariadb-operator", out);
  await operator.type(`fogbell run drop-table --engine mariadb ${MORE} --out ${results}; clear`);
  await expect.poll(() => pageIn(results).catch(() => null), { timeout: 180_000, interval: 500 }).not.toBeNull();
  const { steps } = await pageIn(results);
  await operator.type(`fogbell gameday start drop-table --engine mariadb --within 1s ${MORE} --out ${results}`);
  await operator.sees(/>> a customer: /);
  await operator.enter("db -e 'show tables'");
  await operator.enter("note incident declared");
  await operator.enter("tell checkout is down");
  for (const { script, say } of steps) {
    if (say.startsWith("Let the application in")) await operator.enter(COUNT);
    await operator.enter(script, true);
    if (!script.startsWith("fogbell backups list")) continue;
    const list = await operator.sees(/hourly\/shop-\S+\.sql\.gz/);
    await operator.enter(`POINT=${/hourly\/shop-\S+\.sql\.gz/.exec(list)?.[0]}`);
  }
  await operator.type("fogbell gameday end");
  expect(await operator.sees("What surprised us?")).toMatch(/RECOVERED {2}RTA .* RPA 40m 00s/);
  const { folder, events } = await dayIn(results);
  const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
  expect(result.measured).toMatchObject({ rowsMissing: 40, rowsExtra: 0 });
  const typed = all(events, "command").flatMap(({ printed }) => printed ?? []);
  expect(typed).toEqual(steps.map(({ say }) => say));
  // A step of several commands is one step: the first one stops the writers.
  expect(Object.keys(reached(events))).toEqual(
    expect.arrayContaining(["contained", "preserved", "reopened", "normal"]),
  );
  expect(scoreOf(events)?.total).toBeGreaterThanOrEqual(85);
  expect(await processesOf(result.runId)).toEqual([]);
});

test("a database that is gone: what the application is pointed at in the end is what is judged", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "elsewhere");
  await using operator = await openTerminal("elsewhere-operator", out);
  await operator.type(`fogbell gameday start wrong-tab-delete --within 1s ${MORE} --out ${results}`);
  await operator.sees(/>> a colleague: /);
  await operator.enter(`psql -d postgres -c '\\l'`);
  await operator.enter("fogbell backups list");
  await operator.enter("fogbell backups fetch $(cd $STORE && ls hourly/*.dump)");
  const roles = "psql -Xqd postgres -o /dev/null -f $GLOBALS 2>/dev/null";
  await operator.enter(`${roles}; createdb -T template0 $SIDE_DATABASE && pg_restore -d $SIDE_DATABASE $BACKUP`);
  const move = `select format('select setval(%L, last_value + 10000) from %s', s, s) from (select seqrelid::regclass as s from pg_sequence) x \\gexec`;
  await operator.enter(`echo "${move}" | psql -XAtd $SIDE_DATABASE; ${roles}`);
  await operator.enter('psql -d $SIDE_DATABASE -Atc "select count(*) from orders"');
  await operator.enter("echo database=$SIDE_DATABASE >$APP_CONFIG");
  await operator.type("fogbell gameday end");
  const screen = await operator.sees("What surprised us?");
  const { events } = await dayIn(results);
  const [judged] = all(events, "judged");
  const pointed = judged?.findings.find(({ subject }) => subject.startsWith("application-points"));
  expect(pointed).toMatchObject({ held: "yes", because: expect.stringContaining("another database") });
  expect(judged?.findings.find(({ subject }) => subject === "rows of all")?.held).toBe("yes");
  expect(screen).toMatch(/RECOVERED {2}RTA .* RPA 40m 00s/);
  expect(Object.keys(reached(events))).toEqual(expect.arrayContaining(["detected", "restore-began", "verified"]));
});
