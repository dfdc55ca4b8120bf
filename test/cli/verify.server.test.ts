/** The two commands of the README, as a person types them, on a folder that nobody described. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import type { DrillResult } from "../../src/record.ts";
import { stamp } from "../../src/world/timeline.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { startFogbell } from "../support/fogbell.ts";

const ago = (ageMs: number) => stamp(Date.now() - ageMs);
let folder: Awaited<ReturnType<typeof testFolder>>;
let store = "";
beforeAll(async () => {
  folder = await testFolder();
  store = join(folder.path, "backups");
  await mkdir(store);
  await using bench = await openBench(catalog.engines[0] as Engine);
  await bench.sh("createdb shop && psql -Xqd shop -c 'CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2)'");
  await bench.sh('pg_dump -Fc -d shop -f "$SCRATCH/x"');
  for (let day = 0; day < 4; day++) {
    await writeFile(join(store, `shop-${ago(day * 86_400_000 + 3_600_000)}.dump`), await bench.take("x"));
  }
});
afterAll(() => folder[Symbol.asyncDispose]());

const fogbell = (...args: string[]) => startFogbell(args, {}, folder.path).ended;
const SANDBOX = ["--sandbox", "local", "--trust-backups"];

test("init, verify, backups, schedule: from nothing to a job for every night", async () => {
  const none = await fogbell("verify");
  expect(none.code).toBe(2);
  expect(none.stderr).toMatch(/FB_NO_SOURCES[\s\S]*fogbell init --store/);
  const made = await fogbell("init", "--store", `directory:${store}`);
  expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining("Next: fogbell verify") });
  expect((await fogbell("init", "--store", `directory:${store}`)).stderr).toContain("FB_EXISTS");
  expect(await readFile(join(folder.path, "fogbell.yaml"), "utf8")).toMatch(/pattern: "shop-\*\.dump"\n\s+every: 1d/);
  const planned = await fogbell("verify", "--json", "--dry-run", ...SANDBOX);
  expect(planned.code).toBe(0);
  expect(JSON.parse(planned.stdout)).toMatchObject([{ database: "shop", sandbox: { name: "local" }, problems: [] }]);
  expect((await fogbell("verify", "--dry-run", "--reporter", "foo")).stderr).toContain("[FB_REPORTER_UNKNOWN]");
  expect(await fogbell("verify", "--dry-run", "--detach")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("FB_USAGE"),
  });
  await expect(readdir(join(folder.path, "drill-results"))).rejects.toMatchObject({ code: "ENOENT" });
  const verified = await fogbell("verify", "--json", ...SANDBOX, "--reporter", "junit=junit.xml");
  expect(verified.code).toBe(0);
  const result = JSON.parse(verified.stdout) as DrillResult;
  expect(result).toMatchObject({
    verdict: "recovered",
    scenario: { kind: "verify", id: "verify-shop" },
    verified: { rows: 2 },
  });
  expect(await readFile(join(folder.path, "junit.xml"), "utf8")).toMatch(/verify-shop/);
  const listed = await fogbell("backups");
  expect(listed.stdout).toMatch(new RegExp(`good \\(verified .*${result.runId}\\)`));
  expect((await fogbell("schedule", "--cron")).stdout).toMatch(/ verify /);
});

test("a bad newest one fails the build, and names the one to take", async () => {
  await writeFile(join(store, `shop-${ago(60_000)}.dump`), "");
  const { code, stdout } = await fogbell("verify", "shop", ...SANDBOX);
  expect(code).toBe(1);
  expect(stdout).toMatch(/BAD {2}shop:?\s[\s\S]*it is empty\. The newest good one is shop-/);
  expect((await fogbell("verify", "shopp")).stderr).toMatch(/FB_DATABASE_UNKNOWN|did you mean "shop"/);
});
