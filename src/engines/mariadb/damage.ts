/** How a MariaDB or MySQL database is hurt on purpose. */
import type { Line } from "../../parts.ts";
import { identifier, placesOf, sql } from "./client.ts";
import type { Flavour } from "./flavour.ts";

export function damageOf(flavour: Flavour) {
  return {
    /** There is no CASCADE: whoever means it turns the checks off, and keys and views stay behind, pointing at nothing. */
    dropTable: (table: string): Line => ({
      say: `Drop ${table}, with the checks turned off that would have kept it.`,
      script: sql(flavour, `SET foreign_key_checks = 0;\nDROP TABLE ${identifier(table)};`),
      uses: placesOf("production"),
      destroys: true,
    }),
  };
}
