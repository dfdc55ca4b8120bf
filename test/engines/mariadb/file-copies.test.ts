/** Which objects are a copy of files by mariadb-backup: a description alone is none, a copy without its main file is a bad one. */
import { expect, test } from "vitest";
import { gatherFolders, isDescription } from "../../../src/engines/mariadb/file-copies.ts";
import type { StoredObject } from "../../../src/parts.ts";

const object = (key: string): StoredObject => ({ key, sizeBytes: 9, modifiedAt: "2026-11-28T00:00:00Z" });
const gathered = (...keys: string[]) =>
  gatherFolders(keys.map(object), () => false).map(({ members }) => members.map(({ key }) => key));

test("a folder with files of a server is a copy, whether its main file is there or not", () => {
  const whole = ["a/xtrabackup_info", "a/ibdata1", "a/shop/orders.ibd"];
  expect(gathered(...whole)).toEqual([whole]);
  const without = ["a/mariadb_backup_info", "a/shop/orders.frm"];
  expect(gathered(...without)).toEqual([without]);
});

test("a description beside a copy that lies elsewhere (--extra-lsndir) is none", () => {
  expect(gathered("lsn/xtrabackup_info", "lsn/xtrabackup_checkpoints", "other/ibdata1")).toEqual([]);
  expect(["lsn/xtrabackup_info", "mariadb_backup_info", "lsn/info"].map(isDescription)).toEqual([true, true, false]);
});
