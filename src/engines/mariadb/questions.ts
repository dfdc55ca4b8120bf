/** What can be asked of a MariaDB or MySQL database beside its rows: its catalogue, counters, heartbeats. */
import type { Line } from "../../parts.ts";
import { catalogue } from "./catalogue.ts";
import { execute, identifier, literal, question } from "./client.ts";
import type { Flavour } from "./flavour.ts";
import { orphanCounts } from "./foreign-keys.ts";
import { counters } from "./sequences.ts";

const HERE = "TABLE_SCHEMA = DATABASE()";

/** Everything that can be asked, for one of the two. */
export function questionsOf(flavour: Flavour) {
  const ask = (say: string, text: string, destination?: "production" | "side", flags?: string) =>
    question(flavour, say, text, destination, flags);

  const ifThere = (table: string, statement: string) =>
    `SELECT ${literal(statement)} FROM information_schema.TABLES WHERE ${HERE} AND TABLE_NAME = ${literal(table)}`;

  return {
    catalogue: (): Line =>
      ask("List every constraint, index, trigger, view, event, grant and column.", catalogue(flavour)),
    sequences: (): Line => ask("Compare every automatic counter with the numbers in use.", counters()),
    orphans: (): Line => ask("Count the rows that stand against a foreign key.", execute(orphanCounts())),
    countRows: (table: string): Line =>
      ask(
        `Count the rows of ${table}.`,
        `SELECT 'missing' WHERE NOT EXISTS (${ifThere(table, "")});
${execute(ifThere(table, `SELECT COUNT(*) FROM ${identifier(table)}`))}`,
      ),
    tableExists: (table: string): Line =>
      ask(`Ask whether ${table} is there.`, `SELECT IF(EXISTS (${ifThere(table, "")}), 'yes', 'no');`),
    newestHeartbeat: (database: "production" | "side"): Line =>
      ask(
        `Read the newest heartbeat in the ${database} database.`,
        `SELECT CAST(UNIX_TIMESTAMP(MAX(beat_at)) * 1000 AS SIGNED), COUNT(*)
FROM fogbell_heartbeat HAVING COUNT(*) > 0;`,
        database,
      ),
    databaseSize: (): Line =>
      ask(
        "Ask how large the database is.",
        `SELECT COALESCE(SUM(DATA_LENGTH + INDEX_LENGTH), 0) FROM information_schema.TABLES WHERE ${HERE};`,
      ),
    fullName: (table: string): string => table,
  };
}
