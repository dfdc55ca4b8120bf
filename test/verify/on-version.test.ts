/** A copy on another server than its own: which are allowed, and what is said of those that are not. */
import { expect, test } from "vitest";
import { mariadb, mysql } from "../../src/engines/mariadb/engine.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import type { BackupFacts } from "../../src/parts.ts";
import { assertMeant, movedWords, onServer } from "../../src/verify/on-version.ts";
import { serverFor, versionFor } from "../../src/verify/task.ts";
import { DUMP_FACTS } from "../support/stored.ts";

const catalog = { engines: [postgres, mariadb, mysql] };
const dump: BackupFacts = { ...DUMP_FACTS, serverVersion: "15.4", toolVersion: "15.4" };

test("a dump goes to the newer server that is asked for, and is called by it", () => {
  const { engine, version } = onServer(catalog, "postgres@18");
  expect([engine, version]).toEqual([postgres, "18"]);
  expect(serverFor(postgres, dump, { on: version })).toMatchObject({ version: "18", spec: { version: "18" } });
  expect(versionFor(postgres, undefined, version)).toBe("18");
  expect(
    serverFor(mariadb, { ...dump, serverVersion: "10.11.6", toolVersion: "10.11.6" }, { on: "11.8" }).version,
  ).toBe("11.8");
  expect(serverFor(mysql, { ...dump, serverVersion: "8.0.36", toolVersion: "8.0.36" }, { on: "9" }).version).toBe("9");
  expect(movedWords(dump, "18")).toBe("an upgrade rehearsed: made on 15.4, restored on 18");
});

test.each(["postgres@14", "postgres", "postgres@18@x", "oracle@23"])("%s is no server that is known", (text) => {
  expect(() => onServer(catalog, text)).toThrow(expect.objectContaining({ code: "FB_ENGINE_UNKNOWN", exitCode: 2 }));
});

test("an older server, and copies of files, are no matter of the backup: nothing can be told, and why is said", () => {
  const error = (facts: BackupFacts, on: string) => {
    try {
      return serverFor(postgres, facts, { on });
    } catch (error) {
      return error;
    }
  };
  expect(error({ ...dump, serverVersion: "17.2" }, "15")).toMatchObject({
    code: "FB_NO_VERSION",
    exitCode: 4,
    message: "it was made by version 17.2, which is newer than 15",
  });
  const { isDump: _, ...files } = dump;
  expect(error({ ...files, method: "physical" }, "18")).toMatchObject({
    code: "FB_NO_VERSION",
    exitCode: 4,
    message: "copies of files are opened by a server of their own version only",
  });
});

test("no database of that engine: said before anything is looked at", () => {
  const on = onServer(catalog, "mysql@9");
  expect(() => assertMeant(on, [postgres, postgres])).toThrow(
    expect.objectContaining({ message: "no database here is of mysql", next: ["--on postgres@18"] }),
  );
  expect(() => assertMeant(on, [postgres, mysql])).not.toThrow();
  expect(() => assertMeant(on, [])).not.toThrow();
});
