/**
 * Which objects of a listing are one job's, told from the listing as a whole: names that are the same but for dates, times,
 * counters and what else is new in every night. Two jobs are never one, and tomorrow's object fits today's pattern. Pure.
 */
import {
  globOf,
  isDay,
  isStar,
  type Parsed,
  type PartRole,
  type Piece,
  parseKey,
  printed,
  roleOf,
} from "./key-pieces.ts";
import { settle } from "./settle.ts";

/** What a key is among the others of its listing. */
export interface Placed {
  readonly key: string;
  /**
   * Plain words of folders and name, small, each once: keys that differ in one are of two jobs. Rhythms, roles, dates and
   * forms are left out; words that only say that it is a backup count where there is no other.
   */
  readonly words: readonly string[];
  /** Whether one of them can be a name. */
  readonly isNamed: boolean;
  /** The plain words as they stand in the key, joined where they stand together: `shop_prod`. */
  readonly segments: readonly string[];
  /** The key with a star for everything that the next night will call otherwise. */
  readonly glob: string;
  /** What the stars stood for: equal for what one night left together. */
  readonly night: string;
  /** What of a backup it is, as its name says; null where it says nothing. */
  readonly role: PartRole | null;
  /** The same glob with a star for the role, and without the forms: equal for what one night left in several files. */
  readonly together: string;
  /** The last plain words of its own name, which may be a table's, and the glob with a star for them. */
  readonly table: { readonly text: string; readonly together: string } | null;
  /** `latest` where others have their date: another name of one of them, often. */
  readonly isAlias: boolean;
  /** Whether its name tells a day. */
  readonly isDated: boolean;
}

interface Segment {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly folder: number;
}

function segmentsOf({ key, pieces }: Parsed, isIn: (piece: Piece) => boolean): Segment[] {
  const found: Segment[] = [];
  for (const piece of pieces) {
    if (!isIn(piece)) continue;
    const { word, folder } = piece;
    const last = found.at(-1);
    const isNext = last?.folder === folder && !/[\p{L}\d/]/u.test(key.slice(last.to, word.from));
    if (last !== undefined && isNext)
      found[found.length - 1] = { ...last, text: key.slice(last.from, word.to), to: word.to };
    else found.push({ text: word.text, from: word.from, to: word.to, folder });
  }
  return found;
}

/** `shop` of `shop_prod`, and not of `shopping`. */
const beginsWith = (text: string, start: string) =>
  text.startsWith(start) && /^[^\p{L}\d]/u.test(text.slice(start.length));

/** Of several that say the same the one that says most. */
function distinct(texts: readonly string[]): string[] {
  const once = [...new Set(texts)];
  return once.filter((text) => !once.some((other) => beginsWith(other, text)));
}

function tableOf(parsed: Parsed): Placed["table"] {
  const last = Math.max(0, ...parsed.pieces.map(({ folder }) => folder));
  const isName = ({ use }: Piece) => use === "word" || use === "noise" || use === "role";
  const own = segmentsOf(parsed, isName)
    .filter(({ folder }) => folder === last)
    .at(-1);
  if (own === undefined) return null;
  const isIn = ({ word }: Piece) => word.from >= own.from && word.to <= own.to;
  return { text: own.text, together: printed(parsed, (piece) => isStar(piece) || isIn(piece), false) };
}

function place(parsed: Parsed): Placed {
  const { key, pieces } = parsed;
  const isNamed = pieces.some(({ use }) => use === "word");
  const isWord = ({ use }: Piece) => use === (isNamed ? "word" : "noise");
  const role = pieces.filter(({ use }) => use === "role").at(-1);
  const night = pieces.filter(({ use, word }) => use === "hole" && word.kind !== "part");
  return {
    key,
    words: [...new Set(pieces.filter(isWord).map(({ word }) => word.text.toLowerCase()))],
    isNamed,
    segments: distinct(segmentsOf(parsed, ({ use }) => use === "word").map(({ text }) => text)),
    glob: globOf(parsed),
    night: night.map(({ word }) => word.text).join(" "),
    role: role === undefined ? null : roleOf(role.word.text),
    together: printed(parsed, (piece) => isStar(piece) || piece.use === "role", false),
    table: tableOf(parsed),
    isAlias: pieces.some(({ use }) => use === "alias"),
    isDated: pieces.some(isDay),
  };
}

/** Every key of a listing, placed among the others. Linear in their number. */
export function placeAll(keys: Iterable<string>): ReadonlyMap<string, Placed> {
  const all = [...new Set(keys)].map(parseKey);
  settle(all);
  return new Map(all.map((one) => [one.key, place(one)]));
}
