import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeLabel } from "../../src/host/label.ts";
import type { StoredObject } from "../../src/parts.ts";
import { directory } from "../../src/stores/directory.ts";
import { storeContract } from "../contract/store.ts";

let path: string;
beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "store-test-"));
});
afterAll(() => rm(path, { recursive: true }));

storeContract(
  directory,
  () => ({ path }),
  (_options, outer) => ({ path: new URL(outer.place).pathname }),
);
const never = new AbortController().signal;
async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of bytes) text += Buffer.from(chunk).toString();
  return text;
}

test("opening a user's directory writes nothing into it, and follows no link out of it", async () => {
  const theirs = await mkdtemp(join(tmpdir(), "theirs-"));
  await writeFile(join(theirs, "backup.dump"), "x");
  await symlink("/etc/passwd", join(theirs, "link"));
  const store = await directory.open({ path: theirs }, new AbortController().signal);
  const listed: StoredObject[] = [];
  for await (const object of store.list("")) listed.push(object);
  await store[Symbol.asyncDispose]();
  expect(listed.map(({ key, unreadable }) => [key, unreadable?.kind])).toEqual([
    ["backup.dump", undefined],
    ["link", "link"],
  ]);
  expect((await readdir(theirs)).sort()).toEqual(["backup.dump", "link"]);
  await rm(theirs, { recursive: true });
});
test("a directory that is not there", async () =>
  await expect(directory.open({ path: "/no/such place" }, new AbortController().signal)).rejects.toMatchObject({
    code: "FB_STORE_MISSING",
    exitCode: 4,
    next: ["ls -ld '/no/such place'"],
  }));

describe("links", () => {
  test("a folder that is one is neither written through nor read through", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeFile(join(outside, "secret"), "x");
    await using world = await directory.openForWorld({ path }, makeLabel("links", new Date()), never);
    await symlink(outside, join(path, "links", "door"));
    await expect(world.write("door/new", once("x"))).rejects.toMatchObject({ code: "FB_KEY_ESCAPES", exitCode: 5 });
    const object: StoredObject = { key: "door/secret", sizeBytes: 1, modifiedAt: "" };
    await expect(textOf(world.read(object))).rejects.toMatchObject({ code: "FB_KEY_ESCAPES" });
    expect(await readdir(outside)).toEqual(["secret"]);
    await rm(outside, { recursive: true });
  });
});

describe("while it is being read", () => {
  const SIZE = 1_000_000;
  const changes: readonly (readonly [string, (file: string) => Promise<void>, "fails" | "reads the old"])[] = [
    ["a file that grows", (file) => appendFile(file, "more"), "fails"],
    ["a file that is cut", (file) => writeFile(file, "short"), "fails"],
    ["a file written over in place", (file) => writeFile(file, "b".repeat(SIZE)), "fails"],
    [
      "a file that another replaces",
      async (file) => {
        await writeFile(`${file}.new`, "b".repeat(SIZE));
        await rename(`${file}.new`, file);
      },
      "reads the old",
    ],
  ];
  test.each(changes)("%s", async (_name, change, what) => {
    const theirs = await mkdtemp(join(tmpdir(), "theirs-"));
    const file = join(theirs, "a");
    await writeFile(file, "a".repeat(SIZE));
    await utimes(file, new Date(1000), new Date(1000));
    const store = await directory.open({ path: theirs }, never);
    for await (const object of store.list("a")) {
      let text = "";
      const reading = (async () => {
        for await (const chunk of store.read(object)) {
          if (text === "") await change(file);
          text += Buffer.from(chunk).toString();
        }
      })();
      if (what === "fails") await expect(reading).rejects.toMatchObject({ code: "FB_OBJECT_CHANGED", exitCode: 4 });
      else {
        await reading;
        expect(text).toBe("a".repeat(SIZE));
      }
      break;
    }
    await rm(theirs, { recursive: true });
  });
});

test("a full disk is said in words, and no half-written object stays", async () => {
  if (process.getuid?.() !== 0) {
    process.stdout.write("not run as root: the test of a full disk needs a small tmpfs\n");
    return;
  }
  const small = join(path, "..", "small-store");
  await mkdir(small, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
  try {
    await using world = await directory.openForWorld({ path: small }, makeLabel("full", new Date()), never);
    await expect(world.write("a", once("x".repeat(2_000_000)))).rejects.toMatchObject({
      code: "FB_DISK_FULL",
      exitCode: 4,
      next: [`df -h ${join(small, "full")}`, "fogbell gc"],
    });
    expect(await readdir(join(small, "full"))).toEqual([".fogbell-run.json"]);
  } finally {
    execFileSync("umount", [small]);
    await rm(small, { recursive: true });
  }
});
test.each([
  "directory:relative",
  "directory:/x?versions=true",
  "directory:/x#y",
  "directory://u:p@h/x",
  "directory:/%zz",
])("%s is refused", (url) =>
  expect(() => directory.fromUrl(new URL(url))).toThrow(expect.objectContaining({ code: "FB_STORE_URL", exitCode: 2 })),
);
test("the place can be typed again", async () => {
  const theirs = await mkdtemp(join(tmpdir(), "50% off? #1 "));
  const store = await directory.open({ path: theirs }, never);
  expect(directory.fromUrl(new URL(store.place))).toEqual({ path: theirs });
  await rm(theirs, { recursive: true });
});
