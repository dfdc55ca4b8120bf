import { homedir } from "node:os";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { storeFor, storeUrl } from "../../src/backups/store-for.ts";
import { catalog } from "../../src/catalog.ts";
import { readConfig } from "../../src/config/config.ts";
import { newRunFolder } from "../../src/run/run-folder.ts";

describe("a path is a store", () => {
  test.each([
    ["/var/backups", "/var/backups"],
    [".", resolve(".")],
    ["./backups", resolve("backups")],
    ["../a b", resolve("../a b")],
    ["docs", resolve("docs")],
    ["src/no such folder", resolve("src/no such folder")],
    ["~", homedir()],
    ["~/backups", `${homedir()}/backups`],
    ["/50% off?", "/50% off?"],
    ["/a#b/2026:11", "/a#b/2026:11"],
    ["file:///var/back%20ups", "/var/back ups"],
  ])("%s", (text, path) => {
    const { driver, options } = storeFor(catalog, text);
    expect([driver.name, options]).toEqual(["directory", { path }]);
    // What is printed and remembered of it means the same from any folder.
    expect(storeFor(catalog, storeUrl(text)).options).toEqual({ path });
    expect(storeUrl(text)).toMatch(/^(directory|file):\//);
  });
  test.each([
    ["no-such-word", /no such folder here/, expect.stringMatching(/^ls -ld /)],
    ["C:\\backups", /a path of Windows/, expect.stringContaining("/mnt/c/")],
    ["d:/backups", /a path of Windows/, expect.stringContaining("/mnt/c/")],
    ["\\\\server\\share", /a path of Windows/, expect.stringContaining("/mnt/c/")],
    ["ftp://server/x", /no store understands/, "./path/to/backups"],
    ["", /no store understands/, "./path/to/backups"],
  ])("and %j is none", (text, message, next) => {
    const call = () => storeFor(catalog, text);
    expect(call).toThrow(
      expect.objectContaining({ code: "FB_STORE_URL", exitCode: 2, message: expect.stringMatching(message) }),
    );
    expect(call).toThrow(expect.objectContaining({ next: expect.arrayContaining([next]) }));
  });
  test.each([
    "postgres://backup:hunter2@db/shop",
    "https://hunter2@h/x",
    "ftp://h/x?user=u&password=hunter2",
    "gs://b/x;key=hunter2",
  ])("what may log in with it is not repeated: %s", (text) => {
    expect(() => storeFor(catalog, text)).toThrow(expect.objectContaining({ code: "FB_STORE_URL" }));
    expect(() => storeFor(catalog, text)).not.toThrow(/hunter2/);
  });
  test("in fogbell.yaml it counts from the file's own folder", () => {
    const text =
      "version: 1\ndatabases:\n  - { name: Shop, engine: x, sources: [{ store: ./b }, { store: s3://b/x }] }\n";
    const { config } = readConfig("/etc/fogbell/fogbell.yaml", text);
    expect(config.databases[0]?.sources.map(({ store }) => store)).toEqual(["directory:/etc/fogbell/b", "s3://b/x"]);
  });
});

test("a folder of results that cannot be made is said, and is no defect", () =>
  expect(newRunFolder("/proc/fogbell/x", new Date())).rejects.toMatchObject({ code: "FB_OUT_FOLDER", exitCode: 2 }));
