/** The storage engines that a dump needs: told by its tables and partitions, asked of the server before anything is restored. */
import { describe, expect, test } from "vitest";
import { dumpReader } from "../../../src/engines/mariadb/dump-reader.ts";
import { MARIADB } from "../../../src/engines/mariadb/flavour.ts";
import { prepareOf } from "../../../src/engines/mariadb/prepare.ts";
import type { BackupFacts, DumpStory } from "../../../src/parts.ts";

function read(text: string): DumpStory {
  const reader = dumpReader();
  reader.push(Buffer.from(text));
  return reader.end();
}
const asked = (text: string, facts = {} as BackupFacts) =>
  prepareOf(MARIADB)(facts, read(text))
    .map(({ script }) => script)
    .join("\n");

describe("engines that a dump names", () => {
  test.each([
    ["a table's", "CREATE TABLE t (id int) ENGINE=RocksDB DEFAULT CHARSET=utf8mb4;", ["RocksDB"]],
    ["with spaces", "CREATE TABLE t (id int) engine = Aria;", ["Aria"]],
    [
      "of partitions, as they are executed",
      "CREATE TABLE t (id int) ENGINE=InnoDB\n/*!50100 PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (5) ENGINE = SPIDER) */;",
      ["InnoDB", "SPIDER"],
    ],
    ["of no column, comment or value", "CREATE TABLE t (`engine` int COMMENT 'ENGINE=X', CHECK (`engine` = 5));", []],
    ["of nothing in a comment", "-- ENGINE=ROCKSDB\n/* ENGINE=ROCKSDB */ CREATE TABLE t (id int);", []],
  ])("%s", (_, text, expected) => expect(read(text).engines?.map(({ name }) => name)).toEqual(expected));
});

test("InnoDB is everywhere, aliases are the same, what is installed is loaded first", () => {
  expect(asked("CREATE TABLE t (id int) ENGINE=InnoDB;")).toBe("");
  expect(asked("CREATE TABLE t (id int) ENGINE=HEAP;")).toContain("'MEMORY' AS name");
  expect(asked("CREATE TABLE t (id int) ENGINE=ARCHIVE;")).toContain("INSTALL SONAME 'ha_archive'");
  expect(asked("CREATE TABLE t (id int) ENGINE=ROCKSDB;")).not.toContain("INSTALL");
});

test("of several databases only those of the one that is restored", () => {
  const text =
    "-- Current Database: `a`\nUSE `a`;\nCREATE TABLE t (id int) ENGINE=ROCKSDB;\n-- Current Database: `b`\nUSE `b`;\nCREATE TABLE t (id int) ENGINE=InnoDB;\n";
  expect(asked(text, { only: "a" } as BackupFacts)).toContain("ROCKSDB");
  expect(asked(text, { only: "b" } as BackupFacts)).toBe("");
});
