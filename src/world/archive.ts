/**
 * The way of the archived log: the server copies each finished piece into a folder of its sandbox, which cannot reach
 * out, and from there it is moved to the store. As in production, the store holds a piece once it is whole.
 */
import { sha256Of } from "../host/digest.ts";
import type { Line } from "../parts.ts";
import type { PlannedLog } from "../plan/plan.ts";
import type { WorldKit } from "./build.ts";

/** The folder of the store that the pieces lie in. */
const FOLDER = "log";

export interface Archive {
  /** Forgets what was archived so far: the first backup needs none of it. */
  clear(): Promise<void>;
  /** Ends the current piece, and moves everything archived to the store. */
  close(atMs: number): Promise<void>;
  /** Moves everything archived to the store. */
  ship(atMs: number): Promise<void>;
}

const deed = (say: string, script: string): Line => ({ say, script, uses: ["ARCHIVE"], destroys: false });

/** `onPiece` is told the hash of each piece that was moved. */
export function openArchive(
  { runner, server, store, write }: WorldKit,
  { archive }: PlannedLog,
  onPiece: (sha256: string) => void,
): Archive {
  const step = { phase: "world", name: "archive" } as const;

  async function ship(atMs: number): Promise<void> {
    const listed = await runner.must(
      deed("List the archived pieces of the log.", 'cd "$ARCHIVE" && find . -type f -exec stat -c "%s %n" {} +'),
      step,
    );
    const names = listed.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.slice(line.indexOf(" ") + 1).replace(/^\.\//, ""))
      .filter((name) => archive.isPiece(name))
      .sort();
    if (names.length === 0) return;
    let bytes = 0;
    for (const name of names) {
      const hash = sha256Of(server.get(`${server.folders.archive}/${name}`));
      const stored = await store.write(`${FOLDER}/${name}`, hash.stream, new Date(atMs));
      onPiece(await hash.digest);
      bytes += stored.sizeBytes;
    }
    await runner.must(deed("Make room in the archive.", `cd "$ARCHIVE" && rm ${names.join(" ")}`), step);
    write({ kind: "log-archived", pieces: names, bytes, simulatedAt: new Date(atMs).toISOString() });
  }

  return {
    ship,
    async clear() {
      await runner.must(archive.close(), step);
      await runner.must(deed("Forget the log of before the first backup.", 'find "$ARCHIVE" -type f -delete'), step);
    },
    async close(atMs) {
      await runner.must(archive.close(), step);
      await ship(atMs);
    },
  };
}
