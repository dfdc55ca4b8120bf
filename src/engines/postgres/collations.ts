/** By what rules indexes sort text, and whether this machine's are of the version that they were built with. */
import type { Line } from "../../parts.ts";
import { question } from "./client.ts";
import { withoutEventTriggers } from "./event-triggers.ts";
import { USER_SCHEMA } from "./questions.ts";

/** 100 is the database's own collation: its version stands in pg_database. */
export function collations(): Line {
  return question(
    "Compare the versions of collations with those that indexes were built with.",
    withoutEventTriggers(`CREATE TEMP TABLE fogbell_used AS
  SELECT DISTINCT i.indexrelid AS sorted, x.rules
  FROM pg_index i CROSS JOIN LATERAL unnest(i.indcollation) AS x(rules)
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE x.rules <> 0 AND ${USER_SCHEMA};
CREATE TEMP TABLE fogbell_rules AS
  SELECT oid AS rules, collname::text AS name, collversion AS built, pg_collation_actual_version(oid) AS here
  FROM pg_collation WHERE oid IN (SELECT rules FROM fogbell_used) AND oid <> 100 AND collversion IS NOT NULL
  UNION ALL
  SELECT 100, 'the collation of the database', datcollversion, pg_database_collation_actual_version(oid)
  FROM pg_database WHERE datname = current_database() AND datcollversion IS NOT NULL
    AND EXISTS (SELECT FROM fogbell_used WHERE rules = 100);
SELECT 'used' || chr(9) || count(*) FROM fogbell_rules;
COPY (
  SELECT 'other', u.sorted::regclass, r.name, r.built, COALESCE(r.here, 'none')
  FROM fogbell_rules r JOIN fogbell_used u USING (rules)
  WHERE r.here IS DISTINCT FROM r.built ORDER BY 2
) TO STDOUT;`),
  );
}
