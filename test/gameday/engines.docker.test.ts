/** Days on another engine, and days on which something else takes the database's place. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { reached } from "../../src/gameday/milestones.ts";
import { scoreOf } from "../../src/gameday/scoring.ts";
import { dayIn, endDays, leftOf, pageIn } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-engines-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

const MORE = "--sandbox docker --rows 3000";
const COUNT = "db -e 'select count(*) from orders'";

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
  expect(leftOf(result.runId)).toEqual([]);
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
