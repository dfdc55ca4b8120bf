/** What a dump program says to people, and a job wrote into the dump: `2>&1` where `2>` was meant. */
import { tameName } from "./tame.ts";

const PROGRAM = String.raw`(?:\S*/)?(?:pg_dump|pg_dumpall|mysqldump|mariadb-dump|mydumper|mysql|psql|docker|kubectl)(?:\.exe)?`;
const MESSAGE = new RegExp(`^(?:(?:WARNING|Warning): )?${PROGRAM}: .*`);
const LONGEST = 120;
/** A statement or a comment ends. */
const ENDS = /;$|\*\/$/;
/** Of UTF-8, whether it was decoded or not. */
const BYTE_ORDER_MARK = /^(?:\u00ef\u00bb\u00bf|\ufeff)/;

/** Words of these programs' own messages. Any other may be from a row: a line was cut off anywhere, or written by somebody. */
const OWN_WORDS = new Set(
  `a aborting access added and at because be been bytes can cannot command connect connection connecting constraints
  container contents could couldn couldn't couldnt database databases defaulted definer definitions denied deprecated
  detail device directory does dump dumped dumping during encoding error errors exist executable execute exit extension
  extensions failed file finding for found from full functions future gone got has hint host hosts identifying in
  inappropriate indexes info input insecure instead interface invalid ioctl is it known last left line list locale lost
  lock members mismatch mysqldump mariadb name no not of oid on only open option or out packet password permanently permission
  please policies privilege process program publication query read reading refused release removed requires row running saved
  saving schema schemas search_path server set skipping space standard statement started such table tables terminated
  that the timeout to triggers types unknown use user using variable version warning when will with without write`
    .split(/\s+/)
    .filter((word) => word !== ""),
);
const HIDDEN = "•••";

/** The message without what may be anybody's: names, numbers that are no code of an error, quoted text. */
function withoutValues(line: string): string {
  const code = (before: string | undefined) => /^(error|code|status)[:=]?$/i.test(before ?? "");
  const words = line.split(/\s+/);
  const shown = words.map((word, index) => {
    const bare = word.toLowerCase().replace(/^[("'`[<]+|[)"'`\]>.,:;!]+$/g, "");
    if (index === 0 && new RegExp(`^(${PROGRAM}|warning|stty|ssh|sh|bash|sudo):$`, "i").test(word)) return word;
    if (new RegExp(`^${PROGRAM}:?$`).test(word) || OWN_WORDS.has(bare)) return word;
    return /^\d{1,5}:?$/.test(word) && code(words[index - 1]) ? word : HIDDEN;
  });
  return shown.filter((word, index) => word !== HIDDEN || shown[index - 1] !== HIDDEN).join(" ");
}

/** The message that a text begins with; null: it begins with something else. */
export function messageOf(head: string): string | null {
  const first = head.slice(0, 2000).replace(/^\s+/, "").split(/\r?\n/, 1)[0] ?? "";
  const line = MESSAGE.exec(first)?.[0];
  return line === undefined ? null : tameName(withoutValues(line), LONGEST);
}

/**
 * What a program said before a dump began (`kubectl exec … 2>&1`, a banner of ssh): a line before the header that is
 * neither a comment nor the end of a statement, so that the first statement of the dump would go on where it stops.
 */
export function messageBefore(head: string, header: string): string | null {
  const at = head.indexOf(header);
  const lines = at < 0 ? [] : head.slice(0, at).replace(BYTE_ORDER_MARK, "").split(/\r?\n/);
  const said = lines.filter((line) => line.trim() !== "" && !/^\s*(--|\\)/.test(line));
  const last = said.at(-1)?.trim();
  if (last === undefined || ENDS.test(last)) return null;
  return tameName(withoutValues(said.find((line) => !ENDS.test(line.trim()))?.trim() ?? last), LONGEST);
}

/** The text after the messages at its start. */
export function withoutMessages(head: string): string {
  const lines = head.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "" && !MESSAGE.test(line));
  return first < 0 ? "" : lines.slice(first).join("\n");
}

/** Why such a dump does not load. */
export const messageInDump = (message: string): string =>
  `it begins with a message of the dump program, where SQL belongs, and does not load: "${message}"`;
