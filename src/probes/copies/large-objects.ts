/** Whether values that lie outside of their tables came along, and each that a row names is there. */

import { defineCopyProbe } from "../../define.ts";
import { count, countIn, formatBytes } from "../../host/units.ts";
import type { CopyScene, Finding, LargeObjects } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";
import { copyOf, mayShrink, since } from "./compared.ts";

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
    const what = `${count(before - held, "large object")} gone ${since(baseline)}, ${held === 0 ? "none left" : `${held} left`}`;
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
      `${rows} rows of ${table} refer in ${column} to a large object that isn't in the copy, unless that column means something else`,
  );
  if (held === 0 && before === 0 && remarks.length === 0) return { held, finding: null };
  const fewer = held < before && baseline !== null ? [`${before - held} fewer than in ${copyOf(baseline)}`] : [];
  const said = [`${count(held, "large object")} read to the end, ${formatBytes(bytes)}`, ...fewer, ...remarks];
  return { held, finding: { held: "yes", because: said.join("; "), measured, remarks: [...fewer, ...remarks] } };
}

export const copyLargeObjects = defineCopyProbe({
  name: "large-objects",
  summary: "Large objects are read to their end, and those of the last good copy are there.",
  question({ copies }) {
    const large = copies.largeObjects?.();
    return large === undefined ? null : { line: large.line, name: "read-large-objects" };
  },
  answer([outcome], scene) {
    const large = scene.copies.largeObjects?.();
    const { rows, none } = rowsOf(outcome);
    const { finding, held } =
      rows === null || large === undefined ? { finding: none ?? unreadable, held: 0 } : judgeLarge(rows, scene, large);
    const findings = finding === null ? [] : [{ probe: "large-objects", subject: "every large object", ...finding }];
    return { findings, numbers: { largeObjects: held } };
  },
});
