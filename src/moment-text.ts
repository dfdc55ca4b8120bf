/** A copy's moment in words: how old, where that comes from, and what else says otherwise. Pure. */
import { offsetText } from "./host/time-zone.ts";
import { formatDuration } from "./host/units.ts";
import type { Moment, MomentSource } from "./parts.ts";

export const SOURCE_TEXT: Readonly<Record<MomentSource, string>> = {
  name: "its name",
  content: "its content",
  "object-time": "the object's time",
};

const nightsText = (nights: number) => (nights === 1 ? "one object shows" : `the objects of ${nights} backups show`);

/** What is not plain about a moment, as one or two sentences' worth; null when nothing is. Ages count back from `askedAtMs`. */
export function doubtText({ at, latest, doubt }: Moment, askedAtMs: number): string | null {
  if (doubt === undefined) return null;
  const age = (moment: string) => formatDuration(Math.max(0, askedAtMs - Date.parse(moment)));
  switch (doubt.kind) {
    case "no-zone":
      return `its name has no time zone, so it's between ${age(latest ?? at)} and ${age(at)} old; set "timezone" for its source`;
    case "zone-found":
      return `its name is read in UTC${offsetText(doubt.offsetMinutes)}, as ${nightsText(doubt.nights)}`;
    case "zone-west":
      return `its name is read as UTC, but the objects of ${doubt.nights} backups were always written later, as if it were UTC${offsetText(doubt.offsetMinutes)}; if that's its time zone, set "timezone" for its source`;
    case "differs": {
      const isZone = latest !== undefined ? `; if its name is in another time zone, set "timezone" for its source` : "";
      const other = Date.parse(doubt.otherAt) > askedAtMs ? "is in the future" : `says ${age(doubt.otherAt)}`;
      return `${SOURCE_TEXT[doubt.other]} ${other}; the older one counts${isZone}`;
    }
    case "set-time":
      return `the files in it are all of ${doubt.otherAt.slice(0, 10)}, a time that was given to them and says nothing of the copy`;
    case "ahead":
      return "its date is in the future: a clock is wrong";
  }
}
