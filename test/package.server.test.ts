/** What people install is the packed file, not this checkout: it must work in an empty folder, with nothing beside it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
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
  await writeFile(join(folder, "package.json"), '{ "name": "empty", "private": true, "type": "module" }\n');
  const flags = ["--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  await exec("npm", ["install", ...flags, join(folder, packed ?? "")], { cwd: folder });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Packages of this checkout, as if the consumer had installed them. */
async function symlinkInto(...names: string[]): Promise<void> {
  for (const name of names) {
    const target = join(folder, "node_modules", name);
    await mkdir(dirname(target), { recursive: true });
    if (!existsSync(target)) await symlink(resolve("node_modules", name), target);
  }
}

/** What the compiler complains of, with every library checked. */
async function compile(file: string): Promise<string> {
  const flags = ["--strict", "--noEmit", "--skipLibCheck", "false", "--module", "nodenext", "--target", "es2024"];
  const more = ["--exactOptionalPropertyTypes", "--types", "node", "--lib", "es2024,esnext.disposable"];
  const compiler = resolve("node_modules/typescript/bin/tsc");
  return exec(process.execPath, [compiler, ...flags, ...more, file], { cwd: folder }).then(
    () => "",
    ({ stdout }: Answer) => stdout,
  );
}

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

  it("has read its scenarios beforehand, and reads one anew that was edited since", async () => {
    const home = join(folder, "node_modules/fogbell");
    const prepared = JSON.parse(await readFile(join(home, "dist/summaries.json"), "utf8")) as Record<string, unknown>;
    const files = (await readdir(join(home, "scenarios"))).filter((name) => name.endsWith(".drill.yaml"));
    const hashes = files.map(async (name) =>
      createHash("sha256")
        .update(await readFile(join(home, "scenarios", name)))
        .digest("hex"),
    );
    expect(Object.keys(prepared).sort()).toEqual((await Promise.all(hashes)).sort());
    const file = join(home, "scenarios/drop-table.drill.yaml");
    const shipped = await readFile(file, "utf8");
    await writeFile(file, shipped.replace(/^title: .*$/m, 'title: "Edited"'));
    const { stdout } = await fogbell("scenario", "list", "--json");
    await writeFile(file, shipped);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ id: "drop-table", title: "Edited", file }));
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

  it("has types that compile, strictly and with nothing else installed but those of Node", async () => {
    await symlinkInto("@types/node", "undici-types");
    await writeFile(
      join(folder, "consumer.ts"),
      `import { catalog, deriveResult, type DrillResult, errors, loadScenario, parts, plan, readJournal } from "fogbell";
const made = plan(await loadScenario("x.drill.yaml", catalog), catalog, { rows: 5000 });
const engine: string = made.engine.name;
const result: DrillResult = deriveResult(readJournal(""));
const rtaMs: number | null = result.measured.rtaMs;
const phase: parts.Phase = "restore";
export const told = [engine, rtaMs, phase, errors.UsageError.name];
// @ts-expect-error a verdict is one of five words
export const wrong: DrillResult["verdict"] = "fine";
// @ts-expect-error a number is no scenario
void plan(5, catalog);
`,
    );
    expect(await compile("consumer.ts")).toBe("");
  });

  it("takes parts of your own, with options by zod", async () => {
    await symlinkInto("@types/node", "undici-types", "zod");
    await writeFile(
      join(folder, "part.ts"),
      `import { catalog, parts } from "fogbell";
import { z } from "zod";
const quiet = parts.defineReporter<{ word: string }>({
  name: "quiet", summary: "One word.", gives: [], needs: [],
  options: z.strictObject({ word: z.string() }),
  render: async (results, { word }) => [{ file: "word.txt", text: \`\${word} \${results.length}\\n\` }],
});
export const mine: parts.Catalog = { ...catalog, reporters: [...catalog.reporters, quiet] };
// @ts-expect-error an artifact has a text
parts.defineReporter({ ...quiet, render: async () => [{ file: "x" }] });
`,
    );
    expect(await compile("part.ts")).toBe("");
  });

  it("carries the notices of everything in the bundle", async () => {
    const text = await readFile(join(folder, "node_modules/fogbell/dist/THIRD_PARTY_LICENSES"), "utf8");
    for (const name of ["zod", "yaml", "handlebars", "dockerode", "@oclif/core", "@aws-sdk/client-s3"])
      expect(text).toMatch(new RegExp(`^  ${name}@[0-9.]+  (MIT|ISC|Apache-2.0)$`, "m"));
    expect(text).not.toMatch(/^ {2}(vitest|esbuild|oclif|@biomejs)/m);
    expect(text).toContain("Permission is hereby granted, free of charge");
    expect(text).toContain("Apache License");
    // Copyleft in a bundle would bind the whole.
    const listed = [...text.matchAll(/^ {2}\S+@\S+ {2}(.+)$/gm)].map(([, licence]) => licence ?? "");
    expect(listed.length).toBeGreaterThan(50);
    expect(listed.filter((licence) => /GPL|CC-BY-NC|SSPL|BUSL|UNLICENSED/i.test(licence))).toEqual([]);
  });

  it("needs little beside itself", async () => {
    const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as { dependencies: object };
    expect(Object.keys(dependencies)).toEqual([
      "@myriaddreamin/typst-ts-node-compiler",
      "@oclif/plugin-autocomplete",
      "@oclif/plugin-help",
      "dejavu-fonts-ttf",
    ]);
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
