import { homedir } from "node:os";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { newRunFolder, storeFor } from "../../src/suite/suite.ts";

const nextOf = (text: string): readonly string[] => {
  try {
    storeFor(catalog, text);
    return [];
  } catch (error) {
    return (error as { next: readonly string[] }).next;
  }
};

test.each([
  ["/var/backups", "directory:/var/backups"],
  [".", `directory:${resolve(".")}`],
  ["backups", `directory:${resolve("backups")}`],
  ["~", `directory:${homedir()}`],
  ["~/backups", `directory:${homedir()}/backups`],
  ["/50% off?", "directory:/50%25 off%3F"],
  ["directory:backups", `directory:${resolve("backups")}`],
])("a path in place of a store's URL: %s is %s", (text, url) => {
  expect(nextOf(text)[0]).toBe(url);
  expect(nextOf(url)).toEqual([]);
});
test.each(["ftp://server/x", ""])("what is no path is not taken for one: %j", (text) =>
  expect(nextOf(text)[0]).toBe("directory:/path/to/backups"),
);

test("a folder of results that cannot be made is said, and is no defect", () =>
  expect(newRunFolder("/proc/fogbell/x", new Date())).rejects.toMatchObject({ code: "FB_OUT_FOLDER", exitCode: 2 }));
