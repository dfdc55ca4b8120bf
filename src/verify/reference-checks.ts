/** Whether what rows refer to is there: parents of foreign keys, large objects, numbers, accounts. */

import { countIn, formatBytes, wholeNumber } from "../host/units.ts";
import type { Finding, LargeObjects } from "../parts.ts";
import { copyOf, mayShrink, since } from "./compared.ts";
import { count, few, read, silent, unreadable } from "./reading.ts";
import type { CopyFinding, CopyScene } from "./scene.ts";

/**
 * Reads every foreign key. What is said of them is what was asked of them: keys that are not validated are no pass. Null: the
 * engine has none.
 */
export async function keysOf({ copies, ask }: CopyScene): Promise<Finding | null> {
  const line = copies.readKeys?.();
  if (line === undefined) return null;
  const outcome = await ask(line, "read-keys");
  const lines = read(outcome);
  if (lines === null) return silent(outcome);
  const number = countIn(lines.find(([word]) => word === "read")?.[1]);
  if (number === null || lines.some(([word, , , , rows]) => word !== "read" && countIn(rows) === null))
    return unreadable;
  const of = (kind: string) => lines.filter(([word]) => word === kind);
  const rowsOf = (line: readonly string[]) => Number(line[4] ?? 0);
  const orphaned = of("broken").map(
    ([, key, table, parent, rows]) => `${rows} rows of ${table} have no ${parent} (${key})`,
  );
  const parentless = of("parentless");
  const pointing = parentless.filter((line) => rowsOf(line) > 0);
  const missing = pointing.map(
    ([, key, table, parent, rows]) =>
      `${rows} rows of ${table} have no parent: the copy has no table ${parent} (${key})`,
  );
  const measured = { keys: number, broken: orphaned.length + missing.length };
  if (measured.broken > 0) return { held: "no", because: few([...missing, ...orphaned]), measured };
  const unchecked = of("unchecked");
  const remarks = [
    ...(unchecked.length === 0
      ? []
      : [
          `${count(unchecked.length, "foreign key")} NOT VALID: ${few(unchecked.map(([, key, table, , rows]) => `${rows} rows of ${table} without a parent (${key})`))}`,
        ]),
    ...parentless
      .filter((line) => rowsOf(line) === 0)
      .map(
        ([, key, table, parent]) => `${key} of ${table} refers to ${parent}, a parent table that is not in the copy`,
      ),
    ...of("elsewhere").map(
      ([, key, table, parent, rows]) =>
        `${rows} rows of ${table} refer to ${parent} in another database, which was not looked at (${key})`,
    ),
  ];
  const said =
    number === 0 ? "no foreign key to read" : `${count(number, "foreign key")} read, every row has its parent there`;
  return { held: "yes", because: [said, ...remarks].join("; "), measured: { keys: number }, remarks };
}

/** Nothing is in use where a column holds no number. */
const inUse = (text: string | undefined) => (text === "\\N" || text === undefined ? 0n : wholeNumber(text));

/** Sequences that the last good copy had as well, and that were asked of it. */
const wasAsked = ({ baseline }: CopyScene, name: string) =>
  baseline?.parents !== undefined &&
  (baseline.catalogue[`sequence\t${name}`] !== undefined || baseline.catalogue[`column\t${name}`] !== undefined);

function judgeSequences(lines: readonly string[][], scene: CopyScene): { finding: Finding; behind: string[] } {
  const { baseline } = scene;
  const standing = lines.map(([name = "", value = "", , , used]) => ({
    name,
    value: wholeNumber(value),
    used: inUse(used),
  }));
  if (standing.some(({ value, used }) => value === null || used === null)) return { behind: [], finding: unreadable };
  const behind = standing.filter(({ value, used }) => (value ?? 0n) < (used ?? 0n)).map(({ name }) => name);
  const newly = behind.filter((name) => baseline !== null && !baseline.behind.includes(name) && wasAsked(scene, name));
  const measured = { sequences: lines.length, behind: behind.length };
  if (newly.length > 0 && baseline !== null)
    return {
      behind,
      finding: { held: "no", because: `behind their data ${since(baseline)}: ${few(newly)}`, measured },
    };
  if (lines.length === 0) return { behind, finding: { held: "yes", because: "no sequences found", measured } };
  // Without a copy to compare with this is how it may always have been: said, and not held against the backup.
  const late = `behind their data, so that the next INSERT fails: ${few(behind)}`;
  const unfed = lines.filter(([, , table]) => table === "" || table === undefined || table === "\\N").length;
  const known = lines.length - unfed - behind.length;
  const said = [
    ...(known > 0 ? [`${count(known, "sequence")} ahead of their data`] : []),
    ...(unfed > 0 ? [`${count(unfed, "sequence")} that no column takes from by default, not compared`] : []),
    ...(behind.length > 0 ? [`${count(behind.length, "sequence")} ${late}`] : []),
  ];
  const remarks = behind.length > 0 ? [`${count(behind.length, "sequence")} ${late}`] : [];
  return { behind, finding: { held: "yes", because: said.join("; "), measured, remarks } };
}

/** Null: the engine hands out no numbers. */
export async function sequencesOf(scene: CopyScene): Promise<{ finding: Finding | null; behind: string[] }> {
  if (scene.phrases.sequences === undefined) return { behind: [], finding: null };
  const outcome = await scene.ask(scene.phrases.sequences(), "read-sequences");
  const lines = read(outcome);
  return lines === null ? { finding: silent(outcome), behind: [] } : judgeSequences(lines, scene);
}

const WATCHED = 100;

function judgeLarge(
  lines: readonly string[][],
  scene: CopyScene,
  { table: name, leftOut }: LargeObjects,
): { finding: Finding | null; held: number } {
  const [, held, bytes] = (lines.find(([word]) => word === "held") ?? []).map(countIn);
  if (held == null || bytes == null) return { held: 0, finding: unreadable };
  const dangling = lines.filter(([word]) => word === "dangling");
  const { baseline } = scene;
  const before = baseline?.largeObjects ?? 0;
  const measured = { largeObjects: held, largeObjectBytes: bytes };
  if (
    baseline !== null &&
    held < before &&
    !mayShrink(scene, name) &&
    (held === 0 || (before >= WATCHED && held * 2 < before))
  ) {
    const what = `${count(before - held, "large object")} gone ${since(baseline)}, ${held === 0 ? "none is left" : `${held} left`}`;
    return {
      held,
      finding: {
        held: "no",
        because: `${what}; ${leftOut}`,
        measured,
      },
    };
  }
  const remarks = dangling.map(
    ([, table, column, rows]) =>
      `${rows} rows of ${table} name a large object in ${column} that is not in the copy, unless the column holds something else`,
  );
  if (held === 0 && before === 0 && remarks.length === 0) return { held, finding: null };
  const fewer = held < before && baseline !== null ? [`${before - held} fewer than in ${copyOf(baseline)}`] : [];
  const said = [`${count(held, "large object")} read to the end, ${formatBytes(bytes)}`, ...fewer, ...remarks];
  return { held, finding: { held: "yes", because: said.join("; "), measured, remarks: [...fewer, ...remarks] } };
}

/** Null where there is none, none is named and there was none. */
export async function largeObjectsOf(scene: CopyScene): Promise<{ finding: Finding | null; held: number }> {
  const large = scene.copies.largeObjects?.();
  if (large === undefined) return { finding: null, held: 0 };
  const outcome = await scene.ask(large.line, "read-large-objects");
  const lines = read(outcome);
  return lines?.some(([word]) => word === "held")
    ? judgeLarge(lines, scene, large)
    : { finding: silent(outcome), held: 0 };
}

/** Accounts that a backup of one database does not bring: no fault of it, and on the night they are missing. */
export async function accountsOf({ copies, ask }: CopyScene): Promise<CopyFinding[]> {
  const line = copies.absent?.();
  if (line === undefined) return [];
  const outcome = await ask(line, "list-absent-accounts");
  const lines = read(outcome);
  const common = { probe: "accounts", subject: "whom objects run as" };
  if (lines === null) return [{ ...common, ...silent(outcome) }];
  if (lines.some(([, objects]) => countIn(objects) === null)) return [{ ...common, ...unreadable }];
  if (lines.length === 0) return [];
  const said = lines.map(([account, objects]) => `${account} (${count(Number(objects), "object")})`);
  const remark = `accounts that the backup does not bring, and that views, routines, triggers or events run as: ${few(said)}`;
  return [{ ...common, held: "yes", because: remark, measured: { absent: lines.length }, remarks: [remark] }];
}
