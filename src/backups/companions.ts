/** What lies beside a backup and is told by its name: it has no dump in it, and rarely fits a backup's pattern. */

/** Roles and what they may do. */
export const isGlobals = (key: string): boolean => key.includes(".globals.");

/** What `fogbell ledger record` writes: the rows as they were at the backup's own snapshot. */
export const isLedger = (key: string): boolean => key.includes(".ledger.");
