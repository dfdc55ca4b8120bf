/** What a time on somebody's wall is in UTC, by the zones that Intl knows. Pure. */

const MINUTE_MS = 60_000;

/** Whether there is such a zone: an IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    offsetMinutes(name, 0);
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How many minutes a zone's clocks are ahead of UTC at a moment. Throws a RangeError for a name that is no zone. */
export function offsetMinutes(timeZone: string, atMs: number): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, format);
  const shown = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0"] = /^GMT([+-])(\d{2}):(\d{2})/.exec(shown) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return sign === "-" ? -offset : offset;
}

/**
 * The moments that a time on the wall may be, which is given as if it were of UTC: two in the night in which clocks go
 * back, one else. A time that clocks leap over is taken as it stood before the leap.
 */
export function momentsOnWall(timeZone: string, wallMs: number): { earliestMs: number; latestMs: number } {
  // No zone is further from UTC than a day, and none changes twice within two.
  const around = [-1, 1].map((days) => offsetMinutes(timeZone, wallMs + days * 86_400_000));
  const all = around.map((offset) => wallMs - offset * MINUTE_MS);
  const true_ = all.filter((atMs) => atMs + offsetMinutes(timeZone, atMs) * MINUTE_MS === wallMs);
  const fitting = true_.length > 0 ? true_ : all.slice(0, 1);
  return { earliestMs: Math.min(...fitting), latestMs: Math.max(...fitting) };
}

let known: readonly number[] | undefined;

/** Every offset in minutes at which people's clocks stand, in either half of the year, ascending. */
export function knownOffsets(): readonly number[] {
  known ??= [
    ...new Set(
      Intl.supportedValuesOf("timeZone").flatMap((zone) =>
        [0, 6].map((month) => offsetMinutes(zone, Date.UTC(2026, month, 15))),
      ),
    ),
  ].sort((a, b) => a - b);
  return known;
}

/** `+09:00`, `-03:30`. */
export function offsetText(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const all = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(all / 60))}:${two(all % 60)}`;
}
