/** The folder of a game day: its log, and while it is played how to reach its keeper. Any terminal finds it there. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { isAlive } from "../host/process-alive.ts";
import type { Door, Places } from "../parts.ts";
import type { Opening } from "../record.ts";
import { readJournal } from "../result/result.ts";
import type { DayEvent } from "./events.ts";

export const LOG_FILE = "gameday.jsonl";
const SESSION_FILE = "session.json";

/** How to reach a game day that is being played. Names neither the scenario nor anything of it. */
export interface Session {
  readonly dayId: string;
  readonly pid: number;
  readonly socket: string;
  /** How to open the responders' shell; null until it is there. */
  readonly shell: {
    readonly sandbox: string;
    readonly door: Door;
    readonly argv: readonly string[];
    readonly env: Places;
    readonly isolation: readonly string[];
    readonly leavesOpen: readonly Opening[];
  } | null;
}

export const writeSession = (folder: string, session: Session): Promise<void> =>
  writeAtomic(join(folder, SESSION_FILE), `${JSON.stringify(session, null, 2)}\n`);

export const endSession = (folder: string): Promise<void> => rm(join(folder, SESSION_FILE), { force: true });

/** Null when there is none, or none that can be read. */
export async function readSession(folder: string): Promise<Session | null> {
  const text = await readFile(join(folder, SESSION_FILE), "utf8").catch(() => null);
  try {
    return text === null ? null : (JSON.parse(text) as Session);
  } catch {
    return null;
  }
}

/** Whether its keeper lives: one that was killed leaves its file behind. */
export async function isPlayed(folder: string): Promise<boolean> {
  const session = await readSession(folder);
  return session !== null && isAlive(session.pid);
}

/** The log of a day; empty when there is none. */
export async function readLog(folder: string): Promise<DayEvent[]> {
  return readJournal<DayEvent>(await readFile(join(folder, LOG_FILE), "utf8").catch(() => ""));
}

/** Folders of all days below `out`, oldest first: their names begin with the time. */
export async function dayFolders(out: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of (await readdir(resolve(out)).catch(() => [])).sort()) {
    const folder = join(resolve(out), name);
    if ((await readFile(join(folder, LOG_FILE), "utf8").catch(() => "")) !== "") found.push(folder);
  }
  return found;
}

export interface Played {
  readonly folder: string;
  readonly session: Session;
}

/** The day that is being played: the one named, or the newest. Throws UsageError when there is none. */
export async function findPlayed(out: string, dayId: string | undefined): Promise<Played> {
  const folders = (await dayFolders(out)).reverse().filter((folder) => dayId === undefined || folder.endsWith(dayId));
  for (const folder of folders) {
    const session = await readSession(folder);
    if (session !== null && isAlive(session.pid)) return { folder, session };
  }
  throw new UsageError(
    dayId === undefined ? `no game day is running in ${out}` : `no game day ${dayId} is running in ${out}`,
    {
      code: "FB_NO_GAMEDAY",
      next: ["fogbell gameday start", "if its process was killed: fogbell gc"],
    },
  );
}

/** The folder of a day, played or over: the one named, or the newest. */
export async function findDay(out: string, dayId: string | undefined): Promise<string> {
  const folder = (await dayFolders(out)).reverse().find((one) => dayId === undefined || one.endsWith(dayId));
  if (folder !== undefined) return folder;
  throw new UsageError(
    dayId === undefined ? `no game day has been played in ${out}` : `no game day ${dayId} in ${out}`,
    {
      code: "FB_NO_GAMEDAY",
      next: ["fogbell gameday start"],
    },
  );
}
