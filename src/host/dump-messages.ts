/** What a dump program says to people, and a job wrote into the dump: `2>&1` where `2>` was meant. */
import { PROGRAM, plainWords } from "./plain-words.ts";
import { tameName } from "./tame.ts";

const MESSAGE = new RegExp(`^(?:(?:WARNING|Warning): )?${PROGRAM}: .*`);
const LONGEST = 120;
/** A statement or a comment ends. */
const ENDS = /;$|\*\/$/;
/** Of UTF-8, whether it was decoded or not. */
const BYTE_ORDER_MARK = /^(?:\u00ef\u00bb\u00bf|\ufeff)/;

/** The message that a text begins with; null: it begins with something else. */
export function messageOf(head: string): string | null {
  const first = head.slice(0, 2000).replace(/^\s+/, "").split(/\r?\n/, 1)[0] ?? "";
  const line = MESSAGE.exec(first)?.[0];
  return line === undefined ? null : tameName(plainWords(line), LONGEST);
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
  return tameName(plainWords(said.find((line) => !ENDS.test(line.trim()))?.trim() ?? last), LONGEST);
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
