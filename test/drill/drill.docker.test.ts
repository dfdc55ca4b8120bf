/** The whole drill in containers: the shipped scenario, real data from a real S3 server, and ways to die in the middle. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DrillEvent } from "../../src/record.ts";
import { s3 } from "../../src/stores/s3.ts";
import { type Ceph, startCeph } from "../support/ceph.ts";
import { startFogbell } from "../support/fogbell.ts";
import { play, SMALL } from "../support/play.ts";

const sandbox = "docker";
const docker = (...args: string[]) => execFileSync("docker", args, { encoding: "utf8" }).trim();
/** What carries a run's label: other runs may be going on on this machine. */
const labelled = (runId: string, ...list: string[]) => docker(...list, "--filter", `label=fogbell.run=${runId}`);
const left = (runId: string) => labelled(runId, "ps", "-aq") + labelled(runId, "volume", "ls", "-q");
const containerOf = (runId: string) => labelled(runId, "ps", "-q");

let ceph: Ceph;
beforeAll(async () => {
  ceph = await startCeph();
});
afterAll(() => ceph[Symbol.asyncDispose]());

test("the shipped scenario recovers, and nothing is left", async () => {
  const { result } = await play({ sandbox, scenario: "scenarios/drop-table.drill.yaml", rows: 20_000 });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result).toMatchObject({
    verdict: "recovered",
    measured: { rpaMs: 2_400_000, rowsExtra: 0 },
    cleanup: { failed: [] },
  });
  expect(result.sandbox?.isolation.length).toBeGreaterThan(2);
  expect(left(result.runId)).toBe("");
});

test("Sakila as production: its dump lies in a real S3 server, rental is dropped, and comes back", async () => {
  const data = resolve("../shared/data");
  const shared = ["sakila-postgres-schema.sql", "sakila-postgres-data.sql"].map((file) => join(data, file));
  const real = shared.every((file) => existsSync(file));
  const sql = real ? shared : [resolve("test/fixtures/rental.sql")];
  process.stdout.write(`real input: ${real ? "Sakila" : "the smaller schema of test/fixtures"}\n`);
  const folder = await mkdtemp(join(tmpdir(), "sakila-test-"));
  const { scenarioText } = await import("../../src/scenario/template.ts");
  const scenario = join(folder, "sakila.drill.yaml");
  await writeFile(scenario, scenarioText({ id: "sakila", sql, table: "rental", folder }));
  const url = await ceph.bucket("sakila", true);
  const { result, journal } = await play({
    sandbox,
    scenario,
    store: { driver: s3, options: s3.options.parse(s3.fromUrl(new URL(url))) },
    secrets: [ceph.secretKey, ceph.accessKey],
  });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result.verdict).toBe("recovered");
  const rows = result.findings.find(({ probe, subject }) => probe === "rows" && subject === "rental");
  if (real) expect(rows?.measured).toMatchObject({ rowsCompared: 16_044, rowsMissing: 0 });
  expect(journal).not.toContain(ceph.secretKey);
  // Names of customers are row values: they may be nowhere in the record.
  expect(journal).not.toMatch(/MARY\.SMITH|PATRICIA/);
  await rm(folder, { recursive: true });
});

/** Does something to a run's container at a chosen moment. */
function atMoment(is: (event: DrillEvent) => boolean, deed: (container: string) => void): (event: DrillEvent) => void {
  let runId = "";
  return (event) => {
    if (event.kind === "drill-began") runId = event.runId;
    if (is(event)) deed(containerOf(runId));
  };
}

test("a sandbox that is killed in mid-restore: void, with the reason, and nothing left", async () => {
  const { result } = await play({
    sandbox,
    onEvent: atMoment(
      (event) => event.kind === "command-began" && event.command.id === "restore.restore-beside.2",
      (container) => docker("kill", container),
    ),
  });
  expect(result).toMatchObject({ verdict: "void", problems: [{ code: "FB_SANDBOX_DIED" }], cleanup: { failed: [] } });
  expect(left(result.runId)).toBe("");
});

test("a server that is killed in mid-drill: lost or void with the step, never recovered", async () => {
  const crash = "kill -9 $(head -1 /var/lib/postgresql/fogbell/data/postmaster.pid)";
  const { result } = await play({
    sandbox,
    onEvent: atMoment(
      (event) => event.kind === "phase-began" && event.phase === "restore",
      (container) => docker("exec", container, "sh", "-c", crash),
    ),
  });
  expect(["lost", "void"]).toContain(result.verdict);
  expect(result.reasons.join()).toMatch(/failed with exit code/);
  expect(left(result.runId)).toBe("");
});

test("kill -9 in mid-drill, then gc: no container, no volume, no folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nine-test-"));
  const child = spawn(process.execPath, ["bin/run.js", "run", SMALL, "--sandbox", "docker", "--out", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await new Promise<void>((seen) => child.stderr.on("data", (text) => String(text).includes("✓ world") && seen()));
  const [runId = ""] = await readdir(folder);
  expect(left(runId)).not.toBe("");
  child.kill("SIGKILL");
  await new Promise((gone) => child.once("close", gone));
  expect(execFileSync(process.execPath, ["bin/run.js", "gc"], { encoding: "utf8" })).toMatch(
    /removed container[\s\S]*removed volume[\s\S]*removed folder/,
  );
  expect(left(runId)).toBe("");
  await rm(folder, { recursive: true });
});

test("a sandbox that is kept stands, and does not hold the process that made it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "keep-test-"));
  const { code, stderr } = await startFogbell(["run", SMALL, "--sandbox", "docker", "--keep", "--out", folder]).ended;
  expect(code, stderr).toBe(0);
  const [runId = ""] = await readdir(folder);
  expect(containerOf(runId)).not.toBe("");
  execFileSync(process.execPath, ["bin/run.js", "gc"]);
  expect(left(runId)).toBe("");
  await rm(folder, { recursive: true });
});
