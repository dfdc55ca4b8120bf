/** The places a procedure refers to: what each name means, and what it was in this drill. */
import type { Places, PlaceTable, RecoveryPoint, Server, Side } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import { commonPlaces, valuesOf } from "../world/places.ts";

export interface PlaceFacts {
  readonly plan: Plan;
  readonly server: Server;
  readonly storeUrl: string;
  readonly expectedBytes: number;
  readonly point: RecoveryPoint | null;
  /** Where the fetched copy lies inside the server. */
  readonly copy: { readonly backup: string; readonly log: string; readonly globals: string } | null;
  /** Where it is restored to. */
  readonly side: Side;
  /** The replica that is meant by the side, by name; null when it is a restored server. */
  readonly replica: string | null;
  /** The application uses what was restored beside by now. */
  readonly moved: boolean;
  /** The moment of the damage on the server's own clock, ISO 8601 UTC; empty until it happened. */
  readonly damagedAtClock: string;
  /** Places that mean something else by now, because people pointed the application there: name to value. */
  readonly pointed: Places;
}

/** For the runbook: every name with its meaning, the engine's own first. */
export function placeTable(facts: PlaceFacts): PlaceTable {
  const own = Object.entries(ownPlaces(facts));
  return Object.fromEntries(
    own.map(([name, place]) => [name, { ...place, value: facts.pointed[name] ?? place.value }] as const),
  );
}

function ownPlaces(facts: PlaceFacts): PlaceTable {
  const { plan, server, storeUrl, expectedBytes, point, copy, side, moved, damagedAtClock } = facts;
  const { folders } = server;
  return {
    ...plan.engine.places({ folders, database: plan.database, side, replica: replicaFolder(facts), moved }),
    DAMAGED_AT: {
      meaning:
        "When it happened, in UTC; if unsure, a little earlier: 2026-01-31T02:10:00Z. The log is replayed up to here.",
      value: damagedAtClock,
    },
    ...commonPlaces({
      STORE: storeUrl,
      POINT: point?.id ?? "",
      BACKUP: copy?.backup ?? "",
      GLOBALS: copy?.globals ?? "",
      LOG: copy?.log ?? "",
      SCRATCH: folders.scratch,
      JOBS: String(server.jobs),
      EXPECTED_BYTES: String(expectedBytes),
    }),
    EVIDENCE: {
      meaning: "An empty folder on another disk, for a copy of the damaged database.",
      value: folders.evidence,
    },
    ...(plan.backups.some(({ method }) => method.scripts !== undefined)
      ? { SCRIPTS: { meaning: "Folder with your backup and restore scripts.", value: `${folders.scratch}/scripts` } }
      : {}),
    ...(plan.scenario.world.retention === null
      ? {}
      : {
          PRUNE_JOB: {
            meaning: "The file that schedules the job that deletes old backups, such as /etc/cron.d/backup.",
            value: `${folders.scratch}/prune.cron`,
          },
        }),
    SIBLING: {
      meaning: "A database with a similar name to the one you expected.",
      value: `${plan.database}_new`,
    },
    DATABASE_NAME: { meaning: "The name of the application's own database.", value: plan.database },
    APP_CONFIG: {
      meaning: "The file (or setting) that tells the application which database to use.",
      value: `${folders.scratch}/application.conf`,
    },
  };
}

/** Short, because a socket lies in it and a socket's path may have 107 characters. */
function replicaFolder({ plan, server, replica }: PlaceFacts): string | null {
  const index = plan.backups
    .filter(({ method }) => method.live !== undefined)
    .findIndex(({ name }) => name === replica);
  return index < 0 ? null : `${server.folders.side}/replica-${index + 1}`;
}

/** For running: names to values, and the world's own folder for new backups. */
export function placeValues(table: PlaceTable, server: Server, taken: string): Places {
  return {
    ...valuesOf(table),
    BACKUP_DIR: `${server.folders.scratch}/backup`,
    TAKEN: taken,
    CRON: `${server.folders.scratch}/cron`,
  };
}
