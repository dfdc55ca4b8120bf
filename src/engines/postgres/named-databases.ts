/** Plain dumps that name their databases (`pg_dump --create`, `pg_dumpall`): the text of the one that is meant, by its lines. */
import { unpacked } from "../../host/packing.ts";
import type { BackupFacts } from "../../parts.ts";

export const TRAILER = "-- PostgreSQL database dump complete";
export const CLUSTER = "-- PostgreSQL database cluster dump";

/** So many ranges of lines on one line of the page. */
const RANGES_A_LINE = 6;

/** The text of a plain dump, or of the lines of it that are meant. Its reader told them: sed knows no SQL. */
export function readPlain({ packing, lines }: BackupFacts): string {
  if (lines === undefined) return unpacked(packing);
  const ranges = lines.map(({ from, to }) => `${from},${to}p`);
  const rows = ranges.flatMap((_, at) =>
    at % RANGES_A_LINE === 0 ? [ranges.slice(at, at + RANGES_A_LINE).join(";")] : [],
  );
  const program = `LC_ALL=C sed -n '${rows.join(";\n  ")}'`;
  return packing.length === 0 ? `${program} "$BACKUP"` : `${unpacked(packing)} |\n${program}`;
}
