import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { all } from "../../src/gameday/events.ts";
import { reached } from "../../src/gameday/milestones.ts";
import { readPage } from "../../src/gameday/pages.ts";
import { scoreOf } from "../../src/gameday/scoring.ts";
import { readSession } from "../../src/gameday/session.ts";
import { verifyRun } from "../../src/suite/seal.ts";
import { dayIn, endDays, expectGone, leftOf, sweep } from "../support/gameday.ts";
import { openTerminal } from "../support/tmux.ts";

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "gameday-test-"));
});
afterAll(async () => {
  await endDays(out);
  await rm(out, { recursive: true, force: true });
});

const page = readPage(await readFile("runbooks/samples/drop-table.md", "utf8"), "drop-table");
/** By how it is called: numbers change with the procedure. */
const at = (say: string) => {
  const index = page.steps.findIndex((one) => one.say.startsWith(say));
  if (index < 0) throw new Error(`no step "${say}" on the page`);
  return index;
};
const step = (say: string) => page.steps[at(say)]?.script ?? "";
const START = "--sandbox docker --rows 3000 --within 2s";

test("a team that follows the page recovers, and is told so", { timeout: 400_000 }, async () => {
  const results = join(out, "well");
  await using operator = await openTerminal("well-operator", out);
  await operator.type(`fogbell gameday start drop-table --solo ${START} --out ${results}`);
  await operator.sees(/Seal: [0-9a-f]{64}/);
  await operator.sees("can reach nothing outside the sandbox");
  await operator.sees(/>> a customer: /);
  await operator.enter('db -c "\\dt"');
  await operator.enter("see orders is missing, its children are there");
  await operator.enter("note incident declared");
  await operator.enter("tell checkout is down, next word in 20 minutes");
  await operator.enter("runbook");
  await operator.enter("export PGPASSWORD=hunter2secret");
  for (const { script } of page.steps.slice(0, at("List every copy"))) await operator.enter(script, true);
  await operator.enter(step("List every copy"));
  const list = await operator.sees(/\S+ +hourly\/shop-\S+\.sql\.gz/);
  const point = /hourly\/shop-\S+\.sql\.gz/.exec(list)?.[0] ?? "";
  await operator.enter(`POINT=${point}`);
  await operator.enter("decide restore from hourly, beside");
  await operator.enter(step("Fetch the chosen copy"));
  for (const { script } of page.steps.slice(at("Read the copy"), at("Let the application")))
    await operator.enter(script, true);
  await operator.enter('db -Atc "select count(*) from orders"');
  await operator.enter("see counts match what the copy held");
  await operator.enter(step("Let the application"), true);
  await operator.enter(step("Take a fresh backup"), true);
  await operator.enter("todo measure the age of the newest dump --owner platform --due 2027-01-15");
  await operator.type("fogbell gameday end");
  await operator.sees("What surprised us?");
  await operator.type("that the keys of other tables were gone");
  await operator.sees("Where did we wait?");
  await operator.type("");
  await operator.type("createdb => createdb -T template0");
  await operator.type("");
  await operator.sees("An action for somebody?");
  await operator.type("");
  const screen = await operator.sees("The report has the answers");
  expect(screen).toMatch(/RECOVERED {2}RTA .* RPA 40m 00s/);
  expect(screen).toContain("elapsed");

  const { folder, events } = await dayIn(results);
  const score = scoreOf(events);
  expect(score?.hardFails).toEqual([]);
  expect(score?.total).toBeGreaterThanOrEqual(90);
  const found = reached(events);
  expect(Object.keys(found)).toHaveLength(12);
  expect(found.preserved).toBeLessThan(found["restore-began"] ?? 0);
  expect(all(events, "command").filter(({ printed }) => printed !== undefined).length).toBeGreaterThan(10);
  const report = await readFile(join(folder, "after-action.md"), "utf8");
  for (const words of [
    "measure the age of the newest dump",
    "keys of other tables were gone",
    "+createdb -T template0",
  ])
    expect(report).toContain(words);
  for (const file of await readdir(folder))
    expect(await readFile(join(folder, file), "utf8"), file).not.toContain("hunter2secret");
  expect((await verifyRun(folder, null)).faults).toEqual([]);
  const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8"));
  expect(result).toMatchObject({ verdict: "recovered", scenario: { by: "people" } });
  expect(Object.keys(result.marks)).toHaveLength(10);
  expect(leftOf(result.runId)).toEqual([]);
});

test("a team that takes the first copy, keeps no evidence and opens unverified falls into the trap", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "trap");
  await using operator = await openTerminal("trap-operator", out);
  await operator.type(`fogbell gameday start drop-table --solo ${START} --out ${results}`);
  await operator.sees(/>> a customer: /);
  const { pid = 0 } = (await readSession((await dayIn(results)).folder)) ?? {};
  await operator.enter("hint");
  await operator.enter('db -c "select count(*) from orders"');
  await operator.enter("gunzip --version >/dev/null; ls $STORE/old-export");
  await operator.enter(step("Keep the application out"), true);
  await operator.enter("fogbell backups fetch $(cd $STORE && ls old-export/*[0-9]Z.sql)");
  await operator.enter("createdb $SIDE_DATABASE && psql -Xq -o /dev/null -d $SIDE_DATABASE <$BACKUP");
  await operator.enter("pg_dump -d $SIDE_DATABASE -t orders | psql -Xq -o /dev/null -d $PGDATABASE");
  await operator.enter("rm -r $STORE/nightly");
  await operator.enter(step("Let the application"), true);
  await operator.type("fogbell gameday end");
  await operator.sees("What surprised us?");
  const screen = await operator.text();
  expect(screen).toMatch(/LOST {2}RTA/);
  expect(screen).toContain("HARD FAIL");
  const { folder, events } = await dayIn(results);
  const score = scoreOf(events);
  expect(score?.hardFails.join(" ")).toMatch(/a source was changed or removed: nightly/);
  expect(score?.hardFails.join(" ")).toMatch(/before the data was verified/);
  expect(
    all(events, "trap")
      .map(({ when }) => when)
      .sort(),
  ).toEqual(["restore-before-preserve", "source-used"]);
  expect(score?.total).toBeLessThan(40);
  expect(score?.capabilities.find(({ name }) => name === "preserve")?.grade).toBe("not performed");
  const report = await readFile(join(folder, "after-action.md"), "utf8");
  expect(report).toContain("the first copy that was found is rarely the best");
  expect(report).toContain("hint 1");
  await expectGone(pid);
});

test("a blind day leaks nothing until it is over, and is abandoned at a word", { timeout: 300_000 }, async () => {
  const results = join(out, "blind");
  const ids = (await readdir("scenarios")).flatMap((name) => name.match(/^(.*)\.drill\.yaml$/)?.[1] ?? []);
  await using operator = await openTerminal("blind-operator", out);
  await using other = await openTerminal("blind-scribe", out);
  await operator.type(`fogbell gameday start --blind --engine postgres ${START} --out ${results}`);
  // Whichever was drawn: who speaks first differs, and not every disaster rings the pager.
  await operator.sees("-- alarm: the clock runs");
  await operator.enter("env; ps axww 2>/dev/null; cat $DESK/* 2>/dev/null; history; ls -la / $HOME");
  await other.type(`fogbell gameday join --role scribe --out ${results}`);
  await other.sees("scribe joined");
  const { folder } = await dayIn(results);
  const session = await readSession(folder);
  const seen = [
    await operator.text(),
    await other.text(),
    ...(await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), "utf8")))),
    execFileSync("ps", ["-o", "args=", "-p", String(session?.pid)], { encoding: "utf8" }),
    execFileSync("docker", ["inspect", String(session?.shell?.door.container)], { encoding: "utf8" }),
  ].join("\n");
  expect(seen.length).toBeGreaterThan(5000);
  expect(ids.filter((id) => seen.includes(id))).toEqual([]);
  expect(leftOf(session?.dayId ?? "").length).toBeGreaterThan(0);

  await other.press("C-c");
  // What is typed before the shell is back belongs to the program that leaves.
  await other.sees(/bash-\S*# *\n*$/);
  await other.type(`fogbell gameday end --abandon --out ${results}`);
  await other.sees(/VOID .*\n.*abandoned/);
  await operator.sees("the game day was abandoned");
  await operator.sees(/It was [a-z-]+\. The seal/);
  const { events } = await dayIn(results);
  expect(scoreOf(events)).toBeNull();
  expect(all(events, "day-ended")).toMatchObject([{ abandoned: true }]);
  const [opened] = all(events, "revealed");
  const check = execFileSync("sh", ["-c", `echo "${opened?.salt} ${opened?.sha256}" | sha256sum`], {
    encoding: "utf8",
  });
  expect(check.split(" ")[0]).toBe(all(events, "day-began")[0]?.seal);
  expect(leftOf(session?.dayId ?? "")).toEqual([]);
  await expectGone(session?.pid ?? 0);
});

test("two terminals: injects, pauses and corrections; one drops and comes back; a killed keeper leaves nothing to gc", {
  timeout: 300_000,
}, async () => {
  const results = join(out, "two");
  await using operator = await openTerminal("two-operator", out);
  await using facilitator = await openTerminal("two-facilitator", out);
  await using scribe = await openTerminal("two-scribe", out);
  await operator.type(`fogbell gameday start drop-table ${START} --out ${results}`);
  await facilitator.type("clear");
  await operator.sees(/>> a customer: /);
  await facilitator.type(`fogbell gameday join --role facilitator --out ${results}`);
  await facilitator.sees("scenario: drop-table");
  await facilitator.sees(/inject 2, waiting/);
  await facilitator.type("note the team looks at the pager");
  await facilitator.sees("facilitator note: the team looks at the pager");
  const say = (words: string) => scribe.type(`fogbell gameday ${words} --out ${results}`);
  await say("hold 1");
  await scribe.sees("inject 1 held");
  await say("inject 2");
  await scribe.sees("inject 2 fired");
  await operator.sees(/>> to operator: A teammate offers to run the migrations again/);
  await operator.enter('db -c "\\d orders"');
  await facilitator.sees("REACHED detected");
  await say("mark detected --after 5s seen on the dashboard before");
  await facilitator.sees(/CORRECTED detected at 5\.0 s/);
  await say("pause a real page came in");
  await operator.sees("-- paused: by facilitator: a real page came in");
  // The word is said at once, prompts hear of it a moment later.
  const prompted = async () => {
    await operator.enter("");
    return operator.text();
  };
  await expect.poll(prompted, { timeout: 20_000, interval: 500 }).toContain("PAUSED for a real incident");
  await say("resume");
  await operator.sees("resumed by facilitator");

  await operator.drop();
  await facilitator.drop();
  await using again = await openTerminal("two-again", out);
  await again.type(`fogbell gameday shell --out ${results}`);
  await again.sees(/>> pager: CRITICAL/);
  await again.enter("history | tail -3");
  expect(await again.text()).toContain('db -c "\\d orders"');

  const { folder, events } = await dayIn(results);
  expect(reached(events).detected).toBe(5000);
  const { pid, dayId } = (await readSession(folder)) ?? { pid: 0, dayId: "" };
  process.kill(pid, "SIGKILL");
  await expectGone(pid);
  expect(leftOf(dayId).length).toBeGreaterThan(0);
  await sweep(dayId);
  expect(leftOf(dayId)).toEqual([]);
  await say("status");
  await scribe.sees("no game day is running");
});
