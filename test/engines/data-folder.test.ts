/** Preserving files is sh alone: run here on folders, to see that it proves what it says, and that nothing passes by itself. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { copyDataFolder } from "../../src/engines/data-folder.ts";
import type { Line } from "../../src/parts.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "data-folder-"));
  mkdirSync(join(root, "data/base"), { recursive: true });
  mkdirSync(join(root, "evidence"));
  writeFileSync(join(root, "data/one"), "1");
  writeFileSync(join(root, "data/base/two"), "2");
});
afterEach(() => rmSync(root, { recursive: true }));

const [copy, prove] = copyDataFolder("PGDATA") as readonly [Line, Line];
const run = ({ script }: Line) => {
  const env = { ...process.env, PGDATA: join(root, "data"), EVIDENCE: join(root, "evidence") };
  const { status, stdout } = spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
  return { status, stdout };
};

test("a copy is proven, file by file", () => {
  expect(run(copy)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^[0-9a-f]{64} {2}\S+data\.sha256\n$/) });
  expect(readFileSync(join(root, "evidence/data/base/two"), "utf8")).toBe("2");
  expect(readFileSync(join(root, "evidence/data.sha256"), "utf8")).toMatch(
    /^[0-9a-f]{64} {2}\.\/base\/two\n[0-9a-f]{64} {2}\.\/one\n$/,
  );
  expect(run(prove)).toEqual({ status: 0, stdout: "" });
});
test.each<[string, () => void]>([
  ["a file that changed", () => writeFileSync(join(root, "data/one"), "x")],
  ["a file that is gone", () => rmSync(join(root, "data/base/two"))],
  ["a folder that is not there", () => rmSync(join(root, "data"), { recursive: true })],
  ["a list that is not there", () => rmSync(join(root, "evidence/data.sha256"))],
  ["a list of nothing", () => writeFileSync(join(root, "evidence/data.sha256"), "")],
])("%s is no proof", (_what, spoil) => {
  expect(run(copy).status).toBe(0);
  spoil();
  expect(run(prove).status).not.toBe(0);
});
test("evidence is never written over", () => {
  expect(run(copy).status).toBe(0);
  writeFileSync(join(root, "data/one"), "x");
  expect(run(copy).status).not.toBe(0);
  expect(readFileSync(join(root, "evidence/data/one"), "utf8")).toBe("1");
});
test("nothing is copied from where nothing is", () => {
  rmSync(join(root, "data"), { recursive: true });
  expect(run(copy).status).not.toBe(0);
});
test("how far it is: bytes that are there, of bytes that there are", () => {
  expect(run(copy).status).toBe(0);
  const [done, total] = run({ ...copy, script: copy.progress ?? "" })
    .stdout.trim()
    .split(" ")
    .map(Number);
  expect(done).toBeGreaterThan(0);
  expect(done).toBe(total);
});
