/**
 * Questions that make tables of their own in a copy: an event trigger of the copy could forbid that, or do something of
 * its own. It is told to rest for as long as the question takes, and nothing of either stays.
 */

/** Opens a transaction in which none fires: for commands about event triggers themselves they never do. */
const WITHOUT_EVENT_TRIGGERS = `BEGIN;
SELECT format('ALTER EVENT TRIGGER %I DISABLE', evtname)
FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' \\gexec`;

export const withoutEventTriggers = (sql: string): string => `${WITHOUT_EVENT_TRIGGERS}
${sql.trim()}
ROLLBACK;`;
