/** The hot wash: a few questions, at once, whose answers go into the log and the report. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { isAlive } from "../host/process-alive.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import { pause } from "../host/stream.ts";
import { openJournal, systemClock } from "../run/journal.ts";
import { writeAfterAction } from "./after-action.ts";
import type { DayBody } from "./events.ts";
import { maskWords } from "./masking.ts";
import { isPlayed, LOG_FILE, readLog } from "./session.ts";

export type LateWord = Extract<DayBody, { kind: "answer" | "said" | "milestone" }>;

/** One writer at a time: two would break the chain. */
async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, `${LOG_FILE}.lock`);
  for (let tries = 0; ; tries++) {
    const mine = await writeFile(file, String(process.pid), { flag: "wx" }).then(
      () => true,
      () => false,
    );
    if (mine) break;
    const owner = Number(await readFile(file, "utf8").catch(() => "0"));
    if (tries > 50 || !isAlive(owner)) await rm(file, { force: true });
    await pause(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Adds words to the log of a day that is over, and drafts the report again. Throws UsageError while it is played. */
export async function addLate(folder: string, words: readonly LateWord[]): Promise<string> {
  if (await isPlayed(folder)) {
    throw new UsageError("the day is still being played", { code: "FB_GAMEDAY_WORD", next: ["fogbell gameday end"] });
  }
  const redact = createRedactor(secretsIn(process.env));
  return locked(folder, async () => {
    using log = openJournal<DayBody>(join(folder, LOG_FILE), systemClock, () => {}, await readLog(folder));
    for (const word of words) {
      if (word.kind === "answer") log.append({ ...word, answer: maskWords(word.answer, redact) });
      else if (word.kind === "said") log.append({ ...word, text: maskWords(word.text, redact) });
      else log.append(word);
    }
    return writeAfterAction(folder);
  });
}
