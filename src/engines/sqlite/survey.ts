/** What the tables of a database that nobody described are to each other, so that a disaster can be about one of them. */
import type { Line } from "../../parts.ts";
import { question, TABLES } from "./client.ts";

/** Tables that refer to it, or that it refers to. */
const others = (own: string, other: string) => `(SELECT json_group_array(o) FROM (
    SELECT DISTINCT ${other} AS o FROM (SELECT m.name AS child, f."table" AS parent FROM pragma_table_list m, pragma_foreign_key_list(m.name) f WHERE m.schema = 'main')
    WHERE ${own} = t.name COLLATE NOCASE AND ${other} <> t.name COLLATE NOCASE ORDER BY 1))`;

export const survey = (): Line =>
  question(
    "Ask what the tables are to each other.",
    `SELECT t.name, ${others("parent", "child")}, ${others("child", "parent")},
  coalesce((SELECT iif(count(*) = 1 AND max(upper(type)) LIKE '%INT%', max(name), '') FROM pragma_table_info(t.name) WHERE pk > 0), ''),
  (SELECT json_group_array(c.name) FROM pragma_table_info(t.name) c WHERE c.pk = 0 AND (upper(c.type) LIKE '%TEXT%' OR upper(c.type) LIKE '%CHAR%')
    AND c.name NOT IN (SELECT i.name FROM pragma_index_list(t.name) l, pragma_index_info(l.name) i WHERE i.name IS NOT NULL))
FROM ${TABLES} AND t.type = 'table' ORDER BY t.name;`,
  );

/** A file has no accounts. */
export const surveyRoles = (): Line => question("Ask which accounts may use it: a file has none.", "SELECT 1 WHERE 0;");
