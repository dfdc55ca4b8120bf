/** What is to run, when and where: the same for every system that runs things by the clock. Pure. */
import { UsageError } from "../errors.ts";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

/** `daily`, a weekday, or `monthly`, which is the first of each month. */
export const RHYTHMS = ["daily", ...WEEKDAYS, "monthly"] as const;
export type Cadence = (typeof RHYTHMS)[number];

export interface ScheduledJob {
  readonly rhythm: Cadence;
  readonly hour: number;
  readonly minute: number;
  /** Fogbell's own words: `["verify"]`. */
  readonly words: readonly string[];
  /** How Fogbell is started on this machine, absolute: node and the program. */
  readonly program: readonly string[];
  /** Where results go and relative names begin, absolute. */
  readonly folder: string;
  /** A file of `NAME=value` lines with the secrets, absolute; null when the environment has them. */
  readonly envFile: string | null;
  /** Names of secrets that the CI system keeps. */
  readonly secrets: readonly string[];
  readonly version: string;
  /** How many databases there are to verify; absent where nobody told. */
  readonly databases?: number;
  /** Stores that only this machine or its own network reaches; a CI runner elsewhere doesn't. */
  readonly nearStores?: readonly string[];
}

export interface ScheduleFile {
  /** From the folder that it is written to. */
  readonly file: string;
  readonly text: string;
}

/** `03:10`. Throws UsageError FB_SCHEDULE. */
export function parseTime(text: string): { readonly hour: number; readonly minute: number } {
  const [, hour, minute] = (/^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []).map(Number);
  if (hour === undefined || minute === undefined) throw unschedulable(`"${text}" is no time of day`, "--at 03:10");
  return { hour, minute };
}

export function unschedulable(message: string, next: string): UsageError {
  return new UsageError(message, { code: "FB_SCHEDULE", next: [next] });
}

/** Line breaks and NUL end a line in each of these formats, whatever stands around them. */
export function assertOneLine(words: readonly string[], format: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  const bad = words.find((word) => /[\u0000-\u001f\u007f]/.test(word));
  if (bad === undefined) return;
  throw unschedulable(
    `${format} has no way to write a control character, as in ${JSON.stringify(bad)}`,
    "rename the folder or file",
  );
}

/** The five fields of cron: minute, hour, day of the month, month, day of the week. */
export function cronFields({ rhythm, hour, minute }: ScheduledJob): string {
  const weekday = (WEEKDAYS as readonly string[]).indexOf(rhythm);
  const day = rhythm === "monthly" ? "1" : "*";
  // Cron counts from Sunday, which is 0.
  return `${minute} ${hour} ${day} * ${weekday === -1 ? "*" : (weekday + 1) % 7}`;
}

/** Comment lines about stores that a runner elsewhere can't reach. */
export function nearWarnings({ nearStores = [] }: ScheduledJob): string[] {
  return nearStores.map(
    (store) => `WARNING: a hosted runner can't reach ${store}: use a runner of your own beside it, or another store.`,
  );
}
