/** The places a procedure refers to: what each name means, and what it was in this drill. */
import type { Places, RecoveryPoint, Server } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";

export type PlaceTable = Readonly<Record<string, { readonly meaning: string; readonly value: string }>>;

export interface PlaceFacts {
  readonly plan: Plan;
  readonly server: Server;
  readonly storeUrl: string;
  readonly expectedBytes: number;
  readonly point: RecoveryPoint | null;
  /** Where the fetched copy lies inside the server. */
  readonly backup: string | null;
}

/** For the runbook: every name with its meaning. `PGHOST` comes from the engine but is a place all the same. */
export function placeTable({ plan, server, storeUrl, expectedBytes, point, backup }: PlaceFacts): PlaceTable {
  const { folders } = server;
  const fromEngine = plan.spec.environment(folders);
  return {
    ...(fromEngine.PGHOST === undefined
      ? {}
      : {
          PGHOST: { meaning: "The damaged server: its host, or the folder of its socket.", value: fromEngine.PGHOST },
        }),
    PGDATABASE: { meaning: "The damaged database.", value: plan.database },
    SIDE_DATABASE: { meaning: "A new database beside it, to restore into. Must not exist.", value: plan.sideDatabase },
    STORE: { meaning: "Where the backups lie.", value: storeUrl },
    POINT: { meaning: "The recovery point, as the list of copies names it.", value: point?.id ?? "" },
    BACKUP: { meaning: "The fetched copy of that recovery point.", value: backup ?? "" },
    SCRATCH: { meaning: "An empty working folder with room for the copy and one table.", value: folders.scratch },
    EVIDENCE: { meaning: "An empty folder, on another disk, for the damaged state.", value: folders.evidence },
    JOBS: { meaning: "How many restore jobs at once: the server's processors.", value: "2" },
    EXPECTED_BYTES: { meaning: "How large the restored database should become.", value: String(expectedBytes) },
  };
}

/** For running: names to values, and the world's own folder for new backups. */
export function placeValues(table: PlaceTable, server: Server): Places {
  const values = Object.entries(table).map(([name, { value }]) => [name, value] as const);
  return { ...Object.fromEntries(values), BACKUP_DIR: `${server.folders.scratch}/backup` };
}
