/** Whether the numbers that are handed out next are free: behind their data, the next INSERT fails. */

import { defineCopyProbe } from "../../define.ts";
import { count, few, wholeNumber } from "../../host/units.ts";
import type { CopyScene, Finding } from "../../parts.ts";
import { rowsOf, unreadable } from "../reading.ts";
import { since } from "./compared.ts";

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
  const late = `behind their data, so the next INSERT fails: ${few(behind)}`;
  const unfed = lines.filter(([, , table]) => table === "" || table === undefined || table === "\\N").length;
  const known = lines.length - unfed - behind.length;
  const said = [
    ...(known > 0 ? [`${count(known, "sequence")} ahead of their data`] : []),
    ...(unfed > 0 ? [`${count(unfed, "sequence")} not used by a column's default, not compared`] : []),
    ...(behind.length > 0 ? [`${count(behind.length, "sequence")} ${late}`] : []),
  ];
  const remarks = behind.length > 0 ? [`${count(behind.length, "sequence")} ${late}`] : [];
  return { behind, finding: { held: "yes", because: said.join("; "), measured, remarks } };
}

export const copySequences = defineCopyProbe({
  name: "sequences",
  summary: "No sequence of the copy fell behind its data since the last good copy.",
  question({ phrases }) {
    const line = phrases.sequences?.();
    return line === undefined ? null : { line, name: "read-sequences" };
  },
  answer([outcome], scene) {
    const { rows, none } = rowsOf(outcome);
    const { finding, behind } = rows === null ? { finding: none, behind: [] } : judgeSequences(rows, scene);
    return { findings: [{ probe: "sequences", subject: "every sequence", ...finding }], numbers: { behind } };
  },
});
