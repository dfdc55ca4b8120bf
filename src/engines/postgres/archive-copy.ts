/** How pg_restore is given an archive: the file itself, what a pipeline unpacks, or a folder that is laid out first. */
import { type Packing, roomOf, unpacked, whole } from "../../host/packing.ts";
import { quote } from "../../host/sh.ts";
import type { BackupFacts, Line } from "../../parts.ts";

/** A folder of files has to be one: nothing reads it from a pipe. Null: it is none, or lies there as one. */
function packedFolder({ format, packing }: BackupFacts): { readonly outer: Packing; readonly folder: string } | null {
  const last = packing.at(-1);
  if (format !== "directory" || typeof last !== "object" || !("tar" in last)) return null;
  return { outer: packing.slice(0, -1), folder: last.tar };
}

/** What tar makes of a member's name: nothing above the folder that it unpacks into. */
const below = (name: string) => name.replace(/^(\.?\/)+/, "");

/** The command, told where the archive is. It must take one as its last argument, and from its standard input. */
export function fromArchive(facts: BackupFacts, command: string): string {
  const packed = packedFolder(facts);
  if (packed !== null) {
    const folder = packed.folder === "." ? "" : `/${below(packed.folder)}`;
    return `${command} \\\n  "$SCRATCH/unpacked"${folder === "" ? "" : quote(folder)}`;
  }
  return facts.packing.length === 0 ? `${command} "$BACKUP"` : `${unpacked(facts.packing)} |\n${command}`;
}

/** Several jobs need a file that they can go about in, and contents that any order suits. */
export const takesJobs = (facts: BackupFacts): boolean =>
  facts.inOrder !== true && (facts.format === "directory" || (facts.format === "custom" && facts.packing.length === 0));

export const placesOf = (facts: BackupFacts): readonly string[] =>
  packedFolder(facts) === null ? ["BACKUP", ...roomOf(facts.packing)] : ["BACKUP", "SCRATCH"];

/** Reads what a pipe would not tell; followed by what reads the archive itself. */
export function isWhole(facts: BackupFacts): string {
  const { packing } = facts;
  return packing.length === 0 || packedFolder(facts) !== null ? "" : `${whole(packing)} &&\n`;
}

/** Eleven bytes at once by chance, or in text, which holds no zero: never. Source: WriteHead in pg_backup_archiver.c. */
const HEADER = String.raw`PGDMP\x01[\x0b-\x1f]\x00[\x04\x08]{2}\x01`;

/** A job that appends to its file (`>>`) leaves several archives in it, and pg_restore reads the first, the oldest. */
export const isAlone = (facts: BackupFacts): string =>
  `{ test "$(${unpacked(facts.packing)} |
  LC_ALL=C grep -aoP '${HEADER}' |
  wc -l)" -le 1 ||
  { echo "several archives in one file: only the first restores"
  false; }; }`;

/** Unpacks the folder, when it is packed; before anything is asked of it. */
export function layOut(facts: BackupFacts): readonly Line[] {
  const packed = packedFolder(facts);
  if (packed === null) return [];
  const { outer } = packed;
  const into = '-C "$SCRATCH/unpacked"';
  const script =
    outer.length === 0
      ? `tar -x -f "$BACKUP" ${into}`
      : `${whole(outer)} &&\n${unpacked(outer)} |\n  tar -x -f - ${into}`;
  return [
    {
      say: "Unpack the copy (it's a folder of files).",
      script: `mkdir -p "$SCRATCH/unpacked" &&\n${script}`,
      uses: ["BACKUP", "SCRATCH"],
      expect: "No output.",
      ifNot: "The copy is cut off or damaged, or the SCRATCH disk is full.",
      destroys: false,
    },
  ];
}
