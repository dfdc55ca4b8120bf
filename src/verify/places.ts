/** The places that a verify's commands refer to: the restored copy stands for the database everywhere. */
import type { Engine, Method, PlaceTable, Server } from "../parts.ts";
import type { Candidate } from "./task.ts";

export interface PlaceFacts {
  readonly engine: Engine;
  readonly candidate: Candidate;
  readonly server: Server;
  readonly method: Method;
  readonly copy: { readonly backup: string; readonly log: string };
  readonly globals: string;
  readonly database: string;
}

export function placesOf({ engine, candidate, server, method, copy, globals, database }: PlaceFacts): PlaceTable {
  const { folders } = server;
  return {
    ...engine.places({ folders, database, side: method.side, replica: null }),
    STORE: { meaning: "Where the backups lie.", value: candidate.storeUrl },
    POINT: { meaning: "The recovery point, as the list of copies names it.", value: candidate.point.id },
    BACKUP: { meaning: "The fetched copy of that recovery point.", value: copy.backup },
    LOG: { meaning: "The fetched pieces of the archived log; empty when there are none.", value: copy.log },
    GLOBALS: { meaning: "The fetched roles that go with it; empty when there are none.", value: globals },
    DAMAGED_AT: { meaning: "Where a log stops; empty: at its end.", value: "" },
    SCRATCH: { meaning: "An empty working folder with room for the copy and one table.", value: folders.scratch },
    JOBS: { meaning: "How many restore jobs at once: the server's processors.", value: "2" },
    EXPECTED_BYTES: { meaning: "How large the restored database should become.", value: "0" },
  };
}
