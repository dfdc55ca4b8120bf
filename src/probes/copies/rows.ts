/** Whether tables hold what they held: counted, and told apart from what the last good copy had. */

import { defineCopyProbe } from "../../define.ts";
import { count, countIn, few } from "../../host/units.ts";
import type { CopyScene, Finding } from "../../parts.ts";
import { answered, fields, unreadable } from "../reading.ts";
import { copyOf, droppedParts, type LastCopy, mayShrink, since } from "./compared.ts";

/** A table that had at least so many rows may lose so much of them; one of fewer, all but the last. */
const WATCHED_ROWS = 100;
const MOST_LOST = 0.5;
/** From so much on a loss that is allowed is worth a place among what was found. */
const REMARKABLE = 0.1;

interface Counted {
  readonly rows: Readonly<Record<string, number>>;
  /** A part to the table that it is a part of. */
  readonly parents: Readonly<Record<string, string>>;
  /** Tables that keep earlier versions of their rows, to how many. */
  readonly history: Readonly<Record<string, number>>;
}

const sumOf = (numbers: Readonly<Record<string, number>>) => Object.values(numbers).reduce((sum, one) => sum + one, 0);
const number = (one: number) => one.toLocaleString("en-US");
const percent = (part: number) => `${(part * 100).toFixed(part < 0.1 ? 1 : 0)} %`;

/** `120 rows in 1 table`, and what its tables keep beside their rows. */
function sumUp({ rows, history }: Counted): string {
  const earlier = sumOf(history);
  const sum = `${count(sumOf(rows), "row")} in ${count(Object.keys(rows).length, "table")}`;
  return earlier === 0 ? sum : `${sum}, and ${count(earlier, "earlier version")} of rows that are kept as history`;
}

interface Fewer {
  readonly name: string;
  readonly was: number;
  readonly is: number;
}

const shareOf = ({ was, is }: Fewer) => (was - is) / was;
const fromTo = ({ name, was, is }: Fewer) => `${name} from ${number(was)} to ${number(is)}`;
const fewerBy = (one: Fewer) => `${fromTo(one)} (${percent(shareOf(one))} fewer)`;

/** Tables that hold fewer rows, the most changed first. */
function fewer(baseline: LastCopy, { rows }: Counted): Fewer[] {
  return Object.entries(rows)
    .map(([name, is]) => ({ name, was: baseline.rows[name] ?? 0, is }))
    .filter(({ was, is }) => is < was)
    .sort((a, b) => shareOf(b) - shareOf(a));
}

/** Wholes whose parts held rows and hold none now: every part was emptied or went. */
function emptiedWholes(baseline: LastCopy, counted: Counted): string[] {
  const total = (rows: Readonly<Record<string, number>>, parents: Readonly<Record<string, string>>, whole: string) =>
    sumOf(Object.fromEntries(Object.entries(rows).filter(([name]) => name === whole || parents[name] === whole)));
  const wholes = [...new Set(Object.values(baseline.parents ?? {}))];
  return wholes.filter(
    (whole) =>
      total(baseline.rows, baseline.parents ?? {}, whole) > 0 && total(counted.rows, counted.parents, whole) === 0,
  );
}

const meant = (names: readonly string[]) =>
  `if that's intended, list ${names.length === 1 ? "it" : "them"} under may-shrink, or verify once with --accept-changes`;

function compare(
  counted: Counted,
  scene: CopyScene,
  baseline: LastCopy,
): Pick<Finding, "held" | "because" | "remarks"> {
  const may = (name: string) => mayShrink(scene, name);
  const parts = droppedParts(baseline, counted);
  const gone = Object.keys(baseline.rows).filter((name) => counted.rows[name] === undefined && !parts.includes(name));
  const lost = gone.filter((name) => !may(name));
  const no = (because: string) => ({ held: "no" as const, because });
  if (lost.length > 0) return no(`tables gone ${since(baseline)}: ${few(lost)}; ${meant(lost)}`);
  const less = fewer(baseline, counted);
  const wholes = emptiedWholes(baseline, counted).filter((name) => !may(name));
  const emptied = less.filter(({ name, is }) => is === 0 && !may(name));
  if (emptied.length > 0 || wholes.length > 0) {
    const names = [...new Set([...wholes, ...emptied.map(({ name }) => name)])];
    const said = names.map((name) => {
      const was = emptied.find((one) => one.name === name)?.was;
      return was === undefined ? name : `${name} (it had ${count(was, "row")})`;
    });
    return no(`emptied ${since(baseline)}: ${few(said)}; ${meant(names)}`);
  }
  const shrunk = less.filter((one) => one.was >= WATCHED_ROWS && shareOf(one) > MOST_LOST && !may(one.name));
  if (shrunk.length > 0)
    return no(
      `more than half of the rows gone ${since(baseline)}: ${few(shrunk.map(fromTo))}; ${meant(shrunk.map(({ name }) => name))}`,
    );
  const said = [
    ...(less.length > 0 ? [`fewer rows than in ${copyOf(baseline)}: ${few(less.map(fewerBy))}`] : []),
    ...(gone.length > 0 ? [`gone ${since(baseline)}, as declared: ${few(gone)}`] : []),
    ...(parts.length > 0 ? [`partitions dropped ${since(baseline)}: ${few(parts)}`] : []),
  ];
  const remarkable = less.some((one) => shareOf(one) >= REMARKABLE) || gone.length > 0;
  return {
    held: "yes",
    because: [sumUp(counted), ...(said.length === 0 ? [`no table has fewer than in ${copyOf(baseline)}`] : said)].join(
      "; ",
    ),
    remarks: remarkable ? said : [],
  };
}

/** A history that a dump left out is no loss of rows, and is gone all the same. */
function forgotten({ history }: Counted): string[] {
  const names = Object.keys(history).filter((name) => history[name] === 0);
  return names.length === 0
    ? []
    : [`no earlier row versions in ${few(names)}: a dump leaves history out unless it's given --dump-history`];
}

function judgeRows(counted: Counted, scene: CopyScene): Finding {
  const names = Object.keys(counted.rows);
  const total = sumOf(counted.rows);
  const measured = { tables: names.length, rows: total };
  if (names.length === 0) return { held: "no", because: "there are no tables in the copy", measured };
  if (total === 0)
    return { held: "no", because: `${count(names.length, "table")}, but no row in any of them`, measured };
  const { baseline } = scene;
  const {
    held,
    because,
    remarks = [],
  } = baseline === null
    ? { held: "yes" as const, because: `${sumUp(counted)}; no earlier copy to compare with` }
    : compare(counted, scene, baseline);
  return { held, because, measured, remarks: [...remarks, ...forgotten(counted)] };
}

/** Null for what is no count. */
function countedIn(lines: readonly string[][]): Counted | null {
  const isCounted = lines.every(
    ([, rows, , history = ""]) => countIn(rows) !== null && (history === "" || countIn(history) !== null),
  );
  if (!isCounted) return null;
  return {
    rows: Object.fromEntries(lines.map(([table = "", rows]) => [table, Number(rows)])),
    parents: Object.fromEntries(
      lines.flatMap(([table = "", , parent = ""]) => (parent === "" ? [] : [[table, parent]])),
    ),
    history: Object.fromEntries(
      lines.flatMap(([table = "", , , history = ""]) => (history === "" ? [] : [[table, Number(history)]])),
    ),
  };
}

export const copyRows = defineCopyProbe({
  name: "rows",
  summary: "Every table is counted, and holds what it held in the last good copy.",
  question: ({ copies }) => ({ line: copies.countAll(), name: "count-all" }),
  answer([outcome], scene) {
    let counted: Counted | null = null;
    const finding = answered(outcome, (one) => {
      counted = countedIn(fields(one));
      return counted === null ? unreadable : judgeRows(counted, scene);
    });
    const { rows, parents } = counted ?? { rows: {}, parents: {} };
    return { findings: [{ probe: "rows", subject: "every table", ...finding }], numbers: { rows, parents } };
  },
});
