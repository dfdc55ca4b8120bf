/** What the places mean that every procedure refers to, whether a drill or a verify runs it. */
import type { Places, PlaceTable } from "../parts.ts";

const MEANINGS = {
  STORE: "Where the backups are.",
  POINT: "The backup's id, from the list of copies.",
  BACKUP: "The downloaded copy of that backup.",
  GLOBALS: "The fetched file of roles and what they may do; empty when the copy has none.",
  LOG: "The fetched pieces of the archived log; empty when there are none.",
  SCRATCH: "An empty working folder with room for the copy and one table.",
  JOBS: "How many restore jobs at once: the server's processors.",
  EXPECTED_BYTES: "How large the restored database should become.",
} as const;

/** Names to values: what a shell is given of a table. */
export const valuesOf = (table: PlaceTable): Places =>
  Object.fromEntries(Object.entries(table).map(([name, { value }]) => [name, value]));

/** Each of them, with what it is this time. */
export function commonPlaces(values: Readonly<Record<keyof typeof MEANINGS, string>>): PlaceTable {
  const names = Object.keys(MEANINGS) as (keyof typeof MEANINGS)[];
  return Object.fromEntries(names.map((name) => [name, { meaning: MEANINGS[name], value: values[name] }]));
}
