/** What MariaDB's and MySQL's programs print about a failure becomes values; no row gets through. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readErrors, unjudged } from "../../../src/engines/mariadb/errors.ts";
import { describeError, shownErrors } from "../../../src/host/client-errors.ts";

const SECRET = "anna.marker@example.org";

describe("the client", () => {
  test.each([
    [
      `ERROR 1062 (23000) at line 12: Duplicate entry '${SECRET}' for key 'PRIMARY'`,
      "mariadb, line 12: duplicate entry for key PRIMARY (1062)",
    ],
    [
      `--------------\nINSERT INTO t VALUES ('${SECRET}')\n--------------\n\nERROR 1062 (23000) at line 3: Duplicate entry '${SECRET}' for key 'mail'`,
      "mariadb, line 3: duplicate entry for key mail (1062)",
    ],
    [
      `ERROR 1064 (42000) at line 9: You have an error in your SQL syntax; check the manual … near '${SECRET}' at line 1`,
      "mariadb, line 9: error in the SQL syntax (1064)",
    ],
    [
      `ERROR 1366 (22007) at line 40: Incorrect string value: '${SECRET}' for column \`shop\`.\`t\`.\`mail\` at row 1`,
      "mariadb, line 40: a value is wrong for column shop.t.mail (1366)",
    ],
    [
      "ERROR 1146 (42S02) at line 4: Table 'shop.old_prices' doesn't exist",
      "mariadb, line 4: table shop.old_prices doesn't exist (1146)",
    ],
    [
      "ERROR 1452 (23000) at line 4: Cannot add or update a child row: a foreign key constraint fails (`s`.`c`, CONSTRAINT `c_1` …)",
      "mariadb, line 4: a foreign key fails: the parent row is missing (1452)",
    ],
    [`ERROR 31337 (HY000) at line 4: ${SECRET}`, "mariadb, line 4: an error of the server: ••• (31337)"],
    [
      `ERROR at line 4: ASCII '\\0' appeared in the statement … Query: '${SECRET}'.`,
      "mariadb, line 4: a byte of zero in a statement",
    ],
    [
      `ERROR 1406 (22001) at line 2: Data too long for column '${"m"}' at row 1`,
      "mariadb, line 2: a value is too long for column m (1406)",
    ],
    [
      `ERROR 1054 (42S22) at line 2: Unknown column '${SECRET}' in 'field list'`,
      "mariadb, line 2: unknown column ••• (1054)",
    ],
  ])("%s", (text, said) => {
    const shown = shownErrors(readErrors(text));
    expect(shown).toBe(said);
    expect(shown).not.toContain("marker");
  });
});

describe("its siblings, a server's log, copies of files", () => {
  test.each([
    ["mariadb-admin: CREATE DATABASE failed; error: 'Can't create database 'shop'; database exists'", "exists"],
    ["mariadb-binlog: Error 1049: Unknown database 'shop'", "no-object"],
    ["2026-11-28  0:01:02 0 [ERROR] InnoDB: Upgrade after a crash is not supported.", "other-version"],
    ["[00] 2026-11-28 00:01:02 Error: cannot open ./xtrabackup_checkpoints", "no-file"],
    ["mbstream: read_stream failed", "cut"],
    ["mariadb-check: Got error: 2002: Can't connect to local server through socket '/x' (2)", "stopped"],
  ])("%s", (text, reason) => expect(readErrors(text)[0]).toMatchObject({ severity: "error", reason }));
  test("a warning about the password or a program's name is none", () =>
    expect(
      readErrors("mysql: Deprecated program name. It will be removed\nERROR 1049 (42000): Unknown database 'a'"),
    ).toHaveLength(1));
});

describe("what this server lacks says nothing of the backup", () => {
  test.each([
    ["ERROR 1273 (HY000) at line 9: Unknown collation: 'utf8mb4_0900_ai_ci'", "MySQL 8"],
    ["ERROR 1193 (HY000) at line 9: Unknown system variable 'GTID_PURGED'", "MySQL 8"],
    ["ERROR 1286 (42000) at line 9: Unknown storage engine 'mroonga'", "mroonga"],
    ["ERROR 1115 (42000) at line 9: Unknown character set: 'gb18030'", "gb18030"],
    ["ERROR 1524 (HY000) at line 9: Plugin 'auth_x' is not loaded", "auth_x"],
    ["ERROR 4161 (HY000) at line 9: Unknown data type: 'vector'", "vector"],
    ["ERROR 1114 (HY000) at line 9: The table 't' is full", "the disk is full"],
    ["ERROR 2013 (HY000) at line 9: Lost connection to server during query", "stopped"],
  ])("%s", (text, named) => {
    const found = unjudged(readErrors(text));
    expect(found?.because).toContain(named);
    expect(found?.next?.length).toBeGreaterThan(0);
  });
  test.each([
    "ERROR 1062 (23000) at line 12: Duplicate entry 'a' for key 'b'",
    "ERROR 1146 (42S02) at line 4: Table 'a.b' doesn't exist",
    "ERROR 1356 (HY000) at line 4: View 'a.b' references invalid table(s)",
    "ERROR 1064 (42000) at line 4: You have an error in your SQL syntax",
  ])("%s is the backup's own", (text) => expect(unjudged(readErrors(text))).toBeNull());
});

test("whatever is printed, nothing throws, and a marker in it comes out only as an object's name", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom("ERROR 1062 (23000) at line 1: ", "'", "\n", "x", ": ", "--------------\n", "0 [ERROR] "),
        { maxLength: 12 },
      ),
      (parts) => {
        const errors = readErrors(parts.join(SECRET));
        for (const one of errors) expect(describeError(one)).not.toContain(SECRET);
      },
    ),
  ));

test("options of a table that a real server took are this server's lack", () => {
  const text = `ERROR 1005 (HY000) at line 26: Can't create table \`side\`.\`audit\` (errno: 140 "Wrong create options")`;
  const said = unjudged(readErrors(text));
  expect(said?.because).toContain("option of the table side.audit");
  const other = `ERROR 1005 (HY000) at line 26: Can't create table \`side\`.\`audit\` (errno: 150 "Foreign key constraint is incorrectly formed")`;
  expect(unjudged(readErrors(other))).toBeNull();
});

test("an account that the backup does not bring is no fault of its rows", () => {
  const text = "ERROR 1449 (HY000) at line 953: The user specified as a definer ('app'@'%') does not exist";
  expect(unjudged(readErrors(text))?.because).toContain("account which the backup does not bring");
});

test("a table in a folder of its own, which this machine lacks, is no fault of the backup", () => {
  for (const text of [
    `ERROR 1 (HY000) at line 26: Can't create/write to file '/data2/far.MYD' (Errcode: 2 "No such file or directory")`,
    `ERROR 1 (HY000) at line 26: Can't create/write to file '/data2/far.MYI' (Errcode: 13 "Permission denied")`,
    `ERROR 1005 (HY000) at line 26: Can't create table \`side\`.\`far\` (errno: 13 "Permission denied")`,
  ])
    expect(unjudged(readErrors(text))?.because).toMatch(/a folder of its own/);
  const full = `ERROR 3 (HY000) at line 2: Error writing file './side/t.MYD' (Errcode: 28 "No space left on device")`;
  expect(unjudged(readErrors(full))?.because).toMatch(/^the disk is full/);
});
