/**
 * No value of a row leaves a MariaDB backup, however it is broken: some 20 ways in `npm test`, over 100 in the long run,
 * with a marker in every column.
 */
import { afterAll, beforeAll, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { type Breakage, singAll } from "../support/canary.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { LONG, some } from "../support/long.ts";

const engine = catalog.engines.find(({ name }) => name === "mariadb") as Engine;

const SCHEMA = `
CREATE TABLE parents (id bigint PRIMARY KEY, email varchar(80) NOT NULL, name varchar(40) NOT NULL CHECK (name <> ''),
  UNIQUE KEY one_address (email));
CREATE TABLE children (id bigint PRIMARY KEY, parent bigint NOT NULL, note text NOT NULL, doc json,
  mood enum('zqcanary_happy', 'zqcanary_sad'), born date, at datetime, raw varbinary(200), price decimal(30, 2) CHECK (price > 0),
  CONSTRAINT has_parent FOREIGN KEY (parent) REFERENCES parents (id));
INSERT INTO parents SELECT 73450917345091000 + seq, CONCAT('zqcanary-', seq, '@mail.example'), CONCAT('Zqcanary ', seq) FROM seq_1_to_60;
INSERT INTO children SELECT 73450917345091500 + seq, 73450917345091000 + seq, CONCAT('zqcanary''s\\nnote ', seq),
  JSON_OBJECT('zqcanary', CONCAT('zqcanary ', seq)), 'zqcanary_sad', '2026-01-01' + INTERVAL seq DAY, NOW(), 'zqcanary', 73450917345091.25
  FROM seq_1_to_60;
`;

type Change = (dump: string) => string;
const beforeEnd =
  (sql: string): Change =>
  (dump) =>
    dump.replace("/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;", `${sql}\n/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;`);
const trigger =
  (body: string): Change =>
  (dump) =>
    dump.replace(
      "LOCK TABLES `parents`",
      `DELIMITER ;;\nCREATE TRIGGER zq BEFORE INSERT ON parents FOR EACH ROW BEGIN ${body} END;;\nDELIMITER ;\nLOCK TABLES \`parents\``,
    );
const first =
  (from: string | RegExp, to: string): Change =>
  (dump) =>
    dump.replace(from, to);
const KEYS = "/*!40014 SET FOREIGN_KEY_CHECKS=1 */;";

/** Ways to break a dump. */
const CHANGES: Readonly<Record<string, Change>> = {
  "a row twice": first(/\((73450917345091001,'zq[^)]*)\)/, "($1),($1)"),
  "an address twice": first("'zqcanary-2@", "'zqcanary-1@"),
  "a value less": first(",'Zqcanary 1')", ")"),
  "a value more": first(",'Zqcanary 1')", ",'Zqcanary 1','zqcanary')"),
  "text for a number": first("(73450917345091001,", "('zqcanary',"),
  "a number out of range": first("(73450917345091001,", "(7345091734509173450917345091,"),
  "no date": first("'2026-01-02'", "'zqcanary'"),
  "no moment": first(/'20\d\d-\d\d-\d\d \d\d:\d\d:\d\d'/, "'zqcanary'"),
  "no JSON": first(/'\{\\"zqcanary\\"/, "'zqcanary"),
  "no mood": first("'zqcanary_sad'", "'zqcanary_none'"),
  "too long": first("'Zqcanary 1'", `'${"Zqcanary ".repeat(20)}'`),
  "check violated": first("'Zqcanary 1'", "''"),
  "check of a number violated": first("73450917345091.25", "-73450917345091.25"),
  "nothing where something must be": first("'Zqcanary 1'", "NULL"),
  "no parent": (dump) =>
    dump
      .replace("LOCK TABLES `children`", `${KEYS}\nLOCK TABLES \`children\``)
      .replace(/(\(73450917345091501,)73450917345091001/, "$1734509173450"),
  "numeric overflow": first("73450917345091.25", `73450917345091${"1".repeat(40)}.25`),
  "a byte that is none": first("zqcanary-1@", "zqcanary-1\u00ff@"),
  "no quote": first("'zqcanary-1@", "zqcanary-1@"),
  "no closing quote": first("@mail.example','Zq", "@mail.example,'Zq"),
  "no comma": first("@mail.example',", "@mail.example'"),
  "double quotes": first(/'(zqcanary-1@mail\.example)'/, '"$1"'),
  "quoted as a name": first(/'(zqcanary-1@mail\.example)'/, "`$1`"),
  "no bracket": first("INSERT INTO `parents` VALUES\n(", "INSERT INTO `parents` VALUES\n"),
  "a function of a value": first(/'(zqcanary)-1@mail\.example'/, "$1('zqcanary')"),
  "no head of INSERT": first("INSERT INTO `parents` VALUES", ""),
  "another type": first("`email` varchar(80)", "`email` int(11)"),
  "a shorter type": first("`email` varchar(80)", "`email` varchar(3)"),
  "a trigger that says the row": trigger("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = NEW.email;"),
  "a trigger that poses": trigger(
    "SIGNAL SQLSTATE '23000' SET MYSQL_ERRNO = 1062, MESSAGE_TEXT = NEW.email, TABLE_NAME = NEW.name;",
  ),
  "a trigger that poses as a missing table": trigger(
    "SET @m = CONCAT('Table ''', NEW.email, ''' doesn''t exist'); SIGNAL SQLSTATE '42S02' SET MYSQL_ERRNO = 1146, MESSAGE_TEXT = @m;",
  ),
  "a trigger that casts": trigger("SET NEW.id = CAST(NEW.email AS INT);"),
  "a trigger that looks for the row": trigger("EXECUTE IMMEDIATE CONCAT('SELECT * FROM `', NEW.email, '`');"),
  "a quoted name": beforeEnd("SELECT `zqcanary-1@mail.example`;"),
  "a bare name": beforeEnd("SELECT zqcanary;"),
  "a name of a table": beforeEnd("SELECT * FROM `zqcanary-1@mail.example`;"),
  "an unknown function": beforeEnd("SELECT zqcanary(1);"),
  "an open string": beforeEnd("SELECT 'zqcanary"),
  "an open name": beforeEnd("SELECT `zqcanary"),
  "no statement": beforeEnd("zqcanary zqcanary-1@mail.example;"),
  "a division": beforeEnd("SET sql_mode = 'TRADITIONAL'; UPDATE parents SET id = 1 / (LENGTH(email) - LENGTH(email));"),
  "a unique key too late": beforeEnd("ALTER TABLE children ADD UNIQUE KEY zq (mood);"),
  "a check too late": beforeEnd("ALTER TABLE parents ADD CONSTRAINT zq CHECK (email = '');"),
  "a key too late": beforeEnd(`${KEYS} DELETE FROM parents;`),
  "a partition too few": beforeEnd("ALTER TABLE parents PARTITION BY RANGE (id) (PARTITION a VALUES LESS THAN (2));"),
  "a view of nothing": beforeEnd("CREATE VIEW zq AS SELECT 'zqcanary' FROM missing_zq;"),
  "an unknown collation": beforeEnd("SELECT 'zqcanary' COLLATE zq_nobody_ci;"),
  "a wrong XML": beforeEnd("SELECT EXTRACTVALUE(email, 'zqcanary[') FROM parents;"),
  "a wrong regular expression": beforeEnd("SELECT email REGEXP CONCAT('(', email) FROM parents;"),
  "more than a row": beforeEnd("SET @x = (SELECT email FROM parents);"),
  "a byte of zero": (dump) => dump.replace("zqcanary-1@", "zqcanary-1\0@"),
  "a command of the client": beforeEnd("\\! echo zqcanary"),
  "a command's name": beforeEnd("system echo zqcanary"),
  "cut among the rows": (dump) => dump.slice(0, dump.indexOf("zqcanary-30@")),
  "cut, and its end behind it": (dump) => dump.slice(0, dump.indexOf("zqcanary-30@") + 4) + dump.slice(-400),
  "a program's message": (dump) => `mysqldump: zqcanary zqcanary-1@mail.example\n${dump}`,
};

/** Bytes turned at random, always the same: what nobody thought of. */
function turned(name: string, dump: Buffer, count: number): Breakage[] {
  let state = 54321;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
  const from = Math.max(0, dump.indexOf("zqcanary"));
  return Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.from(dump);
    for (let turn = 0; turn <= index % 5; turn++)
      bytes[from + random(bytes.length - from)] = [39, 34, 10, 96, 92, 59, 0xff, 40][random(8)] ?? 0;
    return { name: `${name} ${index + 1}`, ending: "sql", bytes };
  });
}

let folder: Awaited<ReturnType<typeof testFolder>>;
let breakages: Breakage[] = [];
beforeAll(async () => {
  folder = await testFolder();
  await using bench = await openBench(engine);
  await bench.sh(
    `mariadb-admin --socket="$DB_SOCKET" create shop && mariadb --socket="$DB_SOCKET" shop <<'SQL'\n${SCHEMA}SQL`,
  );
  const dump = async (flags: string) => {
    await bench.sh(`mariadb-dump --socket="$DB_SOCKET" ${flags} --result-file="$SCRATCH/x" shop`);
    return bench.take("x");
  };
  const [plain, rowByRow] = [
    await dump("--single-transaction"),
    await dump("--single-transaction --skip-extended-insert -c"),
  ];
  const changed = Object.entries(CHANGES).map(([name, change]): Breakage => {
    const bytes = Buffer.from(change(plain.toString("latin1")), "latin1");
    if (bytes.equals(plain)) throw new Error(`"${name}" changes nothing`);
    return { name, ending: "sql", bytes };
  });
  breakages = [
    ...some("broken dumps of MariaDB", changed, 3),
    ...turned("turned bytes", plain, LONG ? 30 : 1),
    ...turned("turned bytes, row by row", rowByRow, LONG ? 30 : 1),
  ];
}, 120_000);
afterAll(() => folder[Symbol.asyncDispose]());

test(
  "the marker is in no sink, and what is broken is not called good",
  () => singAll(folder.path, "mariadb", breakages),
  1_200_000,
);
