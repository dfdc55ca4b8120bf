/** `01:00-06:00`: how long a night is. Pure. */
import { UsageError } from "../errors.ts";

/** Seconds between two times of day; over midnight where the second is earlier. Throws UsageError for anything else. */
export function windowSeconds(text: string): number {
  const [, fromHour, fromMinute, toHour, toMinute] = (/^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(text) ?? []).map(
    Number,
  );
  const isTime = (hour = 99, minute = 99) => hour < 24 && minute < 60;
  if (!isTime(fromHour, fromMinute) || !isTime(toHour, toMinute))
    throw new UsageError(`"${text}" isn't a window`, { code: "FB_USAGE", next: ["--window 01:00-06:00"] });
  const minutes = ((toHour ?? 0) - (fromHour ?? 0)) * 60 + (toMinute ?? 0) - (fromMinute ?? 0);
  return (minutes <= 0 ? minutes + 1440 : minutes) * 60;
}
