/** The places that a verify's commands refer to: the restored copy stands for the database everywhere. */
import type { Engine, Method, PlaceTable, Server } from "../parts.ts";
import { copiesOf } from "../plan/capabilities.ts";
import { commonPlaces } from "../world/places.ts";
import type { Candidate } from "./task.ts";

export interface CopyPlaces {
  readonly engine: Engine;
  readonly candidate: Pick<Candidate, "point" | "storeUrl">;
  readonly server: Server;
  readonly method: Method;
  readonly copy: { readonly backup: string; readonly log: string };
  readonly globals: string;
  readonly database: string;
}

/** Names that every program takes as they are, with room for an ending. */
const PLAIN = /^[A-Za-z0-9_.-]{1,50}$/;

/**
 * A database that is made beside may be called anything: a name that a program cannot take is no fault of the copy. Where
 * what a dump makes calls its own database by name, it is called so here, too: nothing else lies in the sandbox's server.
 */
function sideNamed(table: PlaceTable, { engine, method, candidate, database }: CopyPlaces): PlaceTable {
  const side = table.SIDE_DATABASE;
  if (side === undefined || side.value === database) return table;
  const { keepsName, everywhere } = copiesOf(engine);
  const named = (value: string) => ({ ...table, SIDE_DATABASE: { ...side, value } });
  if (!PLAIN.test(database)) return named("restored_side");
  // A log is brought forward from one name to another.
  const isOwn = keepsName === true && method.side === "database" && candidate.point.log.length === 0;
  return isOwn && !everywhere.includes(database.toLowerCase()) ? named(database) : table;
}

/** Every place of a verify, by name. */
export function placesOf(known: CopyPlaces): PlaceTable {
  const { engine, candidate, server, method, copy, globals, database } = known;
  const { folders } = server;
  return {
    ...sideNamed(engine.places({ folders, database, side: method.side, replica: null }), known),
    ...commonPlaces({
      STORE: candidate.storeUrl,
      POINT: candidate.point.id,
      BACKUP: copy.backup,
      GLOBALS: globals,
      LOG: copy.log,
      SCRATCH: folders.scratch,
      JOBS: String(server.jobs),
      EXPECTED_BYTES: "0",
    }),
    DAMAGED_AT: { meaning: "Where a log stops; empty: at its end.", value: "" },
  };
}
