/** What people install is the packed file, not this checkout: it must work in an empty folder, with nothing beside it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const exec = promisify(execFile);
const folder = await mkdtemp(join(tmpdir(), "fogbell-package-"));

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function fogbell(...words: string[]): Promise<Answer> {
  const bin = join(folder, "node_modules/.bin/fogbell");
  return exec(process.execPath, [bin, ...words], { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Answer) => ({ code, stdout, stderr }),
  );
}

beforeAll(async () => {
  if (!existsSync("dist/main.js")) throw new Error("dist is not built: npm run build");
  // Without scripts: packing would build anew under the feet of other tests.
  await exec("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: resolve(".") });
  const [packed] = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  await writeFile(join(folder, "package.json"), '{ "name": "empty", "private": true }\n');
  const flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await exec("npm", ["install", ...flags, join(folder, packed ?? "")], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the package, installed in an empty folder", () => {
  it("starts and knows its version", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await fogbell("--version")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`fogbell/${version} `),
    });
  });

  it("carries its scenarios", async () => {
    const { code, stdout } = await fogbell("scenario", "list", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: "drop-table" }));
    expect(await fogbell("scenario", "lint")).toMatchObject({ code: 0 });
  });

  it("has its help and its completion", async () => {
    expect((await fogbell("help", "run")).stdout).toContain("--dry-run");
    expect(await fogbell("autocomplete", "script", "bash")).toMatchObject({ code: 0 });
  });

  it("answers what is typed wrongly with what was meant, and exits with 2", async () => {
    expect(await fogbell("scenario", "lst")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("scenario list"),
    });
    expect(await fogbell("run", "--rowz", "5")).toMatchObject({ code: 2, stderr: expect.stringContaining("--rows?") });
    const { code, stdout, stderr } = await fogbell("run", "drop-table", "--rows", "many", "--json");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "FB_USAGE", exitCode: 2 } });
  });

  it("drills: its templates came with it, and standard output is the result alone", async () => {
    const { code, stdout } = await fogbell("run", "drop-table", "--rows", "5000", "--sandbox", "local", "--json");
    const result = JSON.parse(stdout) as { runId: string; verdict: string };
    expect({ code, verdict: result.verdict }).toEqual({ code: 0, verdict: "recovered" });
    const files = await readdir(join(folder, "drill-results", result.runId));
    expect(files.sort()).toEqual(["journal.jsonl", "report.md", "result.json", "runbook.md"]);
  });

  it("is a library too", async () => {
    const program =
      'import { catalog, loadScenario, plan } from "fogbell"; console.log(catalog.engines[0].name, typeof plan)';
    const { stdout } = await exec(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });
    expect(stdout).toContain("function");
  });

  it("needs little beside itself", async () => {
    const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual(["@oclif/plugin-autocomplete", "@oclif/plugin-help"]);
  });
});

describe("a reader that goes away", () => {
  it("is no failure", async () => {
    const bin = join(folder, "node_modules/.bin/fogbell");
    const line = `"${process.execPath}" "${bin}" schema | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await exec("bash", ["-c", line]);
    expect({ stdout, stderr }).toEqual({ stdout: "{\n0\n", stderr: "" });
  });
});
