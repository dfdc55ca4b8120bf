/**
 * First bytes and first lines of what lies where backups should be. Sources: RFC 9580 (packet tags 1 and 3, ASCII armour),
 * the age specification (C2SP), OpenSSL's `enc`, the file formats' own specifications, and the tools' sources.
 */
import type { Form } from "./form.ts";

interface Signature {
  /** `text` is the start as latin1. */
  readonly is: (bytes: Buffer, text: string) => boolean;
  readonly form: Form | ((text: string) => Form);
}

const begins = (prefix: string) => (_: Buffer, text: string) => text.startsWith(prefix);
const matches = (pattern: RegExp) => (_: Buffer, text: string) => pattern.test(text);

const encrypted = (name: string, by: string, next: readonly string[], is: Signature["is"]): Signature => ({
  is,
  form: { kind: "encrypted", name: `encrypted with ${name}`, with: by, next },
});
const foreign = (name: string, next: readonly string[], is: Signature["is"]): Signature => ({
  is,
  form: { kind: "foreign", name, next },
});
/** Whose server a dump is of, when no engine that was asked for takes it. */
function dumpOf(text: string): Form {
  const [, version = "", rest = ""] = /^-- Server version[ \t]+(?:5\.5\.5-)?(\d[\d.]*)([^\n]{0,40})/m.exec(text) ?? [];
  const brand = /mariadb/i.test(rest)
    ? "MariaDB"
    : version === ""
      ? (/^-- (MariaDB|MySQL) dump/m.exec(text)?.[1] ?? "")
      : "MySQL";
  return {
    kind: "foreign",
    name: `a dump of a server by ${brand}${version === "" ? "" : ` ${version}`}`,
    next: [`write \`engine: ${brand.toLowerCase()}\` for this database in fogbell.yaml`],
  };
}

/** Nothing but accounts follows the heading of such a dump, which names no database. */
const isOfAccounts = (text: string): boolean =>
  /^-- (MariaDB|MySQL) dump \d/m.test(text) &&
  /^(?:CREATE USER|CREATE ROLE|GRANT) /m.test(text) &&
  !/^(?:-- Current Database|-- Table structure|CREATE (?:TABLE|DATABASE)|USE |INSERT )/m.test(text);

const JOB = ["look at the job that makes it, and at its exit code"];
const message = (name: string, is: Signature["is"]): Signature => ({ is, form: { kind: "message", name, next: JOB } });

/** A session key that a public key or a passphrase opens: its tag, a length that fits, and its version. */
function isOpenPgp(bytes: Buffer): boolean {
  const [tag = 0, length = 0, third = 0] = bytes;
  if (tag === 0x84 || tag === 0x8c) return length > 8 && [2, 3, 4, 5, 6].includes(third);
  if (tag === 0x85) return [3, 6].includes(bytes[3] ?? 0);
  if (tag === 0xc1 || tag === 0xc3) {
    const at = length < 192 ? 2 : length < 224 ? 3 : 6;
    return [3, 4, 5, 6].includes(bytes[at] ?? 0);
  }
  return false;
}

const SEALED: readonly Signature[] = [
  encrypted(
    "age",
    "age",
    ["age --decrypt --identity KEY FILE, or `encryption: { with: age }` in fogbell.yaml"],
    (_, text) => /^(age-encryption\.org\/v1\n|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text),
  ),
  encrypted(
    "OpenPGP (gpg)",
    "gpg",
    ["gpg --decrypt FILE, or `encryption: { with: gpg }` in fogbell.yaml"],
    (bytes, text) => text.startsWith("-----BEGIN PGP MESSAGE-----") || isOpenPgp(bytes),
  ),
  encrypted(
    "openssl",
    "openssl",
    ["openssl enc -d -aes-256-cbc -pbkdf2 -in FILE -out PLAIN, with the job's own cipher"],
    (_, text) => text.startsWith("Salted__") || text.startsWith("U2FsdGVkX1"),
  ),
  encrypted("Ansible Vault", "ansible-vault", ["ansible-vault decrypt FILE"], begins("$ANSIBLE_VAULT;")),
];

const PACKED: readonly Signature[] = [
  foreign(
    "packed with 7-Zip, which is not unpacked here",
    ["7z x FILE, and pack it with gzip or zstd"],
    begins("7z\xbc\xaf\x27\x1c"),
  ),
  foreign(
    "packed with RAR, which is not unpacked here",
    ["unrar x FILE, and pack it with gzip or zstd"],
    begins("Rar!\x1a\x07"),
  ),
  foreign("packed with lzip, which is not unpacked here", ["lzip -d FILE"], begins("LZIP\x01")),
  foreign("packed with lzop, which is not unpacked here", ["lzop -d FILE"], begins("\x89LZO\0")),
  foreign("packed with compress, which is not unpacked here", ["uncompress FILE"], begins("\x1f\x9d")),
  foreign(
    "packed with Snappy, which is not unpacked here",
    ["unpack it, and pack it with gzip or zstd"],
    begins("\xff\x06\0\0sNaPpY"),
  ),
  foreign(
    "one part of a zip of several parts",
    ["zip -s 0 FILE.zip --out WHOLE.zip, with all parts beside each other"],
    begins("PK\x07\x08"),
  ),
  foreign(
    "a cluster's roles and tablespaces alone (pg_dumpall --globals-only): it brings no database",
    ["keep it beside a dump of each database: pg_dump DATABASE"],
    matches(/^(?:--\r?\n)?-- \w+ database cluster dump\r?\n/m),
  ),
  foreign(
    "the accounts of a MariaDB or MySQL server alone (--system=users): no database and no row is in it",
    ["keep it beside a dump of each database: mariadb-dump DATABASE"],
    (_, text) => isOfAccounts(text),
  ),
  foreign(
    "the accounts of a MariaDB or MySQL server alone, as SHOW GRANTS prints them: no database and no row is in it",
    ["keep it beside a dump of each database: mariadb-dump DATABASE"],
    matches(
      /^(?:-- Grants dumped by pt-show-grants|(?:(?:--|#)[^\n]*\n|\s)*(?:GRANT|CREATE USER) [^\n]* (?:TO|IDENTIFIED|@))/,
    ),
  ),
  foreign(
    "packed with qpress, as mariadb-backup --compress does",
    ["mariadb-backup --decompress --target-dir=FOLDER, or take the copy without --compress"],
    begins("qpress10"),
  ),
  foreign("a cpio archive", ["cpio -id <FILE, and keep what is in it"], matches(/^0707(01|02|07)/)),
];

const OTHER_TOOLS: readonly Signature[] = [
  foreign(
    "text in UTF-16, as PowerShell's > writes it; letters outside ASCII may have become others on the way",
    [
      "write the dump with the program's own option: -f FILE, --result-file=FILE",
      "iconv -f UTF-16 -t UTF-8 FILE >PLAIN",
    ],
    (bytes) => (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff),
  ),
  foreign(
    "an export of phpMyAdmin",
    ["take a dump with mariadb-dump or mysqldump, which says whether it is whole"],
    matches(/^-- phpMyAdmin SQL Dump/m),
  ),
  foreign(
    "an export of Adminer",
    ["take a dump with mariadb-dump or mysqldump, which says whether it is whole"],
    matches(/^-- Adminer \d/m),
  ),
  foreign(
    "an export of HeidiSQL",
    ["take a dump with mariadb-dump, which says whether it is whole"],
    matches(/^-- HeidiSQL Version:/m),
  ),
  foreign(
    "an export of Navicat",
    ["take a dump with mariadb-dump or mysqldump, which says whether it is whole"],
    matches(/^\/\*\s+Navicat [^\n]*Data Transfer/),
  ),
  foreign(
    "an export of a plugin of WordPress",
    ["take a dump with mariadb-dump or wp db export, which says whether it is whole"],
    matches(/^# (WordPress (MySQL|: https)|Created by UpdraftPlus|Backup of: https?:)/m),
  ),
  foreign(
    "a file of mydumper",
    ["myloader --directory FOLDER restores it; Fogbell does not yet"],
    matches(/^(# )?Started dump at: |^\[myloader_|^# Dump generated by mydumper|^\/\*!40101 SET NAMES binary\*\/;/m),
  ),
  foreign(
    "an incremental copy by pg_basebackup in a folder (-Fp): it needs the copies before it",
    ["pg_combinebackup FULL INCREMENTAL… -o JOINED, in the order in which they were taken"],
    matches(/^START WAL LOCATION: (?![\s\S]*^STOP WAL)[\s\S]{0,900}^INCREMENTAL FROM LSN: /m),
  ),
  foreign(
    "a copy by pg_basebackup in a folder (-Fp), which isn't restored here",
    ["pg_verifybackup FOLDER compares every file", "pg_basebackup -Ft makes one that can be verified"],
    // Among pieces of log lies a history of each backup, which says where it stopped as well.
    matches(/^(?:START WAL LOCATION: (?![\s\S]*^STOP WAL)|\{ "PostgreSQL-Backup-Manifest-Version")/m),
  ),
  foreign(
    "a dump by mysqlpump, a program that MySQL removed",
    ["mysqldump makes a dump that can be verified; mysqlpump's is loaded by: mysql <FILE"],
    matches(/^-- Dump created by MySQL pump utility, version/m),
  ),
  foreign(
    "a file of barman's",
    ["barman-cloud-restore brings it back; then verify what pg_dump or pg_basebackup makes of it"],
    (_, text) => /^backup_(id|label)=/m.test(text) && /^(begin_wal|begin_xlog|status)=/m.test(text),
  ),
  foreign("a file of WAL-G's", ["wal-g backup-fetch brings it back"], matches(/^\{"LSN":|"PgVersion":|"FinishLSN":/)),
  foreign(
    "a copy by Percona XtraBackup",
    ["xtrabackup --prepare, and a server of its version"],
    matches(/^tool_name = xtrabackup/m),
  ),
  foreign(
    "an incremental copy by mariadb-backup in a folder: it needs the copies before it",
    ["mariadb-backup --prepare --incremental-dir=FOLDER, into the full one"],
    matches(/^tool_name = (mariabackup|mariadb-backup)$[\s\S]*^incremental = Y/m),
  ),
  { is: matches(/^-- (MariaDB|MySQL) dump \d/m), form: dumpOf },
  foreign(
    "a dump of PostgreSQL",
    ["write `engine: postgres` for this database in fogbell.yaml"],
    matches(
      /^PGDMP|^-- PostgreSQL database (?:cluster )?dump$|^SET statement_timeout = 0;\r?\nSET lock_timeout = 0;$/m,
    ),
  ),
  foreign(
    "a dump without comments (--skip-comments, --compact): nothing in it says of which server it is, and whether it is whole",
    ["leave out --skip-comments and --compact, so that its closing line shows that it is whole"],
    matches(
      /^(\/\*M?!\d+\\- enable the sandbox mode \*\/|\s|SET [^\n]*;)*\/\*!\d{5} SET (@OLD_CHARACTER_SET_CLIENT|@saved_cs_client|NAMES)/,
    ),
  ),
  foreign(
    "a file in a repository of borg: what is in it shows only to borg",
    ["borg list REPOSITORY", "borg extract REPOSITORY::ARCHIVE, then verify what it brings back"],
    matches(/^This is a Borg (Backup )?repository|^BORG_SEG|^\[repository\]\nversion = /i),
  ),
  foreign("a database of SQLite", ["sqlite3 FILE 'PRAGMA integrity_check'"], begins("SQLite format 3\0")),
  foreign("a dump of Redis (RDB)", ["redis-check-rdb FILE"], matches(/^REDIS\d{4}/)),
  foreign("an archive of mongodump", ["mongorestore --archive=FILE"], begins("\x6d\xe2\x99\x81")),
  foreign("a program (ELF)", ["look at what the job copies"], begins("\x7fELF")),
  foreign("an image of a disk (qcow2)", ["qemu-img info FILE"], begins("QFI\xfb")),
  foreign("a PDF document", JOB, begins("%PDF-")),
  {
    is: begins("version https://git-lfs.github.com/spec/"),
    form: { kind: "pointer", name: "a pointer of Git LFS, and not the content", next: ["git lfs pull"] },
  },
  {
    is: matches(/^(\/annex\/objects\/|\.\.\/.*\.git\/annex\/objects\/)/),
    form: { kind: "pointer", name: "a pointer of git-annex, and not the content", next: ["git annex get FILE"] },
  },
];

const MESSAGES: readonly Signature[] = [
  message("a page of HTML, and no backup", matches(/^\s*(<!doctype html|<html)/i)),
  message("an error document of an object store, and no backup", matches(/^\s*(<\?xml[^>]*\?>\s*)?<Error>/)),
  message("an error in JSON, and no backup", matches(/^\s*\{[^{}]{0,400}"(error|message|errors|code|statusCode)"\s*:/)),
  message(
    "the error of a shell, and no backup",
    matches(
      /^[^\n]{0,200}(command not found|: not found|No such file or directory|Permission denied|No space left on device|Cannot connect to the Docker daemon|No such container)/,
    ),
  ),
  message(
    "the error of a database's client, and no backup",
    matches(
      /^[^\n]{0,200}(Access denied for user|ERROR \d{4} \(|FATAL: {1,2}|could not connect to server|connection to server (at|on) |Can't connect to |Got error: \d+)/,
    ),
  ),
];

export const SIGNATURES: readonly Signature[] = [...SEALED, ...PACKED, ...OTHER_TOOLS, ...MESSAGES];
