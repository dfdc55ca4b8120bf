/** What the look at a copy is measured against: the last good one, and what somebody declared to be meant. */

import type { CopyScene } from "../../parts.ts";

export type LastCopy = NonNullable<CopyScene["baseline"]>;

export const copyOf = (baseline: LastCopy) => `the copy of ${baseline.momentAt.slice(0, 16).replace("T", " ")} UTC`;
export const since = (baseline: LastCopy) => `since ${copyOf(baseline)}`;

/** Names as people write them: `orders`, `public.orders`, and `*` for any number of any characters. */
function fits(pattern: string, name: string): boolean {
  const pieces = pattern.split("*");
  const last = pieces.pop() ?? "";
  const [first = last, ...middle] = pieces;
  if (pieces.length === 0) return name === last;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const piece of middle) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}

/** Whether somebody said that this table may lose rows, or be gone. */
export function mayShrink({ task }: Pick<CopyScene, "task">, table: string): boolean {
  const bare = table.slice(table.indexOf(".") + 1);
  return task.acceptChanges || task.mayShrink.some((pattern) => fits(pattern, table) || fits(pattern, bare));
}

/**
 * Tables of the last good copy that are parts of another which is still there: partitions come and go by a rule of the
 * database's own, and their rows are counted with those of the whole.
 */
export function droppedParts(
  baseline: LastCopy,
  { rows, parents }: { rows: Readonly<Record<string, number>>; parents: Readonly<Record<string, string>> },
): string[] {
  const wholes = new Set(Object.values(parents));
  return Object.keys(baseline.rows).filter((name) => {
    const whole = baseline.parents?.[name];
    return rows[name] === undefined && whole !== undefined && (wholes.has(whole) || rows[whole] !== undefined);
  });
}
