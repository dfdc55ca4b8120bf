/**
 * Whether every object is there, and every guard stands: without one, the copy lets in what production keeps out, or shows
 * what production keeps apart, and no row is missing for it.
 */

import { defineCopyProbe } from "../../define.ts";
import { sha256 } from "../../host/digest.ts";
import { count, few } from "../../host/units.ts";
import type { CopyScene, Finding } from "../../parts.ts";
import { areObjects } from "../catalogue-diff.ts";
import { rowsOf, unreadable } from "../reading.ts";
import { droppedParts, type LastCopy, mayShrink, since } from "./compared.ts";

/** What guards the data, and what a guard that went is called; those without words are objects, and are called by kind. */
const GUARDS: Readonly<Record<string, string | null>> = {
  table: null,
  constraint: null,
  trigger: null,
  policy: null,
  "event-trigger": "event trigger",
  "not-null": "NOT NULL of",
  unique: "unique index",
  validated: "validation of constraint",
  enabled: "trigger that was enabled,",
  "row-security": "row security of",
  "row-security-of-owner": "forced row security of",
  "kept-apart": "a policy that lets everybody see every row opened",
};
/** States, not objects: they are not counted as such. */
const STATES: ReadonlySet<string> = new Set([
  "not-null",
  "unique",
  "validated",
  "enabled",
  "row-security",
  "row-security-of-owner",
  "kept-apart",
  "populated",
]);
/** The object that carries a state under the same name: when that is gone, it is said once. */
const CARRIED_BY: Readonly<Record<string, string>> = {
  "not-null": "column",
  unique: "constraint",
  validated: "constraint",
  enabled: "trigger",
  "row-security": "table",
  "row-security-of-owner": "table",
  "kept-apart": "table",
  populated: "view",
};
/** A job that leaves all of these out ends with 0, and the application fails on the night it is restored. */
const LEFT_OUT_TOGETHER: Readonly<Record<string, string>> = { view: "views", function: "routines", event: "events" };

type Catalogue = Readonly<Record<string, string>>;

const kindOf = (key: string) => key.slice(0, key.indexOf("\t"));
const nameOf = (key: string) => key.slice(key.indexOf("\t") + 1);
const words = (key: string) => `${GUARDS[kindOf(key)] ?? kindOf(key)} ${nameOf(key)}`;
const named = (keys: readonly string[]) => few(keys.map(words));
const isState = (key: string) => STATES.has(kindOf(key));

/** What went only with something else that is told anyway, or is known by another name by now. */
function isTold(key: string, gone: ReadonlySet<string>, found: Catalogue, before: Catalogue): boolean {
  const carrier = CARRIED_BY[kindOf(key)];
  if (carrier !== undefined && gone.has(`${carrier}\t${nameOf(key)}`)) return true;
  if (kindOf(key) !== "constraint" && kindOf(key) !== "index") return false;
  const stem = key.slice(0, key.lastIndexOf(".") + 1);
  return Object.keys(found).some(
    (other) => other.startsWith(stem) && before[other] === undefined && found[other] === before[key],
  );
}

interface Difference {
  readonly gone: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
}

/** `without` are tables that may be gone, with all that belonged to them. */
function differenceOf(found: Catalogue, before: Catalogue, without: readonly string[]): Difference {
  const keys = Object.keys(before);
  const wentWith = (key: string) =>
    without.some((table) => nameOf(key) === table || nameOf(key).startsWith(`${table}.`));
  const gone = keys.filter((key) => found[key] === undefined && !wentWith(key));
  const all = new Set(gone);
  return {
    gone: gone.filter((key) => !isTold(key, all, found, before)),
    changed: keys.filter((key) => found[key] !== undefined && found[key] !== before[key] && !isState(key)),
    added: Object.keys(found).filter((key) => before[key] === undefined && !isState(key)),
  };
}

/** Kinds of which there were several, and of which there is none any more. */
function leftOut(found: Catalogue, before: Catalogue, gone: readonly string[]): string[] {
  return Object.keys(LEFT_OUT_TOGETHER).filter(
    (kind) =>
      Object.keys(before).filter((key) => kindOf(key) === kind).length > 1 &&
      gone.some((key) => kindOf(key) === kind) &&
      !Object.keys(found).some((key) => kindOf(key) === kind),
  );
}

/** `mayBeGone` are tables whose absence is meant. */
function judgeCatalogue(found: Catalogue, scene: CopyScene, mayBeGone: readonly string[] = []): Finding {
  const number = Object.keys(found).filter((key) => !isState(key)).length;
  if (number === 0) return { held: "no", because: "the catalogue of the copy is empty" };
  const { baseline, task } = scene;
  if (baseline === null) return { held: "yes", because: `${count(number, "object")}; no earlier copy to compare with` };
  const { gone, changed, added } = differenceOf(found, baseline.catalogue, mayBeGone);
  const measured = { objects: number, gone: gone.length, changed: changed.length, added: added.length };
  const kinds = leftOut(found, baseline.catalogue, gone);
  const guards = gone.filter((key) => GUARDS[kindOf(key)] !== undefined);
  const others = gone.filter((key) => GUARDS[kindOf(key)] === undefined);
  if ((guards.length > 0 || kinds.length > 0) && !task.acceptChanges) {
    const all = kinds.map((kind) => `all ${LEFT_OUT_TOGETHER[kind]}`);
    const because = `gone ${since(baseline)}: ${[...all, ...(guards.length > 0 ? [named(guards)] : [])].join(", ")}`;
    const also = others.length > 0 ? `; also gone: ${named(others)}` : "";
    return {
      held: "no",
      because: `${because}${also}; if that's intended, verify once with --accept-changes`,
      measured,
    };
  }
  const said = [
    ...(gone.length > 0 ? [`gone ${since(baseline)}: ${named([...guards, ...others])}`] : []),
    ...(changed.length > 0 ? [`changed: ${named(changed)}`] : []),
    ...(added.length > 0 ? [`new: ${named(added)}`] : []),
  ];
  const what = said.length === 0 ? `the same ${since(baseline)}` : said.join("; ");
  // Columns and their like change with every release of an application; what is gone, or lets in more, is told.
  const telling = changed.filter((key) => GUARDS[kindOf(key)] !== undefined && kindOf(key) !== "table");
  const remarks = [
    ...(gone.length > 0 ? [`gone ${since(baseline)}: ${named([...guards, ...others])}`] : []),
    ...(telling.length > 0 ? [`changed ${since(baseline)}: ${named(telling)}`] : []),
  ];
  return { held: "yes", because: `${count(number, "object")}; ${what}`, measured, remarks };
}

/** Objects that are there and of no use as they are. */
function useless(lines: readonly string[][]): string[] {
  const invalid = lines.filter(([kind, , definition]) => kind === "index" && definition?.endsWith(" INVALID"));
  const stored = lines.filter(([kind, , populated]) => kind === "populated" && populated === "false");
  return [
    ...(invalid.length > 0
      ? [`invalid indexes, which the server doesn't use: ${few(invalid.map(([, name = ""]) => name))}`]
      : []),
    ...(stored.length > 0
      ? [`materialised views that are empty until REFRESH: ${few(stored.map(([, name = ""]) => name))}`]
      : []),
  ];
}

/** Tables whose absence is meant: dropped partitions, and those that may shrink. */
function tablesGone(baseline: LastCopy, scene: CopyScene): string[] {
  const { rows, parents = {} } = scene.found;
  return [
    ...droppedParts(baseline, { rows, parents }),
    ...Object.keys(baseline.rows).filter((name) => rows[name] === undefined && mayShrink(scene, name)),
  ];
}

/** What is kept of a definition is its hash. */
export const copyCatalogue = defineCopyProbe({
  name: "catalogue",
  summary: "Every object is there, and every guard of the data stands as in the last good copy.",
  question({ phrases }) {
    const line = phrases.catalogue?.();
    return line === undefined ? null : { line, name: "read-catalogue" };
  },
  answer([outcome], scene) {
    const say = (finding: Finding) => [{ probe: "catalogue", subject: "every object", ...finding }];
    const { rows: lines, none } = rowsOf(outcome);
    if (lines === null) return { findings: say(none) };
    if (!areObjects(lines)) return { findings: say(unreadable) };
    const hash = (definition: readonly string[]) => sha256(definition.join("\t")).slice(0, 12);
    const catalogue = Object.fromEntries(
      lines.map(([kind, name, ...definition]) => [`${kind}\t${name}`, hash(definition)]),
    );
    const mayBeGone = scene.baseline === null ? [] : tablesGone(scene.baseline, scene);
    const finding = judgeCatalogue(catalogue, scene, mayBeGone);
    return {
      findings: say({ ...finding, remarks: [...(finding.remarks ?? []), ...useless(lines)] }),
      numbers: { catalogue },
    };
  },
});
