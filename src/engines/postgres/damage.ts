/** How a PostgreSQL database is hurt on purpose. */
import type { Line } from "../../parts.ts";
import { placesOf, psql, qualified } from "./psql.ts";

export function dropTable(table: string): Line {
  return {
    say: `Drop ${table}, and with it every key and view that hangs on it.`,
    script: psql(`SET client_min_messages = error;\nDROP TABLE ${qualified(table)} CASCADE;`),
    uses: placesOf("production"),
    destroys: true,
  };
}
