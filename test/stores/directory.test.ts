import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directory } from "../../src/stores/directory.ts";
import { storeContract } from "../contract/store.ts";

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "store-test-"));
});
afterAll(() => rm(path, { recursive: true }));

storeContract(directory, () => ({ path }));

test("opening a user's directory writes nothing into it, and follows no link out of it", async () => {
  const theirs = await mkdtemp(join(tmpdir(), "theirs-"));
  await writeFile(join(theirs, "backup.dump"), "x");
  await symlink("/etc/passwd", join(theirs, "link"));
  const store = await directory.open({ path: theirs }, new AbortController().signal);
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  await store[Symbol.asyncDispose]();
  expect(keys).toEqual(["backup.dump"]);
  expect((await readdir(theirs)).sort()).toEqual(["backup.dump", "link"]);
  await rm(theirs, { recursive: true });
});
test("a directory that is not there", async () =>
  await expect(directory.open({ path: "/no/such/place" }, new AbortController().signal)).rejects.toMatchObject({
    code: "FB_STORE_MISSING",
    exitCode: 4,
  }));
