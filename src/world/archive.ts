/**
 * The way of the archived log: the server copies each finished piece into a folder of its sandbox, which cannot reach
 * out, and from there it comes to the store. As in production, the store holds a piece once it is whole. A repository is
 * copied instead, file by file, because it goes on from what it holds.
 */
import { sha256Of } from "../host/digest.ts";
import { quote } from "../host/sh.ts";
import type { Line } from "../parts.ts";
import type { PlannedLog } from "../plan/plan.ts";
import type { WorldKit } from "./kit.ts";

/** The folder of the store that the pieces lie in. */
export const LOG_FOLDER = "log";

/** What was brought to the store. */
export type Shipped = readonly { readonly key: string; readonly sizeBytes: number; readonly sha256: string }[];

export interface Archive {
  /** Forgets what was archived so far: the first backup needs none of it. */
  clear(): Promise<void>;
  /** Ends the current piece, and moves everything archived to the store. */
  close(atMs: number): Promise<void>;
  /** What of a repository was copied, and how it looked: for a run that goes on from here. */
  seen(): readonly (readonly [string, string])[];
  /** Moves everything archived to the store. */
  ship(atMs: number): Promise<Shipped>;
}

const deed = (say: string, script: string): Line => ({ say, script, uses: ["ARCHIVE"], destroys: false });

/** Every file of a listing, with what changes when it does: its size and its moment. */
const stampsIn = (listed: string): { name: string; stamp: string }[] =>
  listed.split("\n").flatMap((line) => {
    const [, stamp, name] = /^(\d+ \d+) \.\/(.*)$/.exec(line) ?? [];
    return stamp === undefined || name === undefined ? [] : [{ name, stamp }];
  });

/** `onPiece` is told the hash of each file that was brought to the store. */
export function openArchive(
  { runner, server, store, write }: WorldKit,
  { archive }: PlannedLog,
  onPiece: (sha256: string) => void,
  known: readonly (readonly [string, string])[] = [],
): Archive {
  const step = { phase: "world", name: "archive" } as const;
  const seen = new Map<string, string>(known);

  /** Whole files only, and of a repository those that are new or not what they were. */
  async function list(): Promise<string[]> {
    const script = 'cd "$ARCHIVE" && find . -type f -exec stat -c "%s %Y %n" {} +';
    const listed = await runner.must(deed("List what is archived.", script), step);
    const found = stampsIn(listed.stdout).filter(
      ({ name, stamp }) => archive.isPiece(name) && seen.get(name) !== stamp,
    );
    if (archive.stays) {
      for (const { name, stamp } of found) seen.set(name, stamp);
      await prune(listed.stdout);
    }
    return found.map(({ name }) => name).sort();
  }

  /** What was pruned from a repository goes from the store as well. */
  async function prune(listed: string): Promise<void> {
    const here = new Set(stampsIn(listed).map(({ name }) => name));
    for (const name of [...seen.keys()].filter((one) => !here.has(one))) {
      await store.remove(name);
      seen.delete(name);
    }
  }

  async function ship(atMs: number): Promise<Shipped> {
    const names = await list();
    const shipped: { key: string; sizeBytes: number; sha256: string }[] = [];
    for (const name of names) {
      const hash = sha256Of(server.get(`${server.folders.archive}/${name}`));
      const { key, sizeBytes } = await store.write(
        archive.stays ? name : `${LOG_FOLDER}/${name}`,
        hash.stream,
        new Date(atMs),
      );
      const sha256 = await hash.digest;
      onPiece(sha256);
      shipped.push({ key, sizeBytes, sha256 });
    }
    if (names.length === 0) return shipped;
    if (!archive.stays) {
      const files = names.map(quote).join(" ");
      await runner.must(deed("Make room in the archive.", `cd "$ARCHIVE" && rm ${files}`), step);
    }
    const bytes = shipped.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    write({ kind: "log-archived", pieces: names, bytes, simulatedAt: new Date(atMs).toISOString() });
    return shipped;
  }

  return {
    ship,
    seen: () => [...seen],
    async clear() {
      if (archive.stays) return;
      await runner.must(archive.close(), step);
      await runner.must(deed("Forget the log of before the first backup.", 'find "$ARCHIVE" -type f -delete'), step);
    },
    async close(atMs) {
      await runner.must(archive.close(), step);
      await ship(atMs);
    },
  };
}
