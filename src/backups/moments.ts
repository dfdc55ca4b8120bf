/** When a backup was made, as far as its name tells. Pure. */

/** The moment in a name made by `stamp` or a usual variant of it; null when there is none. */
export function momentInName(name: string): string | null {
  const match = /(\d{4})-?(\d{2})-?(\d{2})[T_-]?(\d{2})[:.-]?(\d{2})[:.-]?(\d{2})?Z?/.exec(name);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = "00"] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
