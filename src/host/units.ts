/** Durations, sizes and rates: read from YAML and flags, written for people. */

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** What a duration looks like, for schemas: one or several numbers with units, largest first, no spaces. */
export const DURATION_PATTERN = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
export const SIZE_PATTERN = /^\d+(?:\.\d+)?(?:B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$/;

/** `15m`, `250ms`, `1h30m`, `61d` → milliseconds; null when it is no duration. */
export function parseDuration(text: string): number | null {
  if (!DURATION_PATTERN.test(text)) return null;
  let totalMs = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(number) * (DURATION_MS[unit ?? ""] ?? Number.NaN);
  }
  return Number.isFinite(totalMs) ? totalMs : null;
}

/** `5GiB`, `100MB` → bytes; null when it is no size. */
export function parseSize(text: string): number | null {
  if (!SIZE_PATTERN.test(text)) return null;
  const unit = /[A-Za-z]+$/.exec(text)?.[0] ?? "";
  return Math.round(Number.parseFloat(text) * (SIZE_BYTES[unit] ?? Number.NaN));
}

const BIT_BYTES: Readonly<Record<string, number>> = { kbit: 1e3 / 8, Mbit: 1e6 / 8, Gbit: 1e9 / 8 };

/** `100MB/s`, `50MiB/s`, `800Mbit/s` → bytes per second, at least 1000; null when it is no such speed. */
export function parseRate(text: string): number | null {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]+)\/s$/.exec(text) ?? [];
  const rate = Number(number) * (BIT_BYTES[unit] ?? SIZE_BYTES[unit] ?? Number.NaN);
  return Number.isFinite(rate) && rate >= 1000 ? rate : null;
}

/** `100 MB/s (800 Mbit/s)`: decimal, as links are sold. */
export function formatLink(bytesPerSecond: number): string {
  const short = (number: number, units: readonly string[]) => {
    const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(number) / 3)));
    return `${Number((number / 1000 ** power).toPrecision(4))} ${units[power]}`;
  };
  const bits = short(bytesPerSecond * 8, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
  return `${short(bytesPerSecond, ["B/s", "kB/s", "MB/s", "GB/s"])} (${bits})`;
}

/** `over 100 MB/s`: what tells a drill over a limited link from the same drill without. */
export function overLink(bytesPerSecond: number): string {
  return `over ${formatLink(bytesPerSecond).split(" (")[0]}`;
}

/** A duration as two units at most, each rounded down: `[[9, "h"], [0, "m"]]`; the second is less than one of the first. */
type DurationParts = readonly [first: readonly [number, "d" | "h" | "m"], second: readonly [number, "h" | "m" | "s"]];

/** Of a minute and more. */
function partsOf(durationMs: number): DurationParts {
  const seconds = Math.floor(durationMs / 1000);
  const whole = (of: number, unit: number) => Math.floor(of / unit);
  if (seconds < 3600)
    return [
      [whole(seconds, 60), "m"],
      [seconds % 60, "s"],
    ];
  if (seconds < 86_400)
    return [
      [whole(seconds, 3600), "h"],
      [whole(seconds % 3600, 60), "m"],
    ];
  return [
    [whole(seconds, 86_400), "d"],
    [whole(seconds % 86_400, 3600), "h"],
  ];
}

/** Below a minute: `850 ms`, `12.3 s`; `tenths` says whether seconds always show theirs. */
function briefly(durationMs: number, tenths: boolean): string {
  if (durationMs < 1000) return `${Math.min(999, Math.round(durationMs))} ms`;
  const seconds = Math.floor(durationMs / 100) / 10;
  return `${tenths ? seconds.toFixed(1) : seconds} s`;
}

/** `850 ms`, `12.3 s`, `4m 05s`, `9h 00m`, `61d 0h`: two units at most, never rounded up past a limit. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return "unknown";
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  if (durationMs < 60_000) return briefly(durationMs, true);
  const [[first, large], [second, small]] = partsOf(durationMs);
  return `${first}${large} ${small === "h" ? second : String(second).padStart(2, "0")}${small}`;
}

/** What somebody wants, as they would say it: `30m`, `4h`, `1d 1h`, never `4h 00m`. */
export function formatObjective(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return "unknown";
  if (durationMs < 0) return `-${formatObjective(-durationMs)}`;
  if (durationMs < 60_000) return briefly(durationMs, false);
  const [[first, large], [second]] = partsOf(durationMs);
  return second === 0 ? `${first}${large}` : formatDuration(durationMs);
}

/** `0 B`, `512 B`, `1.5 MiB`: binary units, one decimal. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  // 1023.95 would be shown as "1024.0" of the smaller unit.
  while (value >= (unit === 0 ? 1024 : 1023.95) && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(1)} ${units[unit]}`;
}

/** `12.0 MiB/s`. */
export function formatRate(bytes: number, elapsedMs: number): string {
  return elapsedMs <= 0 ? "–" : `${formatBytes(Math.round((bytes / elapsedMs) * 1000))}/s`;
}

/** Milliseconds left at the rate so far; null when it cannot be told. */
export function etaMs(doneBytes: number, totalBytes: number, elapsedMs: number): number | null {
  if (doneBytes <= 0 || totalBytes <= 0 || elapsedMs <= 0) return null;
  return Math.max(0, ((totalBytes - doneBytes) / doneBytes) * elapsedMs);
}

/** A count as a server prints it; null for anything else, which counts nothing. */
export const countIn = (text: string | undefined): number | null =>
  /^\d{1,15}$/.test(text ?? "") ? Number(text) : null;

/** A number as a server prints it, without what stands behind its point; null for anything else. */
export function wholeNumber(text: string): bigint | null {
  const whole = /^(-?\d+)(?:\.\d+)?$/.exec(text)?.[1];
  return whole === undefined ? null : BigInt(whole);
}

/** The first five of several names, and how many more there are. */
export const few = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;

/** "1 row", "2 rows", with thousands separated. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? noun : noun === "index" ? "indexes" : `${noun}s`}`;
}
