/** What the tables of a database that nobody described are to each other, so that a disaster can be about one of them. */
import type { Line } from "../../parts.ts";
import { TABLES_OF_ROWS } from "./catalogue.ts";
import { question } from "./client.ts";
import type { Flavour } from "./flavour.ts";

/** Tables of the foreign keys at one end of which the table stands. */
const others = (
  own: string,
  other: string,
) => `CONCAT('[', COALESCE((SELECT GROUP_CONCAT(DISTINCT JSON_QUOTE(r.${other}))
    FROM information_schema.REFERENTIAL_CONSTRAINTS r WHERE r.CONSTRAINT_SCHEMA = DATABASE()
      AND r.${own} = t.TABLE_NAME AND r.${other} <> t.TABLE_NAME), ''), ']')`;

const COLUMNS = "information_schema.COLUMNS c WHERE c.TABLE_SCHEMA = DATABASE() AND c.TABLE_NAME = t.TABLE_NAME";

export const surveyOf = (flavour: Flavour) => ({
  survey: (): Line =>
    question(
      flavour,
      "Ask what the tables are to each other.",
      `SELECT t.TABLE_NAME, ${others("REFERENCED_TABLE_NAME", "TABLE_NAME")}, ${others("TABLE_NAME", "REFERENCED_TABLE_NAME")},
  COALESCE((SELECT IF(COUNT(*) = 1 AND MAX(c.DATA_TYPE) LIKE '%int', MAX(c.COLUMN_NAME), '') FROM ${COLUMNS} AND c.COLUMN_KEY = 'PRI'), ''),
  CONCAT('[', COALESCE((SELECT GROUP_CONCAT(JSON_QUOTE(c.COLUMN_NAME) ORDER BY c.ORDINAL_POSITION) FROM ${COLUMNS}
    AND c.DATA_TYPE IN ('varchar', 'text', 'mediumtext', 'longtext') AND c.CHARACTER_MAXIMUM_LENGTH >= 12
    AND COALESCE(c.GENERATION_EXPRESSION, '') = ''
    AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = DATABASE()
      AND s.TABLE_NAME = t.TABLE_NAME AND s.COLUMN_NAME = c.COLUMN_NAME)), ''), ']')
FROM information_schema.TABLES t WHERE t.TABLE_SCHEMA = DATABASE() AND t.${TABLES_OF_ROWS} ORDER BY t.TABLE_NAME;`,
    ),
  /** Those of any host: a story drops an account as a clean-up script would, which knows no other. */
  surveyRoles: (): Line =>
    question(
      flavour,
      "Ask which accounts may use the database.",
      `SELECT u.User FROM mysql.user u
WHERE u.Host = '%' AND u.Super_priv = 'N' AND u.User REGEXP BINARY '^[a-z_][a-z0-9_]{0,31}$'
  AND EXISTS (SELECT 1 FROM (
    SELECT GRANTEE FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()
    UNION SELECT GRANTEE FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()) g
  WHERE g.GRANTEE = CONCAT('''', u.User, '''@''%'''))
ORDER BY (SELECT COUNT(*) FROM information_schema.SCHEMA_PRIVILEGES s
  WHERE s.TABLE_SCHEMA = DATABASE() AND s.GRANTEE = CONCAT('''', u.User, '''@''%''')) DESC, u.User;`,
    ),
});
