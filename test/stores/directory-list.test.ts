import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UnreadableError } from "../../src/errors.ts";
import type { StoredObject } from "../../src/parts.ts";
import { directory } from "../../src/stores/directory.ts";
import { explain } from "../../src/stores/directory-errors.ts";

const never = new AbortController().signal;
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "list-test-"));
  await writeFile(join(folder, "shop.dump"), "x");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function listed(prefix = ""): Promise<StoredObject[]> {
  await using store = await directory.open({ path: folder }, never);
  const found: StoredObject[] = [];
  for await (const object of store.list(prefix)) found.push(object);
  return found;
}
const brief = (objects: readonly StoredObject[]) => objects.map(({ key, unreadable }) => [key, unreadable?.kind]);
const FINE = ["shop.dump", undefined];

describe("what is there and cannot be read is one object with its reason, and the rest is listed", () => {
  test("a link to nowhere, one to a file elsewhere; one to something in the store needs no word", async () => {
    await symlink("/no/such/disk.dump", join(folder, "gone.dump"));
    await symlink("/etc/hostname", join(folder, "far.dump"));
    await symlink("shop.dump", join(folder, "latest.dump"));
    const found = await listed();
    expect(brief(found)).toEqual([["far.dump", "link"], ["gone.dump", "link"], FINE]);
    expect(found[0]?.unreadable).toMatchObject({
      because: "a link to /etc/hostname, outside of this store; links are not followed",
      next: expect.arrayContaining(["fogbell backups list --store /etc/hostname"]),
    });
    expect(found[1]?.unreadable?.because).toBe("a link to /no/such/disk.dump, where nothing is");
  });
  test("a link to a folder hides what lies below it: it is one, also where its disk is not there", async () => {
    await symlink("/etc", join(folder, "daily"));
    await symlink("/no/such/disk", join(folder, "weekly"));
    expect(brief(await listed())).toEqual([["daily/", "link"], FINE, ["weekly/", "link"]]);
    expect(brief(await listed("daily/2026/shop-"))).toEqual([["daily/", "link"]]);
  });
  test("a pipe and a socket", async () => {
    execFileSync("mkfifo", [join(folder, "pipe.dump")]);
    const server = createServer().listen(join(folder, "socket"));
    const found = await listed();
    server.close();
    expect(brief(found)).toEqual([["pipe.dump", "special"], FINE, ["socket", "special"]]);
    expect(found[0]?.unreadable?.because).toBe("a named pipe and no file");
  });
  test("names that are no UTF-8, of files and of folders", async () => {
    const odd = (name: string) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
    await writeFile(odd("größe.dump"), "x");
    await mkdir(odd("täglich"));
    const found = await listed();
    expect(brief(found)).toEqual([FINE, ["gr\\xf6\\xdfe.dump", "name"], ["t\\xe4glich", "name"]]);
    expect(found[1]).toMatchObject({ sizeBytes: 1, unreadable: { next: [expect.stringContaining("convmv")] } });
  });
  test("a name that holds the sign for what cannot be shown is a name like any other", async () => {
    await writeFile(join(folder, "\ufffd.dump"), "x");
    expect(brief(await listed())).toEqual([FINE, ["\ufffd.dump", undefined]]);
  });
  test("reading one says why", async () => {
    await symlink("/etc/hostname", join(folder, "far.dump"));
    const [far] = await listed();
    await using store = await directory.open({ path: folder }, never);
    const reading = (async () => {
      for await (const _ of store.read(far as StoredObject, 0, 1));
    })();
    await expect(reading).rejects.toMatchObject({ code: "FB_OBJECT_UNREADABLE", kind: "link" });
  });
});

describe("an error of the file system is about one file, or about the store", () => {
  const fault = (code: string) => Object.assign(new Error(`${code}: no`), { code, syscall: "open" });
  const told = { doing: "reading a", path: "/x/a", isOne: true };
  test.each([
    ["EACCES", "denied", "FB_OBJECT_DENIED"],
    ["EPERM", "denied", "FB_OBJECT_DENIED"],
    ["EIO", "broken", "FB_OBJECT_UNREADABLE"],
    ["ESTALE", "broken", "FB_OBJECT_UNREADABLE"],
    ["ELOOP", "link", "FB_OBJECT_UNREADABLE"],
  ])("%s", (code, kind, expected) => {
    const error = explain(fault(code), told);
    expect(error).toBeInstanceOf(UnreadableError);
    expect(error).toMatchObject({ kind, code: expected, exitCode: 4 });
    expect(explain(fault(code), { ...told, isOne: false })).toMatchObject({ code: "FB_STORE_UNREADABLE" });
  });
  test("who may not read it is told how they may", () =>
    expect(explain(fault("EACCES"), told)).toMatchObject({
      next: ["ls -ld /x/a", expect.stringMatching(/^sudo setfacl -m u:\S+:rX \/x\/a$/)],
    }));
});
