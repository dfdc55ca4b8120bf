/** What single names leave open, and a whole listing tells: whose a number is, what is a word and what is new every night. Pure. */
import { agrees, globOf, isDate, isDay, isStar, type Parsed, type Piece, printed, roleOf } from "./key-pieces.ts";
import { FAR_MS, latestDay } from "./moments.ts";

/** Groups by a text, in order. */
export function grouped<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = by(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

const textOf = (pieces: readonly Piece[]) => pieces.map(({ word }) => word.text).join(" ");

/** Of groups of one shape: the same pieces in the same order. */
function sameShape(all: readonly Parsed[], by: (one: Parsed) => string): Parsed[][] {
  return [...grouped(all, (one) => `${one.pieces.length} ${by(one)}`).values()];
}

/** `2026/May/…01-May-2026`: it stands below a date, or the same word stands in one. */
function isConfirmed({ pieces }: Parsed, index: number): boolean {
  const [before, here] = [pieces[index - 1], pieces[index]];
  if (here === undefined) return false;
  if (before !== undefined && isDate(before) && before.folder === here.folder - 1) return true;
  const text = here.word.text.toLowerCase();
  return pieces.some((one) => one !== here && isDate(one) && one.word.text.toLowerCase().includes(text));
}

/** Words that may be a weekday or a month and stand there without a date: believed where the place holds several. */
function settleUnsure(group: readonly Parsed[]): void {
  const [first] = group;
  first?.pieces.forEach(({ word, use }, index) => {
    if (use !== "hole" || (word.kind !== "weekday" && word.kind !== "date") || word.isSure) return;
    const values = new Set(group.map(({ pieces }) => pieces[index]?.word.text));
    const isNamed = first.pieces.some((one) => one.use === "word");
    const isLast = first.pieces.slice(index + 1).every((one) => one.use === "ending");
    if (values.size > 1 || (isLast && isNamed && !first.pieces.some(isDay)) || isConfirmed(first, index)) return;
    for (const { pieces } of group) (pieces[index] as Piece).use = "word";
  });
}

/**
 * What stands beside a whole date and is often not of it, is a name: `march`, `sun`, `erp_2024`. Where one year is none,
 * its neighbours (`erp_2026`) are none either.
 */
function settleDisagreeing(group: readonly Parsed[]): void {
  group[0]?.pieces.forEach(({ word }, index) => {
    if (word.kind !== "weekday" && word.kind !== "date") return;
    const isYear = word.kind === "date" && word.readings.every(({ month }) => month === undefined);
    for (const same of grouped(group, ({ pieces }) =>
      isYear ? "" : textOf(pieces.slice(index, index + 1)),
    ).values()) {
      const told = same.map((one) => agrees(one, one.pieces[index] as Piece)).filter((one) => one !== null);
      const against = told.filter((one) => !one).length;
      if (against === 0 || (!isYear && against * 4 < told.length)) continue;
      for (const { pieces } of same) (pieces[index] as Piece).use = "word";
    }
  });
}

/** A word of letters and digits may be another one in every night. */
const looksRandom = ({ use, word }: Piece) =>
  use === "word" &&
  word.kind === "word" &&
  word.stem === undefined &&
  /^(?=.*\d)(?=.*[a-z])[a-z\d]{4,}$/i.test(word.text);

function settleRandom(group: readonly Parsed[]): void {
  const values = group.map(({ pieces }) => textOf(pieces.filter(looksRandom)));
  const nights = group.map(({ pieces }) => textOf(pieces.filter(isStar)));
  if (group.length < 2 || new Set(values).size < group.length || new Set(nights).size < group.length) return;
  for (const { pieces } of group) for (const piece of pieces) if (looksRandom(piece)) piece.use = "hole";
}

const LOOSE: ReadonlySet<string> = new Set(["counter", "uuid", "hex", "id"]);

/** A version goes on from one number to the next behind its letter: `v1.2.3`. */
function isVersion({ key, pieces }: Parsed, index: number): boolean {
  const [before, here] = [pieces[index - 1], pieces[index]];
  if (before === undefined || here === undefined || before.use !== "hole") return false;
  if (key.slice(before.word.to, here.word.from) !== ".") return false;
  return before.word.kind === "word" || (before.word.kind === "counter" && isVersion({ key, pieces }, index - 1));
}

/** Whether values of one place go with several nights each: then they are somebody's, such as a tenant's number. */
function isOwner(group: readonly Parsed[], index: number): boolean {
  const [first] = group;
  const piece = first?.pieces[index];
  if (first === undefined || piece === undefined || piece.use !== "hole" || !LOOSE.has(piece.word.kind)) return false;
  const dated = first.pieces.findIndex(isDate);
  if (isVersion(first, index)) return false;
  // Behind the date it is the second of a day; a tenant comes first.
  if (dated < 0 || (piece.word.kind === "counter" && index > dated)) return false;
  const nights = new Map<string, Set<string>>();
  for (const { pieces } of group) {
    const value = pieces[index]?.word.text ?? "";
    nights.set(value, (nights.get(value) ?? new Set<string>()).add(textOf(pieces.filter(isDate))));
  }
  if ([...nights.values()].some(({ size }) => size > 1)) return true;
  // Of one night alone: several that were made at once are of several.
  const all = new Set([...nights.values()].flatMap((dates) => [...dates]));
  return piece.word.kind === "counter" && nights.size > 1 && all.size === 1;
}

/**
 * A whole date that lies far before the one that a backup is of, and goes with several nights: a tenant's number, or a
 * version's. One that is another one in every night is of the night.
 */
function settleFarDates(group: readonly Parsed[]): void {
  const [first] = group;
  if (first === undefined || first.pieces.filter(isWholeDay).length < 2) return;
  const ofNight = (one: Parsed) => Math.max(...one.pieces.filter(isWholeDay).map(({ word }) => latestDay(word)));
  first.pieces.forEach((piece, index) => {
    if (!isWholeDay(piece)) return;
    const isFar = (one: Parsed) => ofNight(one) - latestDay((one.pieces[index] as Piece).word) > FAR_MS;
    if (!group.every(isFar)) return;
    const values = new Set(group.map(({ pieces }) => pieces[index]?.word.text));
    const nights = new Set(group.map(ofNight));
    if (values.size === group.length && nights.size > 1) return;
    for (const { pieces } of group) (pieces[index] as Piece).use = "word";
  });
}

const isWholeDay = ({ use, word }: Piece) =>
  use === "hole" && word.kind === "date" && word.readings.every(({ year, month, day }) => year && month && day);

function settleOwners(group: readonly Parsed[]): void {
  const owners = (group[0]?.pieces ?? []).map((_, index) => index).filter((index) => isOwner(group, index));
  for (const { pieces } of group) for (const index of owners) (pieces[index] as Piece).use = "word";
}

/** Without its forms: the parts of one night may be packed in several ways. */
const rolelessOf = (one: Parsed) => printed(one, (piece) => isStar(piece) || piece.use === "role", false);

/**
 * `events`, `users` and `data` are names of databases, too. They are roles where the same night left what they belong
 * to: rows beside their structure.
 */
function settleRoles(all: readonly Parsed[]): void {
  const rolesIn = ({ pieces }: Parsed) => pieces.filter(({ use }) => use === "role");
  for (const group of grouped(all, rolelessOf).values()) {
    const roles = new Set(group.flatMap((one) => rolesIn(one).map(({ word }) => roleOf(word.text))));
    const hasParts = roles.has("structure") && roles.has("data");
    for (const one of group) {
      for (const piece of rolesIn(one)) {
        const role = roleOf(piece.word.text);
        const isSure =
          role === "beside" || role === "structure" || /^(?:globals?|roles?|grants)$/i.test(piece.word.text);
        if (!isSure && !hasParts) piece.use = "word";
      }
    }
  }
}

/** Settles every piece of every key. Linear in their number. */
export function settle(all: readonly Parsed[]): void {
  settleRoles(all);
  for (const group of sameShape(all, globOf)) settleFarDates(group);
  for (const group of sameShape(all, globOf)) settleDisagreeing(group);
  for (const group of sameShape(all, globOf)) settleUnsure(group);
  const random = all.filter(({ pieces }) => pieces.some(looksRandom));
  const shape = (one: Parsed) => printed(one, (piece) => isStar(piece) || looksRandom(piece));
  for (const group of sameShape(random, shape)) settleRandom(group);
  for (const group of sameShape(all, globOf)) settleOwners(group);
}
