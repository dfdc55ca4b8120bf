/** Dumps without comments are told by their language, and nothing else is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dumpReader } from "../../../src/engines/mariadb/dump-reader.ts";
import { readUnsigned } from "../../../src/engines/mariadb/dump-unsigned.ts";

const SANDBOX = "/*M!999999\\- enable the sandbox mode */ \n\n";
const FIRST = "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n";
const TABLE =
  "DROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (\n  `id` int(11) NOT NULL\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n";

describe("is one", () => {
  test.each([
    ["of MariaDB 10.11", `${SANDBOX}${FIRST}/*!40101 SET NAMES utf8mb4 */;\n${TABLE}`, "mariadb", false],
    ["of MySQL 5.7 or MariaDB", `${FIRST}${TABLE}`, null, false],
    [
      "of MySQL 8",
      `${FIRST}/*!50503 SET NAMES utf8mb4 */;\n${TABLE.replace("utf8mb4", "utf8mb4 COLLATE=utf8mb4_0900_ai_ci")}`,
      "mysql",
      false,
    ],
    ["--compact", `/*!40101 SET @saved_cs_client     = @@character_set_client */;\n${TABLE}`, null, false],
    ["tables alone", TABLE, null, false],
    [
      "a sequence first",
      "CREATE SEQUENCE `s` start with 1 minvalue 1 ENGINE=InnoDB;\nDO SETVAL(`s`, 1, 0);\n",
      null,
      false,
    ],
    ["rows alone", "INSERT INTO `t` VALUES\n(1,'x');\n", null, true],
    ["several databases", `CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`a\` ;\n\nUSE \`a\`;\n${TABLE}`, null, false],
  ])("%s", (_, text, server, lacksTables) => expect(readUnsigned(text)).toEqual({ server, lacksTables }));
});

describe("is none", () => {
  test.each([
    ["nothing", ""],
    ["a script", "CREATE TABLE users (id int);\n"],
    ["a script with quotes", "CREATE TABLE `users` (id int);\n"],
    ["of PostgreSQL", "SET statement_timeout = 0;\nSET lock_timeout = 0;\nCREATE TABLE public.t (\n);\n"],
    ["of SQLite", 'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE "t" (a);\n'],
    ["of mydumper", "/*!40101 SET NAMES binary*/;\n/*!40014 SET FOREIGN_KEY_CHECKS=0*/;\n"],
    ["of phpMyAdmin", `-- phpMyAdmin SQL Dump\n${FIRST}`],
    ["of a plugin", `# Created by UpdraftPlus\n${FIRST}`],
  ])("%s", (_, text) => expect(readUnsigned(text)).toBeNull());
  test("never throws, and takes no time over any text", () => {
    const parts = fc.array(fc.constantFrom("SET ", "`", " ", "\n", ";", "/*!", "*/", "INSERT INTO `a` VALUES (", "x"), {
      maxLength: 2000,
    });
    fc.assert(
      fc.property(parts, (all) => void readUnsigned(all.join(""))),
      { numRuns: 200 },
    );
  });
});

describe("its end", () => {
  const end = (text: string) => {
    const reader = dumpReader();
    reader.push(Buffer.from(text));
    return reader.end().end.is;
  };
  const around =
    "SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;\nINSERT INTO `t` VALUES (1);\nCOMMIT;\nSET AUTOCOMMIT=@OLD_AUTOCOMMIT;\n";
  test("is not told by what stands around each table", () => expect(end(`${TABLE}${around}`)).toBe("untold"));
  test("is proven by what is given back at last", () => {
    const notes = "/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;\n";
    expect(end(`${notes}${TABLE}${around}`)).toBe("cut");
    const keys = "/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;\n";
    expect(end(`${keys}${notes}${around}/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n`)).toBe("whole");
    expect(end(`${keys}${notes}${around}`)).toBe("cut");
    expect(end(`${notes}${TABLE}${around}/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n`)).toBe("whole");
  });
});
