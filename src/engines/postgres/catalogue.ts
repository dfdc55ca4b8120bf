/** Every object that a PostgreSQL database consists of, and every guard of its rows that stands. */
import type { Line } from "../../parts.ts";
import { question } from "./client.ts";
import { USER_SCHEMA } from "./questions.ts";

/**
 * Guards that stand, a line each: one that goes leaves rows in that were kept out, or shows rows that were kept apart, and
 * no object need be missing for it. Named as the object that carries it, so that what went with a table is told apart.
 */
const GUARDS = `UNION ALL SELECT 'not-null', r.name || '.' || a.attname, ''
    FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull
    WHERE r.relkind IN ('r', 'p')
  UNION ALL SELECT 'unique', r.name || '.' || x.relname, ''
    FROM r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid AND i.indisunique AND i.indisvalid
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE r.relkind IN ('r', 'p')
  UNION ALL SELECT 'validated', r.name || '.' || k.conname, ''
    FROM r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f') AND k.convalidated
  UNION ALL SELECT 'enabled', r.name || '.' || t.tgname, ''
    FROM r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'
  UNION ALL SELECT 'row-security', r.name, '' FROM r WHERE relrowsecurity
  UNION ALL SELECT 'row-security-of-owner', r.name, '' FROM r WHERE relrowsecurity AND relforcerowsecurity
  UNION ALL SELECT 'kept-apart', r.name, '' FROM r
    WHERE relrowsecurity AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p
      WHERE p.polrelid = r.oid AND p.polpermissive AND p.polcmd IN ('*', 'r') AND 0 = ANY (p.polroles)
        AND COALESCE(pg_get_expr(p.polqual, p.polrelid), 'true') = 'true')
  UNION ALL SELECT 'populated', r.name, relispopulated::text FROM r WHERE relkind = 'm'`;

/** Every object that a dump should bring back, one line each, with nothing in it that differs between equal copies. */
export function catalogue(): Line {
  return question(
    "List every constraint, index, trigger, view, policy, grant and column.",
    `
SET search_path = '';
COPY (
  WITH n AS (SELECT oid, nspname FROM pg_catalog.pg_namespace n WHERE ${USER_SCHEMA}),
  r AS (SELECT c.*, n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_class c JOIN n ON n.oid = c.relnamespace)
  SELECT 'table', name, relkind::text || ' ' || relrowsecurity || ' ' || relforcerowsecurity
    FROM r WHERE relkind IN ('r', 'p')
  UNION ALL SELECT 'column', r.name || '.' || a.attname,
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
      || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || ' ' || a.attidentity::text || a.attgenerated::text
    FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p')
  UNION ALL SELECT 'constraint', r.name || '.' || k.conname, pg_get_constraintdef(k.oid)
    FROM r JOIN pg_catalog.pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  UNION ALL SELECT 'index', x.name, pg_get_indexdef(x.oid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
    FROM r x JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid
  UNION ALL SELECT 'trigger', r.name || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
    FROM r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
  UNION ALL SELECT 'view', name, pg_get_viewdef(oid) FROM r WHERE relkind IN ('v', 'm')
  UNION ALL SELECT 'rule', r.name || '.' || w.rulename, pg_get_ruledef(w.oid)
    FROM r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
  UNION ALL SELECT 'policy', r.name || '.' || p.polname, p.polcmd::text || p.polpermissive
      || COALESCE(' using ' || pg_get_expr(p.polqual, p.polrelid), '')
      || COALESCE(' check ' || pg_get_expr(p.polwithcheck, p.polrelid), '')
    FROM r JOIN pg_catalog.pg_policy p ON p.polrelid = r.oid
  UNION ALL SELECT 'sequence', r.name, format_type(s.seqtypid, NULL) || ' ' || s.seqincrement || ' ' || s.seqmin || ' ' || s.seqmax || ' ' || s.seqcycle
    FROM r JOIN pg_catalog.pg_sequence s ON s.seqrelid = r.oid
  UNION ALL SELECT 'function', n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', md5(pg_get_functiondef(p.oid))
    FROM pg_catalog.pg_proc p JOIN n ON n.oid = p.pronamespace WHERE p.prokind IN ('f', 'p')
  UNION ALL SELECT 'comment', r.name || '.' || d.objsubid, md5(d.description)
    FROM r JOIN pg_catalog.pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_catalog.pg_class'::regclass
  UNION ALL SELECT 'event-trigger', evtname, evtevent || ' ' || evtfoid::regproc::text FROM pg_catalog.pg_event_trigger
  UNION ALL SELECT 'publication', pubname, puballtables || ' ' || pubinsert || pubupdate || pubdelete || pubtruncate
    FROM pg_catalog.pg_publication
  ${GUARDS}
  UNION ALL SELECT 'grant', r.name || ' owner', pg_get_userbyid(r.relowner) FROM r WHERE relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL SELECT 'grant', r.name || ' ' || COALESCE(g.rolname, 'PUBLIC') || ' ' || x.privilege_type, x.is_grantable::text
    FROM r CROSS JOIN LATERAL aclexplode(r.relacl) x LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantee
  UNION ALL SELECT 'grant', r.name || '.' || a.attname || ' ' || COALESCE(g.rolname, 'PUBLIC') || ' ' || x.privilege_type, x.is_grantable::text
    FROM r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid CROSS JOIN LATERAL aclexplode(a.attacl) x
    LEFT JOIN pg_catalog.pg_roles g ON g.oid = x.grantee
  ORDER BY 1, 2, 3
) TO STDOUT;`,
  );
}
