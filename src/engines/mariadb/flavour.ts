/** What differs between MariaDB and MySQL: names of programs, first start, and a few words of SQL. Everything else is one. */

import { ownLine } from "../../built-script.ts";
import { PACKERS } from "../packers.ts";

/** What replication is called. MySQL changed the words in 8.0.22 to 8.4, and took the old ones out. */
export interface ReplicaWords {
  readonly replica: "SLAVE" | "REPLICA";
  readonly source: "MASTER" | "SOURCE";
  /** As `replica`, in names of columns. */
  readonly Replica: "Slave" | "Replica";
  readonly Source: "Master" | "Source";
  /** The statement that says whom a server follows, but what follows it. */
  readonly change: string;
  /** Asks how far a server's own log goes. */
  readonly logStatus: string;
  /** The setting by which a server follows nobody when it starts. */
  readonly skipStart: string;
}

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
  /** Lines of the configuration of each server that is started here, beside those that both know. */
  readonly settings: readonly string[];
  /** How much the damaged server keeps to repair itself by. */
  readonly redo: string;
  /** Keeps a server from writing a log, where it would by itself. */
  readonly noLog: string;
  /** What a session sets, beside what both set. */
  readonly session: string;
  /** Said before accounts are written out, so that their secrets are text. */
  readonly beforeAccounts: string;
  readonly words: ReplicaWords;
  /** Copies the files of the server at `$DB_SOCKET` to `$SIDE_DATA`; what of `$file` and `$place` is known then, it sets. */
  readonly copyBeside: string;
  /** Sets `$file` and `$place`, up to where the copy holds the log, once its server answers. */
  readonly placeOfCopy: string;
  /** What copies of files need of the server, and of the machine. */
  readonly copySettings: Readonly<Record<string, string>>;
  readonly copyPrograms: readonly string[];
  /** Places in `copyBeside`, beside those that each replica has. */
  readonly copyUses: readonly string[];
  /** What a replica is told of its way to the server it follows, beside where that is; ends with a comma. */
  readonly replicaLink: string;
  /** Lines of a replica's configuration beside those that both know. */
  readonly replicaSettings: string;
  /** How the log's reader is told to leave rows out. */
  readonly noRows: "never" | "decode-rows";
  /** Flags of the log's reader beyond those both know, for going through it. */
  readonly replayFlags: string;
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
  /** Whether the server ends itself when it reads a page that is spoiled, instead of refusing the statement. */
  readonly endsWhenSpoiled: boolean;
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
  settings: [],
  redo: "innodb_log_file_size = 256M",
  noLog: "",
  session: "",
  beforeAccounts: "",
  words: {
    replica: "SLAVE",
    source: "MASTER",
    Replica: "Slave",
    Source: "Master",
    change: "CHANGE MASTER TO",
    logStatus: "SHOW MASTER STATUS",
    skipStart: "skip-slave-start",
  },
  copyBeside: `mkdir -p "$(dirname "$SIDE_DATA")" &&
if ! { mariadb-backup --backup --socket="$DB_SOCKET" \\
  --datadir="$DATADIR" --target-dir="$SIDE_DATA" &&
  mariadb-backup --prepare --target-dir="$SIDE_DATA"
} 2>"$SCRATCH/replica.log"; then
  tail -n 3 "$SCRATCH/replica.log" >&2; false
fi &&
log=$(echo "$SIDE_DATA"/*_binlog_info) &&
read -r file place rest <"$log" &&`,
  placeOfCopy: "",
  copySettings: {},
  copyPrograms: ["mariadb-backup"],
  copyUses: ["DATADIR", "SCRATCH"],
  replicaLink: "",
  replicaSettings: "",
  noRows: "never",
  replayFlags: "",
  dumpFlags: "",
  placeFlag: "--master-data=2",
  filtered: "$DATABASE",
  series: (to) => `(SELECT seq AS n FROM seq_1_to_${to}) s`,
  openAccounts: `SELECT a.User, a.Host FROM mysql.global_priv a
WHERE JSON_VALUE(a.Priv, '$.account_locked') IS NULL AND a.User NOT IN ('', 'root', 'mysql', 'mariadb.sys', 'PUBLIC')
  AND NOT JSON_EXISTS(a.Priv, '$.is_role') AND ${grantee("a")} NOT IN ${CAN_DO_ALL}`,
  endsWhenSpoiled: false,
  joinChecks:
    "c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.TABLE_NAME = k.TABLE_NAME AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME",
};

/** 9.7 is run; 8.4 has the same words. */
export const MYSQL: Flavour = {
  name: "mysql",
  title: "MySQL",
  client: "mysql",
  dump: "mysqldump",
  admin: "mysqladmin",
  check: "mysqlcheck",
  server: "mysqld",
  binlog: "mysqlbinlog",
  packages: ["mysql-server", "mysql-client", ...PACKERS],
  initialise: `mysqld --no-defaults --initialize-insecure --datadir="$DATADIR" \\
  --auto-generate-certs=OFF --skip-log-bin 2>/dev/null`,
  settings: [
    // A second protocol, whose socket lies where another server may be.
    "mysqlx = OFF",
    // The folder that it would look for is a package's that need not be there.
    "secure-file-priv = NULL",
    "auto_generate_certs = OFF",
  ],
  redo: "innodb_redo_log_capacity = 512M",
  noLog: "skip-log-bin",
  // Otherwise sizes and counters are those of the last day.
  session: "SET information_schema_stats_expiry = 0;",
  beforeAccounts: "SET print_identified_with_as_hex = ON;",
  words: {
    replica: "REPLICA",
    source: "SOURCE",
    Replica: "Replica",
    Source: "Source",
    change: "CHANGE REPLICATION SOURCE TO",
    logStatus: "SHOW BINARY LOG STATUS",
    skipStart: "skip-replica-start",
  },
  copyBeside: `mkdir -p "$(dirname "$SIDE_DATA")" &&
mysql --socket="$DB_SOCKET" -BN <<SQL &&
CLONE LOCAL DATA DIRECTORY = '$SIDE_DATA';
SQL`,
  placeOfCopy: `
told=$(mysql --socket="$SIDE_SOCKET" -BN <<SQL
SELECT binlog_file, binlog_position
FROM performance_schema.clone_status;
SQL
)
file=$(echo "$told" | cut -f1) place=$(echo "$told" | cut -f2)`,
  copySettings: { "plugin-load-add": "mysql_clone.so" },
  copyPrograms: [],
  copyUses: [],
  // It wants a certificate otherwise, and a server that is made here has none.
  replicaLink: "\n  SOURCE_SSL = 0,",
  // One place in the log that it stands at, and not one for each of several workers.
  replicaSettings: "\nreplica_parallel_workers = 1\nplugin-load-add = mysql_clone.so",
  // "never" ends at the first row.
  noRows: "decode-rows",
  // The transactions of the log have their numbers, and a server leaves out those that it had: the damaged one all of them.
  replayFlags: " --skip-gtids",
  dumpFlags: ` ${ownLine("--column-statistics=0 --set-gtid-purged=OFF --no-tablespaces")}`,
  placeFlag: "--source-data=2",
  filtered: "$SIDE_DATABASE",
  series: (to) =>
    `(WITH RECURSIVE r AS (SELECT /*+ SET_VAR(cte_max_recursion_depth = 1000000000) */ 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < ${to}) SELECT n FROM r) s`,
  openAccounts: `SELECT a.User, a.Host FROM mysql.user a
WHERE a.account_locked = 'N' AND a.User NOT IN ('', 'root', 'mysql', 'mysql.sys', 'mysql.session', 'mysql.infoschema')
  AND ${grantee("a")} NOT IN ${CAN_DO_ALL}`,
  endsWhenSpoiled: true,
  joinChecks: "c.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME",
};
