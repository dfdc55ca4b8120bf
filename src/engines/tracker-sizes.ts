/** How large the tracker is that every engine builds as its world: 400 tenants in the same tables, in the same proportions. */

export const TENANTS = 400;

const SHARES = { issues: 0.2, comments: 0.24, attachments: 0.06, watchers: 0.1, labels: 0.1, worklogs: 0.12 } as const;

/** Rows of each table. Users and projects are as many for each tenant. */
export interface TrackerSizes {
  readonly users: number;
  readonly projects: number;
  readonly issues: number;
  readonly comments: number;
  readonly attachments: number;
  readonly watchers: number;
  readonly labels: number;
  readonly worklogs: number;
}

/** How many rows each table gets of `rows` in all. */
export function trackerSizes(rows: number): TrackerSizes {
  const part = (share: number) => Math.max(TENANTS, Math.round(rows * share));
  const perTenant = (share: number) => TENANTS * Math.max(1, Math.round((rows * share) / TENANTS));
  return {
    users: perTenant(0.08),
    projects: perTenant(0.04),
    issues: part(SHARES.issues),
    comments: part(SHARES.comments),
    attachments: part(SHARES.attachments),
    watchers: part(SHARES.watchers),
    labels: part(SHARES.labels),
    worklogs: part(SHARES.worklogs),
  };
}
