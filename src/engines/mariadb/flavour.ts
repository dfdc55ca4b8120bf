/** What differs between MariaDB and MySQL: names of programs, first start, and a few words of SQL. Everything else is one. */

import { PACKERS } from "../packers.ts";

export interface Flavour {
  readonly name: "mariadb" | "mysql";
  readonly title: string;
  readonly client: string;
  readonly dump: string;
  readonly admin: string;
  readonly check: string;
  readonly server: string;
  readonly binlog: string;
  /** Debian's packages; none when Debian does not carry it. */
  readonly packages: readonly string[];
  /** Makes an empty data folder at `$DATADIR`, whose root account needs no password on its socket. */
  readonly initialise: string;
  /** Flags of the dump program beyond those both know. */
  readonly dumpFlags: string;
  /** Makes the dump say its place in the log, as a comment. */
  readonly placeFlag: string;
  /** The database that the log's reader filters by when it renames one: MariaDB filters first, MySQL renames first. */
  readonly filtered: "$DATABASE" | "$SIDE_DATABASE";
  /** A derived table `n` with the numbers 1 to `to`. */
  series(to: number): string;
  /** Accounts that could log in and are no administrators: `user <TAB> host`. */
  readonly openAccounts: string;
  /** The join from TABLE_CONSTRAINTS `k` to CHECK_CONSTRAINTS `c`. */
  readonly joinChecks: string;
}

const CAN_DO_ALL =
  "(SELECT GRANTEE FROM information_schema.USER_PRIVILEGES WHERE PRIVILEGE_TYPE IN ('SUPER', 'CREATE USER'))";
const grantee = (alias: string) => `CONCAT('''', ${alias}.User, '''@''', ${alias}.Host, '''')`;

export const MARIADB: Flavour = {
  name: "mariadb",
  title: "MariaDB",
  client: "mariadb",
  dump: "mariadb-dump",
  admin: "mariadb-admin",
  check: "mariadb-check",
  server: "mariadbd",
  binlog: "mariadb-binlog",
  packages: ["mariadb-server", "mariadb-client", "mariadb-backup", ...PACKERS],
  initialise: `mariadb-install-db --no-defaults --datadir="$DATADIR" \\
  --auth-root-authentication-method=normal --skip-test-db >/dev/null`,
  dumpFlags: "",
  placeFlag: "--master-data=2",
  filtered: "$DATABASE",
  series: (to) => `(SELECT seq AS n FROM seq_1_to_${to}) s`,
  openAccounts: `SELECT a.User, a.Host FROM mysql.global_priv a
WHERE JSON_VALUE(a.Priv, '$.account_locked') IS NULL AND a.User NOT IN ('', 'root', 'mysql', 'mariadb.sys', 'PUBLIC')
  AND NOT JSON_EXISTS(a.Priv, '$.is_role') AND ${grantee("a")} NOT IN ${CAN_DO_ALL}`,
  joinChecks:
    "c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME",
};

/** Written to the same contract; nobody has run it yet on a machine with MySQL's packages. */
export const MYSQL: Flavour = {
  name: "mysql",
  title: "MySQL",
  client: "mysql",
  dump: "mysqldump",
  admin: "mysqladmin",
  check: "mysqlcheck",
  server: "mysqld",
  binlog: "mysqlbinlog",
  packages: [],
  initialise: 'mysqld --no-defaults --initialize-insecure --datadir="$DATADIR" 2>/dev/null',
  dumpFlags: " --column-statistics=0 --set-gtid-purged=OFF --no-tablespaces",
  placeFlag: "--source-data=2",
  filtered: "$SIDE_DATABASE",
  series: (to) =>
    `(WITH RECURSIVE r AS (SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000000) */ 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < ${to}) SELECT n FROM r) s`,
  openAccounts: `SELECT a.User, a.Host FROM mysql.user a
WHERE a.account_locked = 'N' AND a.User NOT IN ('', 'root', 'mysql', 'mysql.sys', 'mysql.session', 'mysql.infoschema')
  AND ${grantee("a")} NOT IN ${CAN_DO_ALL}`,
  joinChecks: "c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME",
};
