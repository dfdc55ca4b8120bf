/** The text of a dump, or of the lines of it that are meant: one of several databases, without lines that only name it. */
import { unpacked } from "../../host/packing.ts";
import type { BackupFacts } from "../../parts.ts";

export const TRAILER = "-- Dump completed";

/** So many ranges of lines on one line of the page. */
const RANGES_A_LINE = 6;

/** Lines that are not meant become empty, so that what the client says of a line is true of the dump. sed knows no SQL. */
export function readDump({ packing, lines }: Pick<BackupFacts, "packing" | "lines">): string {
  if (lines === undefined) return unpacked(packing);
  const ranges = lines.map(({ from, to }) => `${from},${to}b`);
  const rows = ranges.flatMap((_, at) =>
    at % RANGES_A_LINE === 0 ? [ranges.slice(at, at + RANGES_A_LINE).join(";")] : [],
  );
  const program = `LC_ALL=C sed '${[...rows, "s/.*//"].join("\n  ")}'`;
  return packing.length === 0 ? `${program} "$BACKUP"` : `${unpacked(packing)} |\n  ${program}`;
}
