/** A year of game days as an iCalendar file (RFC 5545), for whatever calendar a team uses. Pure. */
import { sha256 } from "../host/digest.ts";

export interface CalendarEntry {
  /** UTC, milliseconds. */
  readonly atMs: number;
  readonly durationMs: number;
  readonly summary: string;
  readonly description: string;
}

/** RFC 5545, 3.3.11: in a text value, backslash, semicolon and comma are escaped, and a line break is `\n`. */
export function escapeText(text: string): string {
  return (
    text
      .replaceAll("\\", "\\\\")
      .replaceAll(";", "\\;")
      .replaceAll(",", "\\,")
      .replace(/\r\n|\r|\n/g, "\\n")
      // biome-ignore lint/suspicious/noControlCharactersInRegex: 3.3.11 allows no control character but a tab
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "")
  );
}

const FOLD_OCTETS = 75;

/** RFC 5545, 3.1: a line has at most 75 octets; the rest follows after a line break and one space. Never inside a character. */
export function foldLine(line: string): string {
  const lines: string[] = [];
  let current = "";
  let octets = 0;
  for (const char of line) {
    const size = Buffer.byteLength(char);
    // The space that begins a continued line counts.
    if (octets + size > FOLD_OCTETS) {
      lines.push(current);
      current = " ";
      octets = 1;
    }
    current += char;
    octets += size;
  }
  return [...lines, current].join("\r\n");
}

/** `20261121T093000Z`. */
const stamp = (atMs: number) => new Date(atMs).toISOString().replace(/\.\d+/, "").replaceAll(/[-:]/g, "");

/** `PT1H30M`. */
function length(durationMs: number): string {
  const minutes = Math.max(1, Math.round(durationMs / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `PT${hours === 0 ? "" : `${hours}H`}${rest === 0 && hours > 0 ? "" : `${rest}M`}`;
}

/** The file. `madeAtMs` is when it was made: the same entries at the same moment give the same bytes. */
export function calendar(entries: readonly CalendarEntry[], madeAtMs: number): string {
  const events = entries.flatMap(({ atMs, durationMs, summary, description }) => [
    "BEGIN:VEVENT",
    // The same day of the same plan keeps its identity, so that a new file moves it instead of doubling it.
    `UID:${sha256(`fogbell gameday ${stamp(atMs).slice(0, 6)}`).slice(0, 32)}@fogbell.invalid`,
    `DTSTAMP:${stamp(madeAtMs)}`,
    `DTSTART:${stamp(atMs)}`,
    `DURATION:${length(durationMs)}`,
    `SUMMARY:${escapeText(summary)}`,
    `DESCRIPTION:${escapeText(description)}`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    "TRIGGER:-P1D",
    `DESCRIPTION:${escapeText(summary)}`,
    "END:VALARM",
    "END:VEVENT",
  ]);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Fogbell//Game days//EN",
    "CALSCALE:GREGORIAN",
    ...events,
    "END:VCALENDAR",
  ];
  return `${lines.map(foldLine).join("\r\n")}\r\n`;
}
