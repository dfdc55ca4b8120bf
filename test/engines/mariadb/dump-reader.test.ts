/** What a dump says: told from texts as programs and people write them, in pieces of any size. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dumpReader } from "../../../src/engines/mariadb/dump-reader.ts";
import type { DumpStory } from "../../../src/parts.ts";

function read(text: string | Buffer, size = Number.POSITIVE_INFINITY): DumpStory {
  const bytes = Buffer.from(text);
  const reader = dumpReader();
  for (let at = 0; at < bytes.length; at += Math.min(size, bytes.length))
    reader.push(bytes.subarray(at, at + Math.min(size, bytes.length)));
  return reader.end();
}

const HEAD = `/*M!999999\\- enable the sandbox mode */
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
-- Server version\t10.11.19-MariaDB

/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
`;
const TAIL = `/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;

-- Dump completed on 2026-11-27  3:00:01
`;
const dump = (body: string) => `${HEAD}${body}\n${TAIL}`;
const TABLE = "CREATE TABLE `t` (\n  `id` int(11) NOT NULL\n) ENGINE=InnoDB;\n";

test("a whole dump: its tables, rows, place and limits", () => {
  const story = read(
    dump(
      `DROP TABLE IF EXISTS \`t\`;\n${TABLE}LOCK TABLES \`t\` WRITE;\nINSERT INTO \`t\` VALUES (1),(2),\n(3);\nUNLOCK TABLES;\n`,
    ),
  );
  expect(story).toMatchObject({
    end: { is: "whole" },
    leaves: [],
    tables: [{ name: "t", line: 10, rows: 3 }],
    hasStructure: true,
    hasRows: true,
    drops: true,
    limits: [1],
    noise: null,
  });
  expect(story.statements.find(({ kind }) => kind === "INSERT")).toEqual({
    kind: "INSERT",
    name: "t",
    from: 14,
    to: 15,
  });
});

describe("what would act elsewhere is told, in any disguise", () => {
  test.each([
    ["USE `mysql`;", "database"],
    ["use mysql", "client-command"],
    ["SELECT 1; uSe mysql;", "database"],
    ["/*!50000 USE mysql */;", "database"],
    ["/*M!100100 USE mysql */;", "database"],
    ["USE\n/* a */\nmysql;", "client-command"],
    ["CREATE DATABASE other;", "database"],
    ["/*!40000 DROP DATABASE IF EXISTS `shop`*/;", "database"],
    ["INSERT INTO mysql.user VALUES (1);", "database"],
    ["INSERT INTO `mysql` . `user` VALUES (1);", "database"],
    ["DROP TABLE a, mysql.user;", "database"],
    ["RENAME TABLE a TO mysql.b;", "database"],
    ["CREATE USER 'a'@'%';", "account"],
    ["/*!50000 create */ /* x */ user a;", "account"],
    ["GRANT ALL ON *.* TO a;", "account"],
    ["SET PASSWORD = 'x';", "account"],
    ["SET GLOBAL general_log = ON;", "server"],
    ["SET @x = 1, @@global.general_log = ON;", "server"],
    ["SET SESSION a = 1, GLOBAL b = 2;", "server"],
    ["set\nglobal\nread_only=1;", "server"],
    ["SET PERSIST x = 1;", "server"],
    ["SET STATEMENT max_statement_time=1 FOR SET GLOBAL x = 1;", "server"],
    ["INSTALL PLUGIN a SONAME 'a.so';", "server"],
    ["CREATE FUNCTION f RETURNS STRING SONAME 'a.so';", "server"],
    ["LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;", "file"],
    ["load /* */ data infile 'x' into table t;", "file"],
    ["SELECT 1 INTO OUTFILE '/tmp/x';", "file"],
    ["SELECT 1 INTO /*!50000 dumpfile */ '/tmp/x';", "file"],
    ["INSERT INTO t VALUES (1),(LOAD_FILE('/etc/passwd'));", "file"],

    ["system id", "client-command"],
    ["system id;", "client-command"],
    ["SELECT 1; system id;", "client-command"],
    ["/* x */ system id;", "client-command"],
    ["  SOURCE /etc/passwd", "client-command"],
    ["\\! id", "client-command"],
    ["SELECT 1 \\! id", "client-command"],
    ["/*!50000 \\! id */;", "client-command"],
    ["\\. /etc/passwd", "client-command"],
    ["tee /tmp/x", "client-command"],
    ["pager sh", "client-command"],
    ["connect other", "client-command"],
    ["SELECT 1; DELIMITER //", "client-command"],
    ["BEGIN NOT ATOMIC SET GLOBAL x = 1; END;", "unclear"],
    ["PREPARE s FROM @x;", "unclear"],
    ["EXECUTE IMMEDIATE 'USE mysql';", "unclear"],
    ["CALL f();", "unclear"],
    ["SHUTDOWN;", "server"],
    ["BINLOG 'x';", "replication"],
  ])("%s", (text, kind) => {
    const story = read(dump(`${TABLE}${text}\n`));
    expect(story.leaves.map((one) => one.kind)).toContain(kind);
    expect(story.leaves[0]?.line).toBeGreaterThanOrEqual(12);
  });
});

describe("what lies in strings, comments and bodies is no statement", () => {
  test.each([
    ["INSERT INTO `t` VALUES ('\nUSE mysql;\n\\' ; system id\n');"],
    ["/*\nsource of it all\nsystem is SAP\n*/"],
    ["-- USE mysql;"],
    ["# GRANT ALL ON *.* TO a;"],
    [
      "DELIMITER ;;\nCREATE PROCEDURE p()\nBEGIN\nSELECT 1\nUSE INDEX (k);\nSET GLOBAL a = 1;\nsystem id;\nEND ;;\nDELIMITER ;",
    ],
    ["CREATE VIEW v AS SELECT `OUTFILE`, 'INTO OUTFILE' FROM t;"],
    ["SET sql_mode = 'NO_BACKSLASH_ESCAPES';\nINSERT INTO t VALUES ('\\');\nINSERT INTO t VALUES ('; USE mysql;');"],
    ["SET sql_mode = 'ANSI_QUOTES';\nCREATE TABLE \"a\\\" (\"USE\" int);\nINSERT INTO t VALUES ('; USE mysql;');"],
    ["SELECT SETVAL(`s`, 100, 0);\nDO SETVAL(`s`, 100, 0);"],
    ["/*!50606 SET GLOBAL INNODB_STATS_AUTO_RECALC=OFF */;"],
  ])("%s", (text) => expect(read(dump(`${TABLE}${text}\n`)).leaves).toEqual([]));
});

describe("where it ends", () => {
  const rows = `INSERT INTO \`t\` VALUES (1,'one;\n');\n`;
  test.each([
    ["in a row", `${HEAD}${TABLE}INSERT INTO \`t\` VALUES (1,'on`, { is: "cut", line: 12, where: "rows" }],
    ["in a statement", `${HEAD}CREATE TABLE \`t\` (\n  \`id`, { is: "cut", line: 9, where: "string" }],
    ["before its closing line", `${HEAD}${TABLE}${rows}`, { is: "cut", line: 13, where: "closing-line" }],
    ["at a command that ends the client", dump(`${TABLE}quit\n`), { is: "cut", line: 12, where: "quit" }],
    ["in bytes of zero", `${HEAD}${TABLE}\0\0\0\0`, { is: "cut", line: 12, where: "zeros" }],
    ["whole, without comments", `SET @OLD_A=@@A, A=1;\n${TABLE}SET A=@OLD_A;\n`, { is: "whole" }],
    ["not whole, without comments", `SET @OLD_A=@@A, A=1;\n${TABLE}`, { is: "cut", line: 4, where: "closing-line" }],
    ["untold", TABLE, { is: "untold" }],
  ])("%s", (_name, text, end) => expect(read(text).end).toEqual(end));

  test("no cut of a whole dump is whole, before its closing line", () => {
    const text = Buffer.from(dump(`${TABLE}${rows}${rows}`));
    const closing = text.indexOf("-- Dump completed");
    for (let at = HEAD.length; at < closing; at++) expect([at, read(text.subarray(0, at)).end.is]).toEqual([at, "cut"]);
  });
});

test("a program's words about its work are told, and which program", () => {
  expect(read(`mysqldump: Deprecated program name. Use '/usr/bin/mariadb-dump'\n${dump(TABLE)}`).noise).toEqual({
    line: 1,
    program: "mysqldump",
    says: "Deprecated program name",
  });
  expect(read(`mysqldump: [Warning] Using a password\n${dump(TABLE)}`).noise?.program).toBe("mysqldump");
  expect(read(`mariadb-dump: Error: 'x'\n${dump(TABLE)}`).noise?.program).toBe("mariadb-dump");
});

test("whom a replica follows is left out, when nothing else stands on its line", () => {
  const told = read(
    dump(
      "CHANGE MASTER TO MASTER_LOG_FILE='b.1', MASTER_LOG_POS=4;\nSET GLOBAL gtid_slave_pos='0-1-2';\nSTART SLAVE;\n",
    ),
  );
  expect(told).toMatchObject({
    leaves: [],
    leftOut: [
      { from: 9, to: 9, what: "CHANGE MASTER" },
      { from: 10, to: 10, what: "SET gtid_slave_pos" },
      { from: 11, to: 11, what: "START SLAVE" },
    ],
  });
  const shared = read(dump("CHANGE MASTER TO MASTER_HOST='x'; INSERT INTO t VALUES (1);\n"));
  expect(shared).toMatchObject({ leaves: [{ kind: "replication", line: 9 }] });
});

test("accounts that things run as, once each", () => {
  const story = read(
    dump(`/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=\`app\`@\`%\` SQL SECURITY DEFINER */
/*!50001 VIEW \`v\` AS select 1 */;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`o\`\`neil\`@\`localhost\`*/ /*!50003 TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1 */;;
CREATE DEFINER=\`app\`@\`%\` PROCEDURE p()
BEGIN
  SELECT DEFINER FROM x;
END ;;
DELIMITER ;`),
  );
  expect(story.definers).toEqual(["app@%", "o`neil@localhost"]);
  expect(story.statements.map(({ kind, name }) => `${kind} ${name ?? ""}`)).toEqual(
    expect.arrayContaining(["CREATE VIEW v", "CREATE TRIGGER x", "CREATE PROCEDURE p"]),
  );
});

test("the databases of a dump, with the lines of each", () => {
  const one = (name: string) => `--
-- Current Database: \`${name.replaceAll("`", "``")}\`
--

CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${name.replaceAll("`", "``")}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;

USE \`${name.replaceAll("`", "``")}\`;
${TABLE}`;
  const text = dump(`${one("a")}${one("o`dd")}`);
  const { databases, tables, leaves } = read(text);
  const lines = text.split("\n");
  const textOf = (name: string) =>
    databases
      .find((database) => database.name === name)
      ?.lines.flatMap(({ from, to }) => lines.slice(from - 1, to))
      .join("\n");
  expect(databases.map(({ name }) => name)).toEqual(["a", "o`dd"]);
  expect(tables.map(({ name, database }) => [database, name])).toEqual([
    ["a", "t"],
    ["o`dd", "t"],
  ]);
  expect(textOf("a")).toContain("-- Current Database: `a`");
  expect(textOf("a")).not.toContain("dd");
  expect(textOf("o`dd")).toMatch(/^\/\*M!999999[\s\S]*CREATE TABLE[\s\S]*-- Dump completed/);
  for (const { name, own } of databases) {
    const left = leaves.filter(
      ({ database, line }) => database === name && !own.some(({ from, to }) => from <= line && line <= to),
    );
    expect(left).toEqual([]);
  }
});

test("routines are no structure to put rows into", () => {
  const rows = "INSERT INTO t VALUES (1);\nDELIMITER ;;\nCREATE PROCEDURE p() SELECT 1;;\nDELIMITER ;\n";
  expect(read(dump(rows))).toMatchObject({ hasStructure: false, hasRows: true });
  expect(read(dump(`${TABLE}${rows}`))).toMatchObject({ hasStructure: true, hasRows: true });
});

test("a line that names a database and holds more is never left out", () => {
  const { databases } = read(dump("USE `shop`; INSERT INTO t VALUES (1);\nUSE `shop`;\n"));
  expect(databases[0]?.own).toEqual([{ from: 10, to: 10 }]);
});

test("another database in the part of one goes on leaving; without a title each begins a part", () => {
  const titled = read(dump("ALTER DATABASE `shop` CHARACTER SET utf8mb4;\nUSE `mysql`;\n"));
  expect(titled.databases.map(({ name, own }) => [name, own.length])).toEqual([["shop", 1]]);
  expect(titled.leaves.at(-1)).toMatchObject({ kind: "database", database: "mysql" });
  const bare = read("CREATE DATABASE `a`;\nUSE `a`;\nCREATE TABLE t (a INT);\nUSE `b`;\nCREATE TABLE u (a INT);\n");
  expect(bare.databases.map(({ name, lines }) => [name, lines])).toEqual([
    ["a", [{ from: 1, to: 3 }]],
    ["b", [{ from: 4, to: 5 }]],
  ]);
});

const bytes = fc.array(
  fc.constantFrom(
    ...[
      "'",
      '"',
      "`",
      "\\",
      ";",
      "\n",
      "--",
      "-- ",
      "#",
      "/*",
      "*/",
      "/*!50001 ",
      "/*M!",
      "DELIMITER //\n",
      "//",
      "(",
      ")",
    ],
    ...[
      "INSERT INTO t VALUES ",
      "SET sql_mode='",
      "NO_BACKSLASH_ESCAPES",
      "USE x",
      "system id",
      "\\!",
      "0x4141",
      "\0",
      "é",
    ],
  ),
  { maxLength: 40 },
);

test("any text in any pieces tells the same story, and none throws", () =>
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 9 }), (parts, size) => {
      const text = parts.join("");
      expect(read(text, size)).toEqual(read(text));
    }),
    { numRuns: 2000 },
  ));

test("it reads quickly", () => {
  const row = `(123456,'some text with it\\'s quotes','2026-11-27 03:00:01',NULL,0x${"ab".repeat(40)}),\n`;
  const piece = Buffer.from(`INSERT INTO \`t\` VALUES ${row.repeat(20_000)}(1);\n`);
  const reader = dumpReader();
  const before = process.cpuUsage();
  for (let turn = 0; turn < 12; turn++) reader.push(piece);
  reader.end();
  const { user } = process.cpuUsage(before);
  // A twentieth of what an idle core does, of its own time, whatever else the machine does.
  expect((piece.length * 12) / user).toBeGreaterThan(15);
});
