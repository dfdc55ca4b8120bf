/** What can be lacking here that says nothing of a backup, and what to do about it. */
import { COMMON_LACKS, inImage, type Lack, OWN_SERVER, unjudgedBy } from "../unjudged.ts";

const LACKS: Readonly<Record<string, Lack>> = {
  "no-extension": {
    because: (name) => `this machine lacks the extension ${name}`,
    next: (name) => inImage(`the package of the extension ${name}`),
  },
  "no-extension-file": {
    because: (name) => `this machine lacks an extension's file: ${name}`,
    next: () => inImage("the package of that extension"),
  },
  "not-preloaded": {
    because: (name) => `an extension has to be preloaded, and is not here${name === "" ? "" : `: ${name}`}`,
    next: () => [OWN_SERVER, "leave the extension out of the dump: pg_dump --exclude-extension, or --extension"],
  },
  "no-library": {
    because: (name) => `this machine lacks the library ${name}`,
    next: () => inImage("the package that holds this library"),
  },
  "no-dictionary": {
    because: (name) => `this machine lacks a text search dictionary: ${name}`,
    next: () => inImage("the dictionary's files (below tsearch_data)"),
  },
  "no-collation": {
    because: (name) => `this machine lacks the collation ${name}`,
    next: (name) => inImage(`the locale ${name}`),
  },
  "no-locale": {
    because: (name) => `this machine lacks a locale of the backup's server${name === "" ? "" : `: ${name}`}`,
    next: () => inImage("that locale"),
  },
  "no-tablespace": {
    because: (name) => `this server has no tablespace ${name}`,
    next: (name) => [
      "make the dump with pg_dump --no-tablespaces, which every server can load",
      `or make the tablespace before a restore: CREATE TABLESPACE ${name} LOCATION '…'`,
    ],
  },
  "no-setting": {
    because: (name) => `a server of this version has no setting ${name}: the dump was written by a newer pg_dump`,
    next: () => ["make the dump with the pg_dump of the server's own version"],
  },
  "no-option": {
    because: (name) => `a server of this version has no option ${name}`,
    next: () => ["make the dump with the pg_dump of the server's own version"],
  },
  "no-language": {
    because: (name) => `this machine lacks the language ${name}`,
    next: (name) => inImage(`the package of the language ${name}`),
  },
  "no-access-method": {
    because: (name) => `this machine lacks the access method ${name}`,
    next: () => inImage("the extension that brings it"),
  },
  "no-wrapper": {
    because: (name) => `this machine lacks the foreign-data wrapper ${name}`,
    next: () => inImage("the extension that brings it"),
  },
  "no-entry": {
    because: () => "the restored server lets nobody in, by its own rules",
    next: () => ["allow local connections in the copy's pg_hba.conf: local all all trust"],
  },
  "settings-elsewhere": {
    because: (name) => `settings of the other machine do not work here: ${name}`,
    next: () => ["look at the settings it names", OWN_SERVER],
  },
  "too-many-locks": {
    because: () => "the server's table of locks is full (max_locks_per_transaction)",
    next: () => ["please report this: a restore in one transaction needs a lock for each object"],
  },
  stopped: {
    because: () => "the sandbox's server was stopped",
    next: () => ["run it again", "free -h"],
  },
  "no-version": {
    because: () => "pg_restore here is older than the archive",
    next: () => ["fogbell doctor", "fogbell images build postgres"],
  },
  "no-compression": {
    because: () => "pg_restore here cannot unpack this compression",
    next: () => ["make the archive with gzip: pg_dump -Z gzip"],
  },
  "old-client": {
    because: () => "psql here is older than the \\restrict that the dump begins with",
    next: () => ["fogbell images build postgres", "update the PostgreSQL client of this machine"],
  },
};

/** Why a failure says nothing about the backup; else null. */
export const unjudged = unjudgedBy({ ...COMMON_LACKS, ...LACKS });
