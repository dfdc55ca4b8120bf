/** What a CI system sees of the program: an exit code for each verdict, reports in files, messages, shards, many at once. */
import { existsSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labelledFolders } from "../../src/host/scratch.ts";
import type { ScorecardRow } from "../../src/paper/scorecard.ts";
import type { DrillResult, Verdict } from "../../src/record.ts";
import { readJournal } from "../../src/result/result.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { startFogbell } from "../support/fogbell.ts";
import { listen } from "../support/listener.ts";
import { SMALL } from "../support/play.ts";

let folder: string;
beforeAll(async () => {
  if (!existsSync("dist/main.js")) throw new Error("npm run build first");
  folder = await mkdtemp(join(tmpdir(), "reports-test-"));
});
afterAll(() => rm(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);

/** A scenario of its own, made of the small one. */
async function scenario(id: string, change: (text: string) => string): Promise<string> {
  const file = at(`${id}.drill.yaml`);
  const text = (await readFile(SMALL, "utf8")).replace("id: small", `id: ${id}`);
  const changed = change(text);
  if (changed === text && !id.startsWith("plain")) throw new Error(`${id} changes nothing`);
  await writeFile(file, changed);
  return file;
}
const run = (file: string, out: string, ...more: string[]) => [
  "run",
  file,
  "--sandbox",
  "local",
  "--out",
  at(out),
  ...more,
];
const withoutCopyBack = (text: string) => text.replace(/.*do: copy-table-back.*\n/, "");

describe("the exit code is the verdict", () => {
  const verdicts: [Verdict, number, (text: string) => string][] = [
    ["late", 3, (text) => text.replace("rto: 10m", "rto: 1ms")],
    ["lost", 1, withoutCopyBack],
    [
      "void",
      4,
      (text) => text.replace("probe: table-missing, table: orders", "probe: table-missing, table: customers"),
    ],
  ];
  test.each(verdicts)("%s: %i", async (verdict, wanted, change) => {
    const file = await scenario(`is-${verdict}`, change);
    const { code, stdout } = await startFogbell(run(file, verdict, "--json")).ended;
    expect([(JSON.parse(stdout) as DrillResult).verdict, code]).toEqual([verdict, wanted]);
  });
  test("recovered: 0; of several drills the worst", async () => {
    const [late, lost] = [at("is-late.drill.yaml"), at("is-lost.drill.yaml")];
    const good = await startFogbell(run(SMALL, "recovered")).ended;
    expect([good.code, good.stdout.includes("RECOVERED")]).toEqual([0, true]);
    const several = await startFogbell(["run", late, lost, "--sandbox", "local", "--out", at("several")]).ended;
    expect(several.code).toBe(1);
    expect(several.stdout).toMatch(/2 drills: 1 lost, 1 late/);
  });
  test("refused: 5, here because somebody put another backup in the place of ours", async () => {
    const file = await scenario("is-refused", (text) => text.replace(/.*name: nightly.*\n/, ""));
    const store = at("store");
    const { mkdir } = await import("node:fs/promises");
    await mkdir(store);
    const { ended } = startFogbell(run(file, "refused", "--json", "--store", `directory:${store}`));
    let isOver = false;
    void ended.then(() => (isOver = true));
    let swapped = 0;
    while (!isOver && swapped === 0) {
      const files = await readdir(store, { recursive: true }).catch(() => []);
      for (const name of files.filter((one) => one.endsWith(".gz"))) {
        await writeFile(join(store, name), gzipSync(gunzipSync(await readFile(join(store, name))), { level: 1 }));
        swapped += 1;
      }
      await wait(5);
    }
    const { code, stdout } = await ended;
    const { verdict, problems } = JSON.parse(stdout) as DrillResult;
    expect([swapped, verdict, problems[0]?.code, code]).toEqual([1, "refused", "FB_FOREIGN_BACKUP", 5]);
  });
});

describe("reports", () => {
  test("several at once, one file each, of a drill that is lost", async () => {
    const names = ["json=r.json", "junit=r.xml", "ctrf=c.json", "markdown=r.md", "metrics=m.prom", "line=log.txt"];
    const flags = names.flatMap((one) => ["--reporter", one.replace("=", `=${at("files")}/`)]);
    const { code, stdout } = await startFogbell(run(at("is-lost.drill.yaml"), "reported", ...flags)).ended;
    expect([code, stdout.includes("LOST")]).toEqual([1, true]);
    const text = (name: string) => readFile(at("files", name), "utf8");
    expect(JSON.parse(await text("r.json"))).toMatchObject({ verdict: "lost" });
    expect(await text("r.xml")).toMatch(/<failure message="lost: verify: rows of orders/);
    expect(await text("m.prom")).toContain('verdict="lost"} 1');
    expect(await text("r.md")).toMatch(/^# Fogbell: 1 lost/);
    expect(await text("log.txt")).toMatch(/✓ restore[\s\S]*LOST/);
    expect(JSON.parse(await text("c.json"))).toMatchObject({ reportFormat: "CTRF" });
  });
  test("in a GitHub job: the summary, and the YAML line that failed", async () => {
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: at("summary.md"), GITHUB_WORKSPACE: folder };
    const { ended } = startFogbell(run(at("is-lost.drill.yaml"), "github", "--json"), env, folder);
    const { stderr } = await ended;
    const lines = (await readFile(at("is-lost.drill.yaml"), "utf8")).split("\n");
    const [, line] = /^::error .*line=(\d+),title=lost%3A is-lost on postgres 15::/m.exec(stderr) ?? [];
    expect(lines[Number(line) - 1]).toContain("probe: rows, tables: [orders]");
    expect(await readFile(at("summary.md"), "utf8")).toContain("| **lost** | is-lost on postgres 15 |");
  });
  test("a misspelt reporter is found out before anything starts", async () => {
    const { code, stderr } = await startFogbell(run(SMALL, "misspelt", "--reporter", "junti")).ended;
    expect([code, existsSync(at("misspelt"))]).toEqual([2, false]);
    expect(stderr).toContain('did you mean "junit"?');
  });
  test("messages and signs of life go where the environment says, and their URLs nowhere else", async () => {
    await using there = await listen();
    const env = {
      FOGBELL_NOTIFY_WEBHOOK: `${there.url}/planted-hook`,
      FOGBELL_NOTIFY_SLACK: "http://127.0.0.1:9/planted-slack",
      FOGBELL_PING: `${there.url}/planted-ping/{exit}`,
    };
    const first = await startFogbell(run(at("is-lost.drill.yaml"), "told"), env).ended;
    const second = await startFogbell(run(at("is-lost.drill.yaml"), "told"), env).ended;
    expect([first.code, second.code]).toEqual([1, 1]);
    const paths = there.heard.map(({ path }) => path).sort();
    expect(paths).toEqual(["/planted-hook", "/planted-ping/1", "/planted-ping/1"]);
    expect(first.stderr).toMatch(/slack was not told: /);
    const files = (await readdir(at("told"), { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(4);
    const texts = await Promise.all(files.map((one) => readFile(join(one.parentPath, one.name), "utf8")));
    for (const text of [first.stdout, first.stderr, second.stderr, ...texts]) expect(text).not.toContain("planted");
  });
  test("a receiver that is no URL is found out before anything starts, and not repeated", async () => {
    const { ended } = startFogbell(run(SMALL, "no-url"), { FOGBELL_NOTIFY_SLACK: "planted-secret" });
    const { code, stderr } = await ended;
    expect([code, existsSync(at("no-url"))]).toEqual([2, false]);
    expect(stderr).toContain("FB_NOTIFY_URL");
    expect(stderr).not.toContain("planted");
  });
});

describe("fogbell schedule", () => {
  const schedule = (...args: string[]) => startFogbell(["schedule", ...args]).ended;
  test("writes files and overwrites none", async () => {
    const first = await schedule(
      "--systemd",
      "--github",
      "--to",
      at("units"),
      "--",
      "run",
      "drop-table",
      "--rows",
      "5000",
    );
    expect([first.code, first.stderr]).toEqual([0, ""]);
    const service = await readFile(at("units", "fogbell.service"), "utf8");
    expect(service).toMatch(/^ExecStart=:\/\S+ \/\S+\/bin\/run\.js run drop-table --rows 5000$/m);
    expect(existsSync(at("units", ".github/workflows/fogbell.yml"))).toBe(true);
    expect(await schedule("--github", "--to", at("units"))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/FB_EXISTS/),
    });
  });
  test("prints them without --to, and under --json as a list", async () => {
    expect((await schedule("--cron", "--at", "23:05", "--on", "sunday")).stdout).toMatch(/^5 23 \* \* 0 cd /m);
    const { stdout } = await schedule("--cron", "--gitlab", "--json");
    expect(JSON.parse(stdout)).toMatchObject([{ file: "fogbell.cron" }, { file: "fogbell.gitlab-ci.yml" }]);
  });
  test.each([
    ["no system", [], /FB_SCHEDULE[\s\S]*fogbell schedule --cron/],
    ["a time that is none", ["--cron", "--at", "25:00"], /no time of day/],
    ["a command that is none", ["--cron", "--", "rnu", "drop-table"], /did you mean "run"/],
  ])("%s: 2, and what to type", async (_name, args, message) => {
    expect(await schedule(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
  });
});

interface Card {
  readonly jobs: number;
  readonly scorecard: ScorecardRow[];
  readonly results: DrillResult[];
}
/** A few of the library: all of it takes minutes, and is drilled one by one where it is tested. */
const FEW = ["run", "--all", "--shard", "1/9", "--engine", "postgres", "--rows", "3000", "--sandbox", "local"];

describe("many drills", () => {
  test("--jobs: no more sandboxes at once than asked for, marked contended, and a card at the end", async () => {
    const files = await Promise.all(["plain-a", "plain-b", "plain-c"].map((id) => scenario(id, (text) => text)));
    const jobs = ["--jobs", "2", "--sandbox", "local", "--out", at("jobs")];
    const { code, stdout, stderr } = await startFogbell(["run", ...files, ...jobs]).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Verdict +Drill +RTA[\s\S]*3 drills: 3 recovered\nSeveral drills ran at the same time/);
    expect(stderr).toMatch(/^\[plain-b on postgres 15\] {3}✓ restore/m);
    const spans = await Promise.all(
      (await readdir(at("jobs"))).map(async (runId) => {
        const events = readJournal(await readFile(at("jobs", runId, "journal.jsonl"), "utf8"));
        const [began] = events;
        expect(began).toMatchObject({ scenario: { contended: true } });
        const moment = (kind: string) => Date.parse(events.find((event) => event.kind === kind)?.at ?? "");
        return { from: moment("sandbox-opened"), to: moment("cleaned-up") };
      }),
    );
    const open = spans.map(({ from }) => spans.filter((one) => one.from <= from && from < one.to).length);
    expect([spans.length, Math.max(...open)]).toEqual([3, 2]);
  });
  test("--all --json: a row for each drill, with what was reached and what was wanted", async () => {
    const { code, stdout } = await startFogbell([...FEW, "--out", at("all"), "--json"]).ended;
    const { scorecard, results, jobs } = JSON.parse(stdout) as Card;
    expect([jobs, scorecard.length, results.map(({ runId }) => runId)]).toEqual([
      1,
      results.length,
      scorecard.map(({ runId }) => runId),
    ]);
    expect(results.length).toBeGreaterThan(1);
    for (const [index, row] of scorecard.entries()) {
      expect(row).toMatchObject({ engine: "postgres", verdict: results[index]?.verdict, contended: false });
      expect(row.rtoMs).toBe(results[index]?.objectives.rtoMs);
    }
    if (scorecard.every(({ verdict }) => verdict === "recovered")) expect(code).toBe(0);
  });
  test("Ctrl-C ends all that run, begins no other, and leaves nothing behind", async () => {
    const files = await Promise.all(["plain-d", "plain-e", "plain-f"].map((id) => scenario(id, (text) => text)));
    const { child, ended, seen } = startFogbell([
      "run",
      ...files,
      "--jobs",
      "2",
      "--sandbox",
      "local",
      "--out",
      at("interrupted"),
    ]);
    await Promise.all([seen(/\[plain-d .*✓ world/), seen(/\[plain-e .*sandbox/)]);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain("plain-f");
    const runs = await readdir(at("interrupted"));
    expect(runs.length).toBe(2);
    for (const runId of runs) {
      expect(await processesOf(runId)).toEqual([]);
      expect((await labelledFolders()).filter(({ label }) => label.runId === runId)).toEqual([]);
      const result = JSON.parse(await readFile(at("interrupted", runId, "result.json"), "utf8")) as DrillResult;
      expect(result).toMatchObject({ interrupted: true, verdict: "void", cleanup: { failed: [] } });
    }
  });
  test("shards: everything, once; their folders merge by copying", async () => {
    const files = await Promise.all(["plain-g", "plain-h"].map((id) => scenario(id, (text) => text)));
    for (const shard of ["1/2", "2/2"]) {
      const out = at(`shard-${shard[0]}`);
      const { code } = await startFogbell(["run", ...files, "--shard", shard, "--sandbox", "local", "--out", out])
        .ended;
      expect(code).toBe(0);
      const copy = { recursive: true, errorOnExist: true, force: false };
      for (const runId of await readdir(out)) await cp(join(out, runId), at("merged", runId), copy);
    }
    const runs = await readdir(at("merged"));
    const ids = await Promise.all(
      runs.map(async (runId) => {
        const text = await readFile(at("merged", runId, "result.json"), "utf8");
        return (JSON.parse(text) as DrillResult).scenario.id;
      }),
    );
    expect(ids.sort()).toEqual(["plain-g", "plain-h"]);
    const tooMany = await startFogbell(["run", ...files, "--shard", "4/4", "--out", at("none")]).ended;
    expect([tooMany.code, tooMany.stderr.includes("FB_SHARD")]).toEqual([2, true]);
  });
});
