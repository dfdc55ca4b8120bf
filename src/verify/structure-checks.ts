/**
 * Whether tables and indexes are sound, and whether text sorts here as it did where the copy was made: an index that was
 * built by another order is no fault of the copy, and nobody can use it here.
 */

import { countIn } from "../host/units.ts";
import type { Finding } from "../parts.ts";
import { count, few, read, silent, unreadable } from "./reading.ts";
import type { CopyScene } from "./scene.ts";

interface Looked {
  /** Null: the engine has no way to look. */
  readonly finding: Finding | null;
  /** Names of what is broken, with why. */
  readonly broken: readonly (readonly [string, string])[];
  /** False when nothing could look. */
  readonly isLooked: boolean;
}

async function structure({ copies, ask }: CopyScene): Promise<Looked> {
  const line = copies.structure?.();
  if (line === undefined) return { finding: null, broken: [], isLooked: false };
  const outcome = await ask(line, "look-into-structure");
  const rows = read(outcome);
  if (rows === null) return { finding: silent(outcome), broken: [], isLooked: false };
  const skipped = rows.find(([word]) => word === "skipped")?.[1];
  if (skipped !== undefined)
    return { finding: { held: "yes", because: `not looked into: ${skipped}` }, broken: [], isLooked: false };
  const looked = countIn(rows.find(([word]) => word === "looked")?.[1] ?? "0");
  const broken = rows
    .filter(([word]) => word === "broken")
    .map(([, name = "", why = ""]): [string, string] => [name, why]);
  if (looked === null) return { finding: unreadable, broken: [], isLooked: false };
  if (looked === 0 && broken.length === 0)
    return { finding: { held: "unknown", because: "nothing was looked into" }, broken, isLooked: false };
  const measured = { looked };
  const finding: Finding =
    broken.length > 0
      ? { held: "no", because: few(broken.map(([name, why]) => `${name}: ${why}`)), measured }
      : { held: "yes", because: `${count(looked, "table")} and indexes looked into, none is damaged`, measured };
  return { finding, broken, isLooked: true };
}

/** An index that sorts by a collation of another version than it was built with. */
interface Other {
  readonly index: string;
  /** The collation, and both versions. */
  readonly what: string;
}

const AFTER = "after a restore onto such a machine: REINDEX, then REFRESH COLLATION VERSION";

function judgeOrder(others: readonly Other[], used: number, { broken, isLooked }: Looked): Finding {
  const measured = { collations: used, indexes: others.length };
  if (used === 0) return { held: "yes", because: "no index sorts text by rules that have a version", measured };
  if (others.length === 0)
    return {
      held: "yes",
      because: `${count(used, "collation")}, of the version that indexes were built with`,
      measured,
    };
  const what = few([...new Set(others.map((one) => one.what))]);
  const wrong = broken.filter(([name]) => others.some(({ index }) => index === name)).map(([name]) => name);
  if (wrong.length > 0)
    return { held: "unknown", because: `${what}: ${few(wrong)} cannot be judged here; ${AFTER}`, measured };
  const said = `${what}: ${others.length === 1 ? "1 index was" : `${others.length} indexes were`} built by the other version`;
  return isLooked
    ? { held: "yes", because: `${said}, and all are in order here; ${AFTER}`, measured }
    : { held: "unknown", because: `${said}, and nothing here can look into them; ${AFTER}`, measured };
}

/** Both, because what is out of order by another collation is not damaged. */
export async function structureAndOrder(
  scene: CopyScene,
): Promise<{ structure: Finding | null; collations: Finding | null }> {
  const looked = await structure(scene);
  const line = scene.copies.collations?.();
  if (line === undefined) return { structure: looked.finding, collations: null };
  const outcome = await scene.ask(line, "compare-collations");
  const rows = read(outcome);
  if (rows === null) return { structure: looked.finding, collations: silent(outcome) };
  const used = countIn(rows.find(([word]) => word === "used")?.[1]);
  if (used === null) return { structure: looked.finding, collations: unreadable };
  const others = rows
    .filter(([word]) => word === "other")
    .map(([, index = "", name, was, is]): Other => ({ index, what: `${name} was ${was} and is ${is} here` }));
  const isOrder = ([name]: readonly [string, string]) => others.some(({ index }) => index === name);
  const damaged = looked.broken.filter((one) => !isOrder(one));
  const collations = judgeOrder(others, used, looked);
  if (looked.finding === null || looked.broken.length === 0 || damaged.length > 0)
    return { structure: looked.finding, collations };
  const because = "no damage, but text that sorts otherwise here: see collations";
  return { structure: { ...looked.finding, held: "yes", because }, collations };
}
