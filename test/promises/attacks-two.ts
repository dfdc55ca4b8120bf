/** More dumps that mean harm, in the same words as attacks.ts: newer clients, other lexers' corners, more doors out. */
import type { Attack } from "./attacks.ts";

const seen = (name: string, text: string): Attack => ({ name, text, seen: true });
const hidden = (name: string, text: string): Attack => ({ name, text, seen: false });
/** A dump of PostgreSQL leaves no schema to be looked in. */
const inPublic = (name: string, text: string): Attack => hidden(name, `SET search_path = public;\n${text}`);

/** What a lexer that took these bytes for others would run: the command stands behind what the client calls a string. */
const behindString = (opening: string) => `${opening}\\! touch $MARK\n`;

export const MORE_ON_POSTGRES: readonly Attack[] = [
  seen("a string where a backslash is one", behindString("SET standard_conforming_strings = on;\nSELECT 'a\\';\n")),
  inPublic("a string where it escapes", "SET standard_conforming_strings = off;\nSELECT 'a\\';\n\\! touch $MARK\n--';"),
  seen(
    "a letter whose second byte is a backslash",
    "SET client_encoding = 'SJIS';\nSELECT E'\x83\\';\n\\! touch $MARK\n--';",
  ),
  seen("another one", "SET client_encoding = 'BIG5';\nSELECT E'\xa5\\';\n\\! touch $MARK\n--';"),
  seen("a comment in a comment", "/* /* */ ' */\n\\! touch $MARK\n-- '"),
  seen("a body that begins atomic", "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;\n\\! touch $MARK\nEND;"),
  seen("a tag that is none", "SELECT $1$;\n\\! touch $MARK\n-- $1$"),
  seen("a tag in another case", "SELECT $a$ $A$ $a$;\n\\! touch $MARK\n"),
  seen(
    "rows as CSV that end in a quotation",
    'COPY notes (body) FROM stdin WITH (FORMAT csv);\n"a\n\\.\n\\! touch $MARK\n"\n\\.\n',
  ),
  seen("a command behind COPY", "COPY notes (body) FROM stdin; \\! touch $MARK\nx\n\\.\n"),
  seen(
    "two COPY on a line",
    "COPY notes (body) FROM stdin; COPY notes (body) FROM stdin;\na\n\\.\n\\! touch $MARK\n\\.\n",
  ),
  seen("\\; between statements", "SELECT 1 \\; SELECT 2 \\! touch $MARK\n;"),
  seen("\\watch", "SELECT 1 \\watch c=1 i=0 m=1\n\\! touch $MARK"),
  seen("\\bind and \\g", "SELECT $1 \\bind 1 \\g |touch $MARK"),
  seen("\\parse", "SELECT 1 \\parse a\n\\bind_named a \\g $MARK"),
  seen("\\startpipeline", "\\startpipeline\nSELECT 1 \\bind \\sendpipeline\n\\endpipeline\n\\o $MARK"),
  seen("\\getenv", "\\getenv x PATH\n\\! touch $MARK"),
  seen("\\setenv", "\\setenv PAGER 'touch $MARK'\n\\pset pager always\nSELECT 1;"),
  seen("\\if in backticks", "\\if `touch $MARK`\n\\endif"),
  seen("\\lo_export", "\\lo_export 1 $MARK"),
  seen("\\lo_import", "\\lo_import /etc/hostname"),
  seen("\\s", "\\s $MARK"),
  seen("\\ir", "\\ir /etc/hostname"),
  seen("\\e", "\\setenv EDITOR 'touch $MARK'\n\\e"),
  seen("\\copy with a file", "\\copy (SELECT 1) to '$MARK'"),
  seen("\\gx into a program", "SELECT 1 \\gx |touch $MARK"),
  seen("\\crosstabview behind \\o", "\\o |touch $MARK\nSELECT 1, 2, 3 \\crosstabview"),
  inPublic("a password of a role", "ALTER ROLE postgres PASSWORD 'x';"),
  inPublic("settings of the database beside", "ALTER DATABASE postgres SET session_preload_libraries = 'x';"),
  inPublic(
    "a directory of files as a table",
    "CREATE EXTENSION file_fdw; CREATE SERVER s2 FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE hosts (x text) SERVER s2 OPTIONS (filename '/etc/hostname'); CREATE TABLE copied AS TABLE hosts;",
  ),
  inPublic(
    "a file that a function writes",
    "CREATE EXTENSION adminpack; SELECT pg_catalog.pg_file_write('$MARK', 'x', false);",
  ),
  inPublic("a large object of a file", "SELECT lo_export(lo_import('/etc/hostname'), '$MARK');"),
  inPublic(
    "a subscription in pieces",
    "DO $$ BEGIN EXECUTE 'CREATE SUBSCR' || 'IPTION s CONNECTION ''host=127.0.0.1 port=$PORT'' PUBLICATION p WITH (connect = false)'; EXECUTE 'ALTER SUBSCR' || 'IPTION s ENABLE'; END $$;",
  ),
  inPublic(
    "settings of the server in pieces",
    "DO $$ BEGIN EXECUTE 'ALTER ROLE ALL SET log_statement = ''all'''; EXECUTE 'ALTER DATABASE postgres SET local_preload_libraries = ''x'''; END $$;",
  ),
  inPublic(
    "a program in a rule",
    "CREATE TABLE ruled (i int); CREATE FUNCTION evil() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN 1; END $$; CREATE RULE r AS ON INSERT TO ruled DO ALSO SELECT evil(); INSERT INTO ruled VALUES (1);",
  ),
  inPublic(
    "a default that acts",
    "CREATE FUNCTION evil() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN 1; END $$; CREATE TABLE acting (i int DEFAULT evil(), j int); INSERT INTO acting (j) VALUES (1);",
  ),
  inPublic(
    "a check that acts when it is validated",
    "CREATE FUNCTION evil(text) RETURNS bool IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN true; END $$; ALTER TABLE notes ADD CHECK (evil(body));",
  ),
  inPublic(
    "names that shadow the catalogue",
    "CREATE SCHEMA evil; CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN '2000-01-01'; END $$; DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET search_path = evil, pg_catalog'; END $$;",
  ),
  inPublic(
    "every other session ended",
    "DO $$ BEGIN PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid(); END $$;",
  ),
  inPublic("files of the machine as rows", "CREATE TABLE taken AS SELECT pg_read_file('/etc/passwd') AS x;"),
];

export const MORE_ON_MARIADB: readonly Attack[] = [
  seen(
    "a string where a backslash is one",
    "SET sql_mode = 'NO_BACKSLASH_ESCAPES';\nSELECT 'a\\';\nsystem touch $MARK\n-- '",
  ),
  seen("a string where it escapes", "SET sql_mode = '';\nSELECT 'a\\';\\! touch $MARK\n';\nsystem touch $MARK\n"),
  seen("letters of two bytes", "SET NAMES gbk;\nSELECT '\xbf\\';\nsystem touch $MARK\n-- ';"),
  seen("\\C", "\\C gbk\nSELECT '\xbf\\';\nsystem touch $MARK\n-- ';"),
  seen("charset", "charset gbk\nSELECT 1;"),
  seen("a delimiter that is a word", "DELIMITER system\nSELECT 1 system\n\\! touch $MARK\nDELIMITER ;"),
  seen("the sandbox of the client left", "/*M!999999\\- enable the sandbox mode */\n\\! touch $MARK"),
  seen("a comment for one server", "/*M!100100 \\! touch $MARK */;"),
  seen("a comment in a comment", "/* /* */ system touch $MARK\n"),
  seen("two dashes without a blank", "SELECT 1 --1;\nsystem touch $MARK\n"),
  seen("edit", "edit\nSELECT 1;"),
  seen("\\e", "SELECT 1 \\e\n;"),
  seen("resetconnection", "resetconnection\nSELECT 1;"),
  seen("a plugin", "INSTALL PLUGIN evil SONAME 'evil.so';"),
  seen("a function of a library", "CREATE FUNCTION sys_exec RETURNS INT SONAME 'lib_mysqludf_sys.so';"),
  seen(
    "a server",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1', PORT $PORT, DATABASE 'x', USER 'x');",
  ),
  seen("the server's end", "SHUTDOWN;"),
  seen("the log of others", "PURGE BINARY LOGS BEFORE NOW(); RESET MASTER;"),
  seen("a row into the server's own table", "INSERT INTO mysql.global_priv VALUES ('%', 'evil', '{}');"),
  seen("a table moved into another database", "RENAME TABLE notes TO mysql.notes;"),
  seen("a statement with a setting", "SET STATEMENT max_statement_time = 10 FOR SELECT 1 INTO OUTFILE '$MARK';"),
  seen("@@global", "SET @@global.general_log_file = '$MARK', @@global.general_log = 1;"),
  seen("among settings of a session", "SET @a = 1, GLOBAL slow_query_log_file = '$MARK', SESSION sql_mode = '';"),
  seen("XML of a file", "LOAD XML INFILE '/etc/hostname' INTO TABLE notes;"),
  seen("rights as a proxy", "GRANT PROXY ON root TO evil;"),
  seen("another's password", "SET PASSWORD FOR root@localhost = PASSWORD('x');"),
  hidden("at once in pieces", "EXECUTE IMMEDIATE CONCAT('SELECT 1 INTO OUT', 'FILE ''$MARK''');"),
  hidden(
    "a folder for a table's data",
    "CREATE TABLE far (i INT) ENGINE=MyISAM DATA DIRECTORY='$MARK' INDEX DIRECTORY='$MARK';",
  ),
  hidden("the same, InnoDB", "CREATE TABLE far (i INT) ENGINE=InnoDB DATA DIRECTORY='$MARK';"),
  hidden(
    "a file that is a table",
    "CREATE TABLE far (x VARCHAR(100) NOT NULL) ENGINE=CONNECT TABLE_TYPE=CSV FILE_NAME='$MARK'; INSERT INTO far VALUES ('x');",
  ),
  hidden(
    "a table elsewhere",
    "CREATE TABLE far (i INT) ENGINE=FEDERATED CONNECTION='mysql://x@127.0.0.1:$PORT/d/t'; SELECT * FROM far;",
  ),
  hidden(
    "a trigger that writes",
    "DELIMITER //\nCREATE TRIGGER evil AFTER INSERT ON notes FOR EACH ROW BEGIN SELECT 1 INTO OUTFILE '$MARK'; END//\nDELIMITER ;\nINSERT INTO notes VALUES ('x');",
  ),
  hidden("a function that reads a file", "CREATE TABLE taken AS SELECT LOAD_FILE('/etc/hostname') AS x;"),
  hidden(
    "an event at once, in pieces",
    "SET GLOBAL event_scheduler = ON; CREATE EVENT evil ON SCHEDULE AT NOW() DO EXECUTE IMMEDIATE 'SELECT 1 INTO OUTFILE ''$MARK''';",
  ),
];
