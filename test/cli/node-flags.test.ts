/** Node looks for some of its own flags behind a script's name, too: one of ours of that name would never reach us. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { COMMANDS } from "../../src/main.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "node-flags-"));
  await writeFile(join(folder, "echo.mjs"), "console.log(JSON.stringify(process.argv.slice(2)));\n");
});
afterAll(() => rm(folder, { recursive: true }));

const echoed = (words: readonly string[]) => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(folder, "echo.mjs"), ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { words: status === 0 ? (JSON.parse(stdout) as string[]) : null, stderr };
};

const names = [...new Set(Object.values(COMMANDS).flatMap((command) => Object.keys({ ...command.flags })))];

it("no flag of any command is one that Node takes for itself", () => {
  expect(names.length).toBeGreaterThan(50);
  for (const words of [names.map((name) => `--${name}=absent`), names.flatMap((name) => [`--${name}`, "absent"])])
    expect(echoed(words)).toEqual({ words, stderr: "" });
});

it("and Node does take some", () => {
  for (const name of ["env-file", "env-file-if-exists"])
    expect(echoed([`--${name}=absent`])).not.toEqual({ words: [`--${name}=absent`], stderr: "" });
});
