/**
 * Whether tables and indexes are sound, and whether text sorts here as it did where the copy was made: an index that was
 * built by another order is no fault of the copy, and nobody can use it here.
 */

import { defineCopyProbe } from "../../define.ts";
import { count, countIn, few } from "../../host/units.ts";
import type { CopyFinding, Finding, Outcome } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";

interface Looked {
  readonly finding: Finding;
  /** Names of what is broken, with why. */
  readonly broken: readonly (readonly [string, string])[];
  /** False when nothing could look. */
  readonly isLooked: boolean;
}

function lookedInto(outcome: Outcome | undefined): Looked {
  const blind = (finding: Finding): Looked => ({ finding, broken: [], isLooked: false });
  const { rows, none } = rowsOf(outcome);
  if (rows === null) return blind(none);
  const skipped = rows.find(([word]) => word === "skipped")?.[1];
  if (skipped !== undefined) return blind({ held: "yes", because: `not checked: ${skipped}` });
  const looked = countIn(rows.find(([word]) => word === "looked")?.[1] ?? "0");
  const broken = rows
    .filter(([word]) => word === "broken")
    .map(([, name = "", why = ""]): [string, string] => [name, why]);
  if (looked === null) return blind(unreadable);
  if (looked === 0 && broken.length === 0) return blind({ held: "unknown", because: "nothing was checked" });
  const measured = { looked };
  const finding: Finding =
    broken.length > 0
      ? { held: "no", because: few(broken.map(([name, why]) => `${name}: ${why}`)), measured }
      : { held: "yes", because: `${count(looked, "table")} and indexes checked, none damaged`, measured };
  return { finding, broken, isLooked: true };
}

/** An index that sorts by a collation of another version than it was built with. */
interface Other {
  readonly index: string;
  /** The collation, and both versions. */
  readonly what: string;
}

const AFTER = "after restoring on such a machine, run REINDEX, then REFRESH COLLATION VERSION";

function judgeOrder(others: readonly Other[], used: number, { broken, isLooked }: Looked): Finding {
  const measured = { collations: used, indexes: others.length };
  if (used === 0) return { held: "yes", because: "no text index depends on a versioned collation", measured };
  if (others.length === 0)
    return {
      held: "yes",
      because: `${count(used, "collation")}, each in the version that its indexes were built with`,
      measured,
    };
  const what = few([...new Set(others.map((one) => one.what))]);
  const wrong = broken.filter(([name]) => others.some(({ index }) => index === name)).map(([name]) => name);
  if (wrong.length > 0)
    return { held: "unknown", because: `${what}: ${few(wrong)} can't be judged here; ${AFTER}`, measured };
  const said = `${what}: ${others.length === 1 ? "1 index was" : `${others.length} indexes were`} built with the other version`;
  return isLooked
    ? { held: "yes", because: `${said}; all are still in order here; ${AFTER}`, measured }
    : { held: "unknown", because: `${said}, and can't be checked here; ${AFTER}`, measured };
}

const structureSaid = (finding: Finding): CopyFinding => ({
  probe: "structure",
  subject: "tables and indexes",
  ...finding,
});
const collationsSaid = (finding: Finding): CopyFinding => ({
  probe: "collations",
  subject: "the order of text",
  ...finding,
});

/** Both together, because what is out of order by another collation is not damaged. */
function judgeBoth(looked: Looked, outcome: Outcome): CopyFinding[] {
  const { rows, none } = rowsOf(outcome);
  const used = countIn(rows?.find(([word]) => word === "used")?.[1]);
  if (rows === null || used === null)
    return [structureSaid(looked.finding), collationsSaid(rows === null ? none : unreadable)];
  const others = rows
    .filter(([word]) => word === "other")
    .map(([, index = "", name, was, is]): Other => ({ index, what: `${name} was ${was} and is ${is} here` }));
  const isOrder = ([name]: readonly [string, string]) => others.some(({ index }) => index === name);
  const isOnlyOrder = looked.broken.length > 0 && looked.broken.every(isOrder);
  const because = "no damage, but text sorts differently here: see collations";
  return [
    structureSaid(isOnlyOrder ? { ...looked.finding, held: "yes", because } : looked.finding),
    collationsSaid(judgeOrder(others, used, looked)),
  ];
}

export const copyStructure = defineCopyProbe({
  name: "structure",
  summary: "No table and no index is damaged, and indexes sort text by this machine's rules.",
  question({ copies }) {
    const line = copies.structure?.();
    return line === undefined ? null : { line, name: "look-into-structure" };
  },
  answer([first, second], { copies }) {
    const looked = lookedInto(first);
    if (second !== undefined) return { findings: judgeBoth(looked, second) };
    const line = copies.collations?.();
    return line === undefined ? { findings: [structureSaid(looked.finding)] } : { line, name: "compare-collations" };
  },
});
