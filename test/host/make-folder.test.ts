import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder } from "../../src/host/make-folder.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "make-folder-"));
  await writeFile(join(folder, "file"), "");
  await symlink("/nonexistent", join(folder, "nowhere"));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(["a/b/c", "a/b/c", "a", "", "x/../y"])("%j, made before or not", async (name) => {
  await makeFolder(join(folder, name));
  expect((await stat(join(folder, name))).isDirectory()).toBe(true);
});
test("by two at once", async () => {
  await Promise.all([1, 2, 3].map((one) => makeFolder(join(folder, `at-once/${one % 2}/x`))));
  expect((await stat(join(folder, "at-once/1/x"))).isDirectory()).toBe(true);
});
test("seen from here", () => makeFolder("."));
test.each([
  ["file", "EEXIST"],
  ["file/x/y", "ENOTDIR"],
  ["nowhere", "EEXIST"],
])("%s cannot be: %s, as mkdir says it", (name, code) =>
  expect(makeFolder(join(folder, name))).rejects.toMatchObject({ code }),
);
test.each(["/proc/fogbell", "/proc/fogbell/x/y"])(
  "%s, where the system says that something is missing and nothing is: an end",
  (path) => expect(makeFolder(path)).rejects.toMatchObject({ code: "ENOENT" }),
);
