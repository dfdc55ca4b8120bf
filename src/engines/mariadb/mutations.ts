/** Known ways to spoil a MariaDB or MySQL copy: what a check of it should notice. Each prints what it was done to. */
import { inTurn, printed } from "../../built-script.ts";
import type { FreshColumn, Line, Mutation } from "../../parts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { client, execute, literal, placesOf, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";

const q = (column: string) => `CONCAT('\`', REPLACE(${column}, '\`', '\`\`'), '\`')`;
const TABLES = "information_schema.TABLES b";
const HERE = `b.TABLE_SCHEMA = DATABASE() AND b.${TABLES_OF_ROWS} AND b.TABLE_ROWS > 0`;
const COLUMNS = `${TABLES} JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = b.TABLE_SCHEMA AND c.TABLE_NAME = b.TABLE_NAME AND c.EXTRA NOT LIKE '%GENERATED%'`;
const NO_KEY = "AND c.COLUMN_KEY = ''";
const FREE = "SET foreign_key_checks = 0;";

/** A statement that a query writes, over the largest table that fits, and then the subject. */
function mutation(
  flavour: Flavour,
  name: string,
  { say, from, and, deed, subject }: { say: string; from: string; and: string; deed: string; subject: string },
): Mutation {
  // The subject as well: of several columns what is done and what is said must be of the same.
  const found = `FROM ${from} WHERE ${HERE} ${and} ORDER BY b.DATA_LENGTH DESC, b.TABLE_NAME, ${subject} LIMIT 1`;
  // The subject is found first: afterwards there may be nothing left to find it by.
  const text = `${FREE}
SET @subject = (SELECT ${subject} ${found});
${execute(`SELECT ${deed} ${found}`)}
SELECT @subject WHERE @subject IS NOT NULL;`;
  const line: Line = { say, ...printed(sql(flavour, text)), uses: placesOf("production"), destroys: false };
  return { name, line };
}

const MOMENTS =
  "creat|insert|updat|modif|chang|happen|occur|logged|received|placed|_at$|_on$|^at$|^ts$|stamp|last_|beat_";

/** Statements for all columns of moments, written by one client and run by another. */
function stale(flavour: Flavour, fresh: FreshColumn | null): Mutation {
  // What is declared to tell the age is aged whatever it is called, and when an index holds it.
  const declared =
    fresh === null
      ? null
      : `b.TABLE_NAME = ${literal(fresh.table)} AND c.COLUMN_NAME = ${literal(fresh.column)} AND c.DATA_TYPE IN ('timestamp', 'datetime', 'date')`;
  const found = `FROM ${COLUMNS} WHERE ${HERE} AND (c.COLUMN_KEY = '' AND c.DATA_TYPE IN ('timestamp', 'datetime') AND c.COLUMN_NAME REGEXP '${MOMENTS}'${declared === null ? "" : ` OR ${declared}`})`;
  const written = sql(
    flavour,
    `SELECT CONCAT('UPDATE ', ${q("b.TABLE_NAME")}, ' SET ', ${q("c.COLUMN_NAME")}, ' = ', ${q("c.COLUMN_NAME")}, ' - INTERVAL 7 DAY;') ${found};`,
  );
  const named = sql(
    flavour,
    `SELECT CONCAT('every moment, ', b.TABLE_NAME, '.', c.COLUMN_NAME, ' among them') ${found} ORDER BY ${declared === null ? "" : `(${declared}) DESC, `}b.DATA_LENGTH DESC, b.TABLE_NAME LIMIT 1;`,
  );
  const aged = written.with({ reader: client(flavour, "production") });
  return {
    name: "stale-by-a-week",
    line: {
      say: "Make every moment a week older.",
      ...printed(inTurn(aged, named)),
      uses: placesOf("production"),
      destroys: false,
    },
  };
}

export function mutationsOf(flavour: Flavour, fresh: FreshColumn | null): readonly Mutation[] {
  const column = "CONCAT(b.TABLE_NAME, '.', c.COLUMN_NAME)";
  return [
    mutation(flavour, "table-emptied", {
      say: "Empty the largest table.",
      from: TABLES,
      and: "",
      deed: `CONCAT('DELETE FROM ', ${q("b.TABLE_NAME")})`,
      subject: "b.TABLE_NAME",
    }),
    mutation(flavour, "rows-missing", {
      say: "Take about one row of a hundred out of the largest table.",
      from: TABLES,
      and: "",
      deed: `CONCAT('DELETE FROM ', ${q("b.TABLE_NAME")}, ' LIMIT ', GREATEST(1, FLOOR(b.TABLE_ROWS / 100)))`,
      subject: "b.TABLE_NAME",
    }),
    mutation(flavour, "column-nulled", {
      say: "Empty a column.",
      from: COLUMNS,
      and: `${NO_KEY} AND c.IS_NULLABLE = 'YES'`,
      deed: `CONCAT('UPDATE ', ${q("b.TABLE_NAME")}, ' SET ', ${q("c.COLUMN_NAME")}, ' = NULL')`,
      subject: column,
    }),
    mutation(flavour, "constraint-gone", {
      say: "Take a foreign key away.",
      from: `${TABLES} JOIN information_schema.REFERENTIAL_CONSTRAINTS k ON k.CONSTRAINT_SCHEMA = b.TABLE_SCHEMA AND k.TABLE_NAME = b.TABLE_NAME`,
      and: "",
      deed: `CONCAT('ALTER TABLE ', ${q("b.TABLE_NAME")}, ' DROP FOREIGN KEY ', ${q("k.CONSTRAINT_NAME")})`,
      subject: "k.CONSTRAINT_NAME",
    }),
    stale(flavour, fresh),
    mutation(flavour, "value-changed", {
      say: "Change one value in one row.",
      from: COLUMNS,
      and: `${NO_KEY} AND c.DATA_TYPE IN ('smallint', 'int', 'bigint', 'decimal')`,
      deed: `CONCAT('UPDATE ', ${q("b.TABLE_NAME")}, ' SET ', ${q("c.COLUMN_NAME")}, ' = ', ${q("c.COLUMN_NAME")}, ' + 1 WHERE ', ${q("c.COLUMN_NAME")}, ' IS NOT NULL LIMIT 1')`,
      subject: column,
    }),
  ];
}
