import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadb, mysql } from "../../src/engines/mariadb/engine.ts";
import type { Engine } from "../../src/parts.ts";
import { available } from "../../src/sandboxes/local-programs.ts";

/** A machine whose programs all call themselves MariaDB's, as Debian's mysqld does. */
let folder = "";
const specOf = (engine: Engine, version = engine.versions[0] ?? "") => {
  const spec = engine.server(version, engine.options.parse({}));
  return { ...spec, binaryFolders: [folder] };
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "programs-"));
  for (const name of [...specOf(mysql).binaries, ...specOf(mariadb).binaries]) {
    const file = join(folder, name);
    await writeFile(file, "#!/bin/sh\necho 'mysqld  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu'\n");
    await chmod(file, 0o755);
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe("programs of a system that the distribution does not carry", () => {
  test("another system's under the same name: called as it calls itself, and what helps is a registry", async () =>
    expect(await available(specOf(mysql, "8.4"))).toEqual({
      usable: false,
      because: 'installed is "mysqld Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu", not mysql 8.4',
      next: ["docker pull mysql:8.4"],
    }));
  test("missing: nothing is to be installed", async () => {
    const spec = { ...specOf(mysql, "8.4"), binaries: ["no-such-program"] };
    expect((await available(spec)).next).toEqual(["docker pull mysql:8.4"]);
  });
});
test("what the distribution carries is to be installed from there", async () => {
  expect(await available(specOf(mariadb))).toMatchObject({ usable: true, next: [] });
  const spec = { ...specOf(mariadb), binaries: ["no-such-program"] };
  expect((await available(spec)).next).toEqual(["apt-get install mariadb-server"]);
});
