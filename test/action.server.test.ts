/** The action for GitHub: its scripts are run as the runner would run them, with a drill at their end. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { SMALL } from "./support/play.ts";

const exec = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "action-"));
afterAll(() => rm(folder, { recursive: true }));

interface Action {
  inputs: Record<string, { default: string; description: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: { id?: string; run?: string; uses?: string; env?: Record<string, string> }[] };
}
const action = parse(await readFile("action.yml", "utf8")) as Action;
const step = action.runs.steps.find(({ id }) => id === "fogbell");

/** Runs the main step with these inputs, as `runs.using: composite` does: bash with -e and pipefail. */
async function run(args: readonly string[]) {
  if (!existsSync("dist/main.js")) throw new Error("npm run build first");
  const output = join(folder, "output");
  await rm(output, { force: true });
  const env = {
    ...process.env,
    PATH: `${resolve("node_modules/.bin")}:${process.env.PATH}`,
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    GITHUB_WORKSPACE: resolve("."),
    FOGBELL_ACTION_COMMAND: "run",
    FOGBELL_ACTION_ARGS: args.join("\n"),
    FOGBELL_ACTION_OUT: join(folder, "out with spaces"),
    FOGBELL_ACTION_VERSION: "",
    FOGBELL_ACTION_PATH: resolve("."),
  };
  const told = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step?.run ?? "exit 99"];
  const code = await exec("bash", told, { env }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
  const outputs = (await readFile(output, "utf8")).trimEnd().split("\n");
  return { code, outputs: Object.fromEntries(outputs.map((line) => line.split(/=(.*)/s).slice(0, 2))) };
}

describe("the action", () => {
  test("lets no input into a script, and uploads nothing", () => {
    expect(action.runs.using).toBe("composite");
    for (const { run: script, uses } of action.runs.steps) {
      expect(script ?? "").not.toContain("${".concat("{"));
      expect(uses ?? "actions/setup-node@v4").toBe("actions/setup-node@v4");
    }
    const used = JSON.stringify(action.runs.steps);
    for (const name of Object.keys(action.inputs)) expect(used).toContain(`inputs.${name} }`);
  });
  test("drills, reports, and says its exit code", async () => {
    const { code, outputs } = await run([SMALL, "", "--sandbox", "local"]);
    const results = join(folder, "out with spaces");
    expect([code, outputs]).toEqual([0, { "exit-code": "0", results, junit: join(results, "junit.xml") }]);
    expect(await readFile(join(results, "junit.xml"), "utf8")).toContain('name="small on postgres 15"');
    expect(await readFile(join(folder, "summary.md"), "utf8")).toContain("| **recovered** | small on postgres 15 |");
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(action.outputs).sort());
  });
  test("fails as Fogbell fails", async () => {
    expect(await run(["./absent; touch planted.drill.yaml"])).toMatchObject({ code: 2, outputs: { "exit-code": "2" } });
    expect(existsSync("planted.drill.yaml")).toBe(false);
  });
});
