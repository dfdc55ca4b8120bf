/**
 * Dumps that mean harm. `$MARK` is a file of this machine that nobody else writes, `$PORT` something that listens on it,
 * `$SOCKET` a server beside it with a database `victim`. `seen`: the reader refuses it, or a program that reads it stops;
 * what is hidden in bodies and texts runs, and has to reach nothing.
 */
export interface Attack {
  readonly name: string;
  readonly text: string;
  readonly seen: boolean;
}

const seen = (name: string, text: string): Attack => ({ name, text, seen: true });
const hidden = (name: string, text: string): Attack => ({ name, text, seen: false });

export const ON_POSTGRES: readonly Attack[] = [
  seen("a command of the shell", "\\! touch $MARK"),
  seen("behind blanks", "   \\! touch $MARK"),
  seen("behind a statement", "SELECT 1 \\! touch $MARK\n;"),
  seen("inside parentheses", "SELECT (1\n\\! touch $MARK\n);"),
  seen("behind a comment", "/* x */ \\! touch $MARK"),
  seen("\\copy", "\\copy customers to program 'touch $MARK'"),
  seen("\\o", "\\o |touch $MARK"),
  seen("\\g", "SELECT 1 \\g |touch $MARK"),
  seen("\\w", "SELECT 1\n\\w |touch $MARK\n;"),
  seen("\\set in backticks", "\\set x `touch $MARK`"),
  seen("\\gexec", "SELECT 'DROP DATABASE postgres' \\gexec"),
  seen("\\i", "\\i /etc/hostname"),
  seen("\\connect", '\\connect "host=$SOCKET dbname=victim"\nDROP TABLE t;'),
  seen("\\c", "\\c victim\nDROP TABLE t;"),
  seen("a program that reads", "COPY customers TO PROGRAM 'touch $MARK';"),
  seen("in another case", "cOpY/* x */customers tO pRoGrAm 'touch $MARK';"),
  seen("a program that writes", "CREATE TABLE s (x text); COPY s FROM PROGRAM 'touch $MARK; echo x';"),
  seen("a file", "COPY (SELECT 1) TO '$MARK';"),
  seen("a file that is read", "CREATE TABLE s (x text); COPY s FROM '/etc/hostname';"),
  seen("settings of the server", "ALTER SYSTEM SET archive_command = 'touch $MARK'; SELECT pg_reload_conf();"),
  seen("settings of all databases", "ALTER ROLE ALL SET session_preload_libraries = 'x';"),
  seen("another database gone", "DROP DATABASE postgres;"),
  seen("another database made", "CREATE DATABASE other;"),
  seen("a tablespace", "CREATE TABLESPACE t LOCATION '$MARK';"),
  seen("a subscription that connects", "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=$PORT' PUBLICATION p;"),
  seen("the limit lifted", "\\unrestrict $KEY\n\\! touch $MARK\n\\restrict $KEY"),
  seen("the limit lifted among rows", "COPY notes (body) FROM stdin;\n\\unrestrict $KEY\n\\! touch $MARK\n\\.\n"),
  seen("a library", "LOAD '/nonexistent/evil.so';"),
  hidden(
    "a program in pieces",
    "DO $$ BEGIN EXECUTE 'CO' || 'PY (SELECT 1) TO PROG' || 'RAM ''touch $MARK'''; END $$;",
  ),
  hidden(
    "a function of the C library",
    "CREATE FUNCTION sys(cstring) RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'system' LANGUAGE C STRICT; SELECT sys('touch $MARK');",
  ),
  hidden("a large object as a file", "SELECT lo_export(lo_from_bytea(0, 'x'), '$MARK');"),
  hidden(
    "a trigger on rows",
    "CREATE FUNCTION evil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN NEW; END $$; CREATE TRIGGER evil BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION evil(); INSERT INTO notes VALUES ('x');",
  ),
  hidden(
    "an event trigger",
    "CREATE FUNCTION evil() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; END $$; CREATE EVENT TRIGGER evil ON ddl_command_end EXECUTE FUNCTION evil(); CREATE TABLE fires (i int);",
  ),
  hidden(
    "a view that acts when it is read",
    "CREATE FUNCTION evil() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN 1; END $$; CREATE VIEW acting AS SELECT evil(); CREATE MATERIALIZED VIEW acted AS SELECT evil();",
  ),
  hidden(
    "an index whose function acts",
    "CREATE FUNCTION evil(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'COPY (SELECT 1) TO PROGRAM ''touch $MARK'''; RETURN $1; END $$; CREATE INDEX ON notes (evil(body));",
  ),
  hidden(
    "a server elsewhere",
    "CREATE EXTENSION postgres_fdw; CREATE SERVER x FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '$PORT'); CREATE USER MAPPING FOR CURRENT_USER SERVER x OPTIONS (user 'x'); CREATE FOREIGN TABLE f (i int) SERVER x; DO $$ BEGIN PERFORM * FROM f; EXCEPTION WHEN OTHERS THEN NULL; END $$;",
  ),
  hidden(
    "the server beside",
    "CREATE EXTENSION dblink; DO $$ BEGIN PERFORM dblink_exec('host=$SOCKET dbname=victim', 'DROP TABLE t'); EXCEPTION WHEN OTHERS THEN NULL; END $$;",
  ),
  hidden(
    "a file that is a table",
    "CREATE EXTENSION file_fdw; CREATE SERVER s FOREIGN DATA WRAPPER file_fdw; CREATE FOREIGN TABLE f (x text) SERVER s OPTIONS (program 'touch $MARK'); DO $$ BEGIN PERFORM * FROM f; END $$;",
  ),
];

export const ON_MARIADB: readonly Attack[] = [
  seen("a command of the shell", "\\! touch $MARK"),
  seen("system", "system touch $MARK"),
  seen("SYSTEM, behind blanks", "  SYSTEM\ttouch $MARK"),
  seen("behind a statement", "SELECT 1; system touch $MARK;"),
  seen("in a comment for versions", "/*!50000 \\! touch $MARK */;"),
  seen("behind another delimiter", "DELIMITER //\nSELECT 1//\nsystem touch $MARK\nDELIMITER ;"),
  seen("tee", "tee $MARK\nSELECT 1;"),
  seen("pager", "pager cat >$MARK\nSELECT 1;"),
  seen("source", "source /etc/hostname"),
  seen("a file", "SELECT 1 INTO OUTFILE '$MARK';"),
  seen("in another case", "sElEcT 1 iNtO/* x */dUmPfIlE '$MARK';"),
  seen("a file of the client", "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE notes;"),
  seen("a file of the server", "LOAD DATA INFILE '/etc/hostname' INTO TABLE notes;"),
  seen("another database", "USE mysql;\nDELETE FROM global_priv;"),
  seen("another database gone", "DROP DATABASE mysql;"),
  seen("an account", "CREATE USER evil IDENTIFIED BY 'x'; GRANT ALL ON *.* TO evil;"),
  seen("settings of the server", "SET GLOBAL general_log_file = '$MARK'; SET GLOBAL general_log = 1;"),
  seen("a library", "INSTALL SONAME 'evil';"),
  seen("a master", "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = $PORT; START SLAVE;"),
  hidden("a file in pieces", "SET @s = CONCAT('SELECT 1 INTO OUT', 'FILE ''$MARK'''); PREPARE p FROM @s; EXECUTE p;"),
  hidden(
    "a procedure",
    "DELIMITER //\nCREATE PROCEDURE evil() BEGIN SELECT 1 INTO OUTFILE '$MARK'; END//\nDELIMITER ;\nCALL evil();",
  ),
  hidden("an event", "CREATE EVENT evil ON SCHEDULE EVERY 1 SECOND DO SELECT 1 INTO OUTFILE '$MARK';"),
];
