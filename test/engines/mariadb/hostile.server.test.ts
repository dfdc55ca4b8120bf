/** Dumps that mean harm: each is refused by the reader, and fed to the client as a restore feeds it, it reaches nothing. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadb } from "../../../src/engines/mariadb/engine.ts";
import type { BackupFacts } from "../../../src/parts.ts";
import { type OwnServer, ownServer } from "../../support/mariadb-server.ts";

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
const touched = join(folder, "touched");
let server: OwnServer;
beforeAll(async () => {
  server = await ownServer();
  server.client("CREATE DATABASE victim; CREATE TABLE victim.t (a INT); CREATE DATABASE side;");
}, 60_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FACTS: BackupFacts = {
  engine: "mariadb",
  method: "logical",
  format: "plain",
  packing: [],
  complete: "unknown",
  because: "",
};
const readsAs = (text: string) => {
  const reader = mariadb.dumpReader?.(FACTS);
  reader?.push(Buffer.from(text));
  return reader?.end();
};

/** Commands of the client, in each place and disguise; `touch` leaves a trace. */
const COMMANDS: readonly string[] = [
  `system touch ${touched}`,
  `SYSTEM\ttouch ${touched}`,
  `  system touch ${touched}`,
  `system touch ${touched};`,
  `SELECT 1; system touch ${touched};`,
  `/* a */ system touch ${touched};`,
  `# a\nsystem touch ${touched}\n`,
  `\\! touch ${touched}`,
  `SELECT 1 \\! touch ${touched}\n;`,
  `/*!50000 \\! touch ${touched} */;`,
  `INSERT INTO t VALUES (1 \\! touch ${touched}\n);`,
  `tee ${touched}\nSELECT 1;`,
  `\\T ${touched}\nSELECT 1;`,
  `pager cat >${touched}\nSELECT 1;`,
  `DELIMITER //\nSELECT 1//\nsystem touch ${touched}\nDELIMITER ;`,
  `DELIMITER //\nSELECT 1// system touch ${touched} //\nDELIMITER ;`,
  `use victim\nDROP TABLE t;`,
  `\\u victim\nDROP TABLE t;`,
  `connect victim\nDROP TABLE t;`,
];

/** The line that a restore runs, with everything that its page says. */
function restore(text: string, facts: BackupFacts = FACTS) {
  const [, line] = mariadb.methods.find(({ name }) => name === "logical")?.recover(facts, { to: "end-of-log" }) ?? [];
  const file = join(folder, "dump.sql");
  spawnSync("sh", ["-c", `cat >"${file}"`], { input: text });
  const env = {
    ...process.env,
    HOME: folder,
    SCRATCH: folder,
    BACKUP: file,
    SIDE_SOCKET: server.socket,
    SIDE_DATABASE: "side",
  };
  const script = (line?.script ?? "false").replace('--socket="$SIDE_SOCKET"', '--socket="$SIDE_SOCKET" -uroot');
  return spawnSync("sh", ["-c", script], { env, encoding: "utf8" });
}

const isThere = () => server.client("SELECT COUNT(*) FROM victim.t;").exitCode === 0;

describe("a command of the client", () => {
  test.each(COMMANDS)("%s", (text) => {
    expect(readsAs(`${text}\n`)?.leaves.map(({ kind }) => kind)).toContain("client-command");
    restore(`${text}\n`);
    expect(existsSync(touched)).toBe(false);
    expect(isThere()).toBe(true);
  });
});

test("a file of the client's machine is not loaded", () => {
  const text = "CREATE TABLE stolen (a TEXT);\nLOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE stolen;\n";
  expect(readsAs(text)?.leaves.map(({ kind }) => kind)).toEqual(["file"]);
  restore(text);
  expect(server.client("SELECT COUNT(*) FROM side.stolen;").stdout.trim()).toBe("0");
});

test("what a dump says of a line is what the client says of it", () => {
  const text = "CREATE TABLE a (b INT PRIMARY KEY);\n\n-- x\nINSERT INTO missing VALUES (1),\n(1);\n";
  expect(mariadb.readErrors(restore(text).stderr)).toMatchObject([{ code: "1146", line: 4, named: "side.missing" }]);
  expect(readsAs(text)?.statements.at(-1)).toEqual({ kind: "INSERT", name: "missing", from: 4, to: 5 });
});

test("lines that are left out are counted, and nothing of them is run", () => {
  const text =
    "CHANGE MASTER TO MASTER_HOST='nobody';\nCREATE TABLE c (b INT PRIMARY KEY);\nINSERT INTO missing VALUES (1);\n";
  const lines = [{ from: 2, to: 3 }];
  expect(readsAs(text)?.leftOut).toEqual([{ from: 1, to: 1, what: "CHANGE MASTER" }]);
  expect(mariadb.readErrors(restore(text, { ...FACTS, lines }).stderr)).toMatchObject([{ code: "1146", line: 3 }]);
  expect(server.client("SHOW SLAVE STATUS;").stdout).toBe("");
});
