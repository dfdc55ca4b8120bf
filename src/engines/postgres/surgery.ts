/** Surgery on a living PostgreSQL database: some rows from a side restore, and nothing else touched. */
import { inTurn, ownLine, printed } from "../../built-script.ts";
import { quote } from "../../host/sh.ts";
import type { Line, RepairRequest } from "../../parts.ts";
import { identifier, literal, PSQL, parseTable, placesOf, psql, qualified, regclass } from "./client.ts";

const plain = (table: string) => parseTable(table).table.replace(/[^A-Za-z0-9_-]/g, "_");
const laid = (table: string) => `fogbell_repair.${identifier(parseTable(table).table)}`;

/**
 * The comparison and the deed share these: for each table, parents first, its key, its columns, and its rows as the
 * recovery point has them. `n` is a row now, `s` the same row then.
 */
const TABLES = (tables: RepairRequest["tables"]) => `
CREATE TABLE fogbell_repair."the tables" AS
WITH RECURSIVE told (oid, touched) AS (VALUES
  ${Object.entries(tables)
    .map(([table, touched]) => `(${regclass(table)}::regclass, ${literal(touched)})`)
    .join(",\n  ")}
), deep (oid, depth) AS (
  SELECT told.oid, 0 FROM told
  UNION
  SELECT k.conrelid::regclass, d.depth + 1 FROM deep d
  JOIN pg_constraint k ON k.confrelid = d.oid AND k.contype = 'f'
    AND k.conrelid <> k.confrelid
  WHERE k.conrelid IN (SELECT told.oid FROM told) AND d.depth < 50
), keys AS (
  SELECT i.indrelid AS oid,
    string_agg(format('n.%1$I = s.%1$I', a.attname), ' AND ') AS same,
    min(format('%I', a.attname)) AS lead
  FROM pg_index i JOIN pg_attribute a
    ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
  WHERE i.indisprimary GROUP BY i.indrelid
), columns AS (
  SELECT a.attrelid AS oid,
    string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) AS cols,
    string_agg(format('s.%I', a.attname), ', ' ORDER BY a.attnum)
      AS back
  FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' GROUP BY a.attrelid
)
SELECT t.oid::regclass::text AS name, max(d.depth) AS depth,
  format('fogbell_repair.%I', c.relname) AS side,
  t.touched, k.same, k.lead, l.cols, l.back
FROM told t JOIN deep d ON d.oid = t.oid
JOIN pg_class c ON c.oid = t.oid
LEFT JOIN keys k ON k.oid = t.oid JOIN columns l ON l.oid = t.oid
GROUP BY t.oid, t.touched, c.relname, k.same, k.lead, l.cols, l.back;`;

/** Counts, table by table, what would be inserted, updated, deleted and left; prints, and changes nothing. */
const DRY_RUN = ({ strangers }: RepairRequest) => `
CREATE TABLE fogbell_repair."the plan" (line text);
DO $fogbell$
DECLARE t record; line text;
BEGIN
  FOR t IN SELECT * FROM fogbell_repair."the tables" ORDER BY depth LOOP
    IF t.same IS NULL THEN
      RAISE EXCEPTION '% has no primary key: copy it back whole',
        t.name;
    END IF;
    EXECUTE format($q$
      SELECT %L || ': insert ' || count(*) FILTER (WHERE n.%5$s IS NULL)
        || ', update ' || count(*) FILTER (WHERE n.touched
          AND s.%5$s IS NOT NULL AND (%6$s) IS DISTINCT FROM (%7$s))
        || ', delete ' || count(*) FILTER (WHERE n.touched
          AND s.%5$s IS NULL AND ${strangers === "delete"})
        || ', leave ' || count(*) FILTER (WHERE NOT n.touched
          AND (s.%5$s IS NULL OR (%6$s) IS DISTINCT FROM (%7$s)))
      FROM (SELECT *, COALESCE((%8$s), false) AS touched
        FROM %2$s) n FULL JOIN %3$s s ON %4$s$q$,
      t.name, t.name, t.side, t.same, t.lead,
      regexp_replace(t.back, '(^|, )s\\.', '\\1n.', 'g'),
      t.back, t.touched) INTO line;
    INSERT INTO fogbell_repair."the plan" VALUES (line);
  END LOOP;
END $fogbell$;
SELECT line FROM fogbell_repair."the plan";`;

/** One transaction, parents first, strangers last and children first; the tables' own triggers stay out of it. */
const APPLY = ({ strangers }: RepairRequest) => `
BEGIN;
DO $fogbell$
DECLARE t record;
BEGIN
  CREATE TEMPORARY TABLE "the triggers" ON COMMIT DROP AS
    SELECT g.tgrelid::regclass::text AS name, g.tgname, g.tgenabled
    FROM fogbell_repair."the tables" told
    JOIN pg_trigger g ON g.tgrelid = told.name::regclass
    WHERE NOT g.tgisinternal;
  FOR t IN SELECT * FROM fogbell_repair."the tables" ORDER BY depth LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', t.name);
    EXECUTE format($q$
      INSERT INTO %1$s (%2$s) OVERRIDING SYSTEM VALUE
      SELECT %3$s FROM %4$s s
      WHERE NOT EXISTS (SELECT FROM %1$s n WHERE %5$s)$q$,
      t.name, t.cols, t.back, t.side, t.same);
    EXECUTE format($q$
      UPDATE %1$s n SET (%2$s) = ROW (%3$s) FROM %4$s s
      WHERE %5$s AND (%6$s) IS DISTINCT FROM (%3$s)
        AND EXISTS (SELECT FROM %1$s x WHERE x.ctid = n.ctid
          AND COALESCE((%7$s), false))$q$,
      t.name, t.cols, t.back, t.side, t.same,
      regexp_replace(t.back, '(^|, )s\\.', '\\1n.', 'g'), t.touched);
  END LOOP;
  FOR t IN SELECT * FROM fogbell_repair."the tables"
    ORDER BY depth DESC LOOP
    EXECUTE format($q$
      DELETE FROM %1$s n WHERE ${strangers === "delete"}
        AND COALESCE((%6$s), false)
        AND NOT EXISTS (SELECT FROM %4$s s WHERE %5$s)$q$,
      t.name, t.cols, t.back, t.side, t.same, t.touched);
  END LOOP;
  FOR t IN SELECT * FROM "the triggers" WHERE tgenabled <> 'D' LOOP
    EXECUTE format('ALTER TABLE %s ENABLE %s TRIGGER %I', t.name,
      CASE t.tgenabled WHEN 'A' THEN 'ALWAYS'
        WHEN 'R' THEN 'REPLICA' ELSE '' END, t.tgname);
  END LOOP;
END $fogbell$;
COMMIT;
SELECT 'repaired';`;

/** Of a table that only some rows are wanted of, which. */
const wanted = ({ only }: RepairRequest, table: string): string =>
  only?.[table] === undefined ? "" : `\n  WHERE ${only[table].trim().replaceAll("\n", "\n  ")}`;

export function repairRows(request: RepairRequest): readonly Line[] {
  const tables = Object.keys(request.tables);
  const files = tables.map((table) => `"$SCRATCH/rows-${plain(table)}"`);
  const out = tables.map((table, i) =>
    psql(`COPY (SELECT * FROM ${qualified(table)}${wanted(request, table)}) TO STDOUT;`, "side", "-At").with({
      output: ownLine(`>${files[i]}`),
    }),
  );
  const into = tables.map(
    (table, i) => `${PSQL} -d "$PGDATABASE" \\
  -c ${quote(`COPY ${laid(table)} FROM STDIN`)} \\
  <${files[i]}`,
  );
  const make = tables
    .map((table) => `CREATE TABLE ${laid(table)} AS\n  TABLE ${qualified(table)} WITH NO DATA;`)
    .join("\n");
  const names = tables.join(", ");
  return [
    {
      say: `Copy ${names} out of the restored database.`,
      ...printed(inTurn(...out)),
      uses: ["SIDE_HOST", "SIDE_DATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "A table isn't in this backup (choose another one), or SCRATCH is full.",
      destroys: false,
    },
    {
      say: "Load these rows beside the live ones. Live data isn't touched.",
      ...printed(
        inTurn(
          psql(`SET client_min_messages = error;\nCREATE SCHEMA fogbell_repair;\n${make}`),
          ...into,
          psql(TABLES(request.tables)),
        ),
      ),
      uses: ["PGHOST", "PGDATABASE", "SCRATCH"],
      expect: "No output.",
      ifNot: "If fogbell_repair already exists, someone else may be repairing. Ask aloud before you continue.",
      destroys: false,
    },
    {
      say: "Dry run: count the rows that would be inserted, updated, deleted and left alone.",
      ...printed(psql(DRY_RUN(request), "production", "-At")),
      uses: placesOf("production"),
      expect: "One line per table. Read the numbers aloud: do they match the damage, and nothing else?",
      ifNot: "Stop here. Correct the condition that tells damaged rows from good ones.",
      destroys: false,
    },
    {
      say: "Apply the repair in one transaction.",
      ...printed(psql(APPLY(request), "production", "-At")),
      uses: placesOf("production"),
      expect: '"repaired". When it fails, nothing has changed.',
      ifNot: "A row needs a parent in a table that isn't being repaired. Add that table and start again.",
      destroys: true,
    },
    {
      say: "Remove the rows that were loaded beside.",
      ...printed(psql("SET client_min_messages = error;\nDROP SCHEMA fogbell_repair CASCADE;")),
      uses: placesOf("production"),
      expect: "No output.",
      ifNot: "You can leave it; it only takes up space.",
      destroys: true,
    },
  ];
}

/** Rows that were written to the wrong database, with numbers of this one: those they got there belong to others here. */
export function mergeRows(table: string, where: string): readonly Line[] {
  const file = `"$SCRATCH/stray-${plain(table)}"`;
  return [
    {
      say: `Copy the rows of ${table} that belong here from the other database. The other database is only read.`,
      script: `columns=$(${PSQL} \\
  -At -d "$PGDATABASE" <<'SQL'
SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum)
FROM pg_attribute WHERE attrelid = ${regclass(table)}::regclass
  AND attnum > 0 AND NOT attisdropped
  AND attidentity = '' AND attgenerated = ''
  AND NOT EXISTS (SELECT FROM pg_attrdef d WHERE adrelid = attrelid
    AND adnum = attnum AND pg_get_expr(adbin, adrelid) ~ '^nextval');
SQL
) && echo "$columns" >${file}.columns &&
${PSQL} -v columns="$columns" \\
  -d "$SIBLING" >${file} <<'SQL'
COPY (SELECT :columns FROM ${qualified(table)}
  WHERE ${where.replaceAll("\n", " ")}) TO STDOUT;
SQL`,
      uses: ["PGHOST", "PGDATABASE", "SIBLING", "SCRATCH"],
      expect: "No output.",
      ifNot: "Check whether the two databases still have the same tables.",
      destroys: false,
    },
    {
      say: `Insert them into ${table}, with new ids.`,
      script: `columns=$(cat ${file}.columns) &&
${PSQL} -d "$PGDATABASE" \\
  -c ${quote(`COPY ${qualified(table)} (`)}"$columns"') FROM STDIN' \\
  <${file} &&
echo "$(wc -l <${file}) rows"`,
      uses: ["PGHOST", "PGDATABASE", "SCRATCH"],
      expect: "A number of rows. It should be the number of missing ones.",
      ifNot: "If a row already exists, someone re-entered it by hand. Ask which one counts.",
      destroys: true,
    },
  ];
}
