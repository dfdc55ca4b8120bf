/** Which objects are a copy of files by mariadb-backup: a description alone is none, a copy without its main file is a bad one. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gatherFolders, hasKeys, isDescription, OWN_SETTINGS } from "../../../src/engines/mariadb/file-copies.ts";
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

/** Settings that came with a copy, and what a restore makes of them. */
function withSettings(settings: string) {
  const folder = mkdtempSync(join(tmpdir(), "fogbell-cnf-"));
  const file = join(folder, "backup-my.cnf");
  try {
    writeFileSync(file, settings);
    const run = (script: string) =>
      execFileSync("bash", ["-c", `(${script}) && echo good || echo "exit code $?"`], { encoding: "utf8" });
    const said = run(hasKeys(folder)).trim().split("\n");
    run(OWN_SETTINGS(folder));
    return { said, kept: readFileSync(file, "utf8").trim().split("\n") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("what a copy needs its keys for is not read, and no library of its own is loaded", () => {
  for (const line of [
    "plugin_load=file_key_management=file_key_management",
    'plugin-load-add = "evil.so"',
    "plugin_load_add=aws_key_management",
  ]) {
    const { said, kept } = withSettings(`[mysqld]\nplugin_dir="/tmp/evil"\n${line}\ninnodb_page_size=16384\n`);
    expect(said).toEqual([expect.stringMatching(/encrypted by (file_key|aws_key|evil)/), "exit code 5"]);
    expect(kept).toEqual(["[mysqld]", "innodb_page_size=16384"]);
  }
});

test("of its settings those about its files stay, and none names a folder elsewhere", () => {
  const own = [
    "[mysqld]",
    "innodb_checksum_algorithm=crc32",
    "innodb_data_file_path=ibdata1:12M;ibdata2:50M:autoextend",
    "innodb_undo_directory=./",
  ];
  const others = [
    "innodb_data_home_dir=/etc",
    "innodb_log_group_home_dir=/var/lib",
    "innodb_undo_directory=/etc",
    "innodb_data_file_path=/etc/x:12M",
    "init_file=/tmp/x.sql",
    "plugin_dir=/tmp",
    "file_key_management_filename=/etc/keys",
  ];
  const { said, kept } = withSettings([...own, ...others, ""].join("\n"));
  expect([said, kept]).toEqual([["good"], own]);
});
