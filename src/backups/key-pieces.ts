/** A key in pieces: which of its words name a job, and which are new in every night. A listing tells more than one name. Pure. */
import { type NameWord, type NameWords, wordsOf } from "./name-words.ts";

/**
 * What a word is to its job. `noise` says that it is a backup, and of which kind of system. `alias` is `latest` where
 * other names have their date.
 */
export type Use = "word" | "hole" | "role" | "rhythm" | "alias" | "ending" | "noise";

export interface Piece {
  readonly word: NameWord;
  /** Counted from the store's root. */
  readonly folder: number;
  /** Settled when the whole listing was seen. */
  use: Use;
}

export interface Parsed {
  readonly key: string;
  readonly pieces: readonly Piece[];
}

/** Words that say that it is a backup, of a database: none of them is a database's name by itself. */
const NOISE: ReadonlySet<string> = new Set(
  (
    "backup backups bkp bkup bak dump dumps db dbs database databases sql pg pgsql psql mysql " +
    "mariadb mysqldump mariadbdump pgdump pgdumpall basebackup base xtrabackup mariabackup info toc dat export exports " +
    "archive archives cron job sicherung sicherungen sauvegarde copia respaldo"
  ).split(" "),
);
/** Systems by the beginning of their names: of a database server, not of a database. */
const SYSTEM = /^postg\w{3,5}$/i;
/** With a number behind them they count: `dump2`. */
const COUNTED =
  /^(?:backup|bkp|bak|dump|copy|snap|inc|incr|increment|diff|run|rev|v|day|week|month|slot|gen|kw|cw|wk|w)$/i;
const ALIAS = /^(?:last|latest|current|newest|recent)$/i;
/** Beside a backup, whatever its name: sums, signatures, what a tool notes down. */
const BESIDE = /^(?:metadata|meta|manifest|ledger|sha\d+(?:sum)?|md5(?:sum)?|checksums?|crc32|asc|sig|minisig)$/i;

const STRUCTURE = /^(?:full)?schemas?$|^struct(?:ure)?$|^ddl$|^pre[-_.]?data$/i;
const DATA = /^data$/i;
const ACCOUNTS = /^(?:globals?|roles?|grants|users|accounts)$/i;

/** What a file holds of a backup that one night left in several. */
export type PartRole = "accounts" | "structure" | "data" | "rest" | "beside";

/** What a word of a name says of its file. */
export function roleOf(text: string): PartRole {
  if (BESIDE.test(text)) return "beside";
  if (STRUCTURE.test(text)) return "structure";
  if (DATA.test(text)) return "data";
  return ACCOUNTS.test(text) ? "accounts" : "rest";
}

const DATES: ReadonlySet<NameWord["kind"]> = new Set(["date", "time", "zone", "epoch", "weekday"]);

export const isDate = ({ use, word }: Piece): boolean => use === "hole" && DATES.has(word.kind);
export const isStar = ({ use }: Piece): boolean => use === "hole" || use === "alias";

/** Names a day, and not only a month or a weekday. */
export const isDay = ({ use, word }: Piece): boolean =>
  use === "hole" &&
  (word.kind === "epoch" || (word.kind === "date" && word.readings.some(({ day }) => day !== undefined)));

/** Days that a name tells whole, in milliseconds. */
const daysIn = (pieces: readonly Piece[]) =>
  pieces.flatMap(({ word }) =>
    word.kind === "date"
      ? word.readings.flatMap(({ year, month, day }) =>
          year === undefined || month === undefined || day === undefined ? [] : [Date.UTC(year, month - 1, day)],
        )
      : [],
  );

/**
 * Whether a weekday, a month or a year is that of the whole date in the same file's name: `sun-20261127` is of a system
 * that is called so, and `erp_2024_20261127` of a database. Null where nothing tells it.
 */
export function agrees({ pieces }: Parsed, piece: Piece): boolean | null {
  const { word } = piece;
  const days = daysIn(pieces.filter(({ folder }) => folder === piece.folder));
  if (days.length === 0 || piece.use !== "hole") return null;
  // A day's backup may end after midnight.
  const near = days.flatMap((dayMs) => [-1, 0, 1].map((off) => new Date(dayMs + off * 86_400_000)));
  if (word.kind === "weekday") return near.some((day) => word.weekdays.includes(day.getUTCDay() || 7));
  if (word.kind !== "date" || word.readings.some(({ day, week }) => day !== undefined || week !== undefined))
    return null;
  return word.readings.some(({ year, month }) =>
    near.some(
      (day) =>
        (year === undefined || year === day.getUTCFullYear()) &&
        (month === undefined || month === day.getUTCMonth() + 1),
    ),
  );
}

function useOf(word: NameWord, previous: NameWord | undefined): Use {
  switch (word.kind) {
    case "rhythm":
    case "role":
    case "ending":
      return word.kind;
    case "word":
      // A pod of a CronJob: minutes since 1970, then five letters.
      if (previous?.kind === "counter" && previous.text.length === 8 && /^[a-z\d]{5}$/.test(word.text)) return "hole";
      if (word.stem !== undefined && COUNTED.test(word.stem)) return "hole";
      return NOISE.has(word.text.toLowerCase()) || SYSTEM.test(word.text) ? "noise" : "word";
    default:
      return "hole";
  }
}

/** A listing is placed once for its sources and once for each of them: its words are read once. */
const known = new Map<string, NameWords>();
const MOST_KNOWN = 50_000;

function knownWords(key: string): NameWords {
  const found = known.get(key);
  if (found !== undefined) return found;
  const words = wordsOf(key);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, words);
  return words;
}

/** The key in pieces, as far as it tells by itself. */
export function parseKey(key: string): Parsed {
  const { folders } = knownWords(key);
  const pieces = folders.flatMap((words, folder) =>
    words.map((word, index): Piece => ({ word, folder, use: useOf(word, words[index - 1]) })),
  );
  const last = folders.length - 1;
  const hasDate = pieces.some((piece) => piece.folder === last && isDate(piece));
  for (const piece of pieces) {
    if (piece.use === "rhythm" && piece.folder === last && !hasDate && ALIAS.test(piece.word.text)) piece.use = "alias";
  }
  return { key, pieces };
}

const starFor = ({ word }: Piece) => (word.kind === "uuid" ? "*-*-*-*-*" : "*");

/**
 * The key with stars for the pieces that are said; what lies between two stars goes with them. Without its forms it is
 * the same however it is packed.
 */
export function printed({ key, pieces }: Parsed, isHidden: (piece: Piece) => boolean, hasForms = true): string {
  let text = "";
  let at = 0;
  for (const piece of pieces) {
    const gap = key.slice(at, piece.word.from);
    at = piece.word.to;
    if (!hasForms && piece.use === "ending") continue;
    if (!isHidden(piece)) text += gap + piece.word.text;
    else if (!text.endsWith("*") || gap.includes("/")) text += gap + starFor(piece);
  }
  return text + key.slice(at);
}

export const globOf = (parsed: Parsed): string => printed(parsed, isStar);
