/**
 * Engines lie in folders of one plan: whoever knows one finds his way in the others. What an engine declines needs no file;
 * what only one has stands below with the reason.
 */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Capability, Engine } from "../../src/parts.ts";
import { capabilitiesOf } from "../../src/plan/capabilities.ts";

const ROOT = "src/engines";
const folders = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
/** Without the anatomy of a reader of dumps, which follows its language and not the contract. */
const filesOf = (folder: string) =>
  readdirSync(`${ROOT}/${folder}`)
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((file) => !/^dump-(?!reader$)/.test(file))
    .sort();
const engineOf = (folder: string) => catalog.engines.find(({ name }) => name === folder) as Engine;

/** Those that no engine can do without. */
const EVERY = ["client", "engine", "errors", "questions", "shop", "world"];
/** A capability's own file, where an engine gives it. */
const FILE_OF: Readonly<Partial<Record<Capability, string>>> = {
  catalogue: "catalogue",
  sequences: "sequences",
  databases: "takeover",
  "row-repair": "surgery",
  siblings: "mischief",
  copies: "copies",
  "foreign-keys": "foreign-keys",
  mutations: "mutations",
  survey: "survey",
  "held-moment": "moment",
};
/** Files that one engine has and no other, and why. */
const OWN: Readonly<Record<string, string>> = {
  "mariadb/accounts":
    "objects run as accounts, which are made before a restore; PostgreSQL's owners are roles of the globals",
  "mariadb/clone": "MySQL has a physical copy of its own making: the family's second",
  "mariadb/file-copies": "people keep copies of mariadb-backup as folders and as streams; pg_basebackup makes one form",
  "mariadb/flavour": "two systems of one family",
  "mariadb/folder-chain":
    "folders of mariadb-backup are joined before they are opened; PostgreSQL's own program joins its chains",
  "mariadb/log-start":
    "a binary log tells its server and place in its first events; a segment of WAL is told by its name",
  "mariadb/trigger-guard": "no switch turns triggers off for one session, as session_replication_role does",
  "postgres/archive-copy": "pg_restore is given archives; MariaDB's dumps are text",
  "postgres/archive-header": "the header of such an archive",
  "postgres/collations": "indexes sort by rules of the system's that have a version",
  "postgres/conditions": "errors have names by SQLSTATE; MariaDB's have numbers, which stand with the messages",
  "postgres/event-triggers": "a copy can forbid the tables that a question makes",
  "postgres/loading": "what an empty database refuses of a faultless dump is gone around",
  "postgres/log-times": "commits in a segment of WAL tell its time; the events of a binary log stand in log-start",
  "postgres/repository": "pgBackRest keeps a repository of its own",
  "postgres/statement-head": "statements are named in lists of an archive's contents, too",
  "sqlite/program": "where only Node is installed it stands in for the program that the lines type",
};

describe("engine folders", () => {
  it.each(folders)(
    "%s has the files that no engine can do without, and one for each capability and method",
    (folder) => {
      const engine = engineOf(folder);
      const given = capabilitiesOf(engine);
      const needed = [
        ...EVERY,
        ...Object.entries(FILE_OF).flatMap(([capability, file]) =>
          given.includes(capability as Capability) ? [file] : [],
        ),
        // What several engines share lies beside the folders; a repository of its own is named for what it is.
        ...engine.methods.flatMap(({ name, scripts, repository }) =>
          scripts === undefined && repository === undefined ? [name] : [],
        ),
        ...(engine.log === undefined ? [] : ["log"]),
        ...(engine.keyboard === undefined ? [] : ["keyboard"]),
        ...(engine.dumpReader === undefined ? [] : ["dump-reader"]),
      ];
      expect(needed.filter((file) => !filesOf(folder).includes(file))).toEqual([]);
    },
  );

  it("have no file that others lack, but for a reason", () => {
    const others = (folder: string) => new Set(folders.filter((one) => one !== folder).flatMap(filesOf));
    const alone = folders.flatMap((folder) =>
      filesOf(folder)
        .filter((file) => !others(folder).has(file))
        .map((file) => `${folder}/${file}`),
    );
    expect(alone).toEqual(Object.keys(OWN).sort());
  });
});
