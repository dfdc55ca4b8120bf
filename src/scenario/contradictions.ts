/**
 * What no single key can show: a scenario whose parts cannot all be meant. Asked of the file as it is written, so that
 * these problems are named together with those of the schema; a rule whose values cannot be read says nothing. Pure.
 */
import { FogbellError, type Issue } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { parseDuration } from "../host/units.ts";
import type { Catalog } from "../parts.ts";
import { params } from "./params.ts";
import { type Path, type Positions, valueAt } from "./positions.ts";
import { SOURCES } from "./scenario.ts";
import { optionShape } from "./schema.ts";
import { sight } from "./sight.ts";

/** Sources that are no backup's name. */
const NAMED: readonly string[] = SOURCES;

export interface WrittenFile {
  /** The file's value as parsed, valid or not. */
  readonly value: unknown;
  /** The same, before its params were filled in; absent where there are none. */
  readonly written?: unknown;
  readonly positions: Positions;
  readonly catalog: Catalog;
  /** The file's name without its folder. */
  readonly fileName: string;
}

interface Rules extends WrittenFile {
  at(...path: Path): unknown;
  list(...path: Path): readonly unknown[];
  /** Milliseconds; null when there is no duration to be read. */
  durationMs(...path: Path): number | null;
  blame(path: Path, message: string, suggestion?: string): void;
}

/** Every contradiction in a scenario. */
export function contradictions(written: WrittenFile): Issue[] {
  const { value, positions } = written;
  const issues: Issue[] = [];
  const at = (...path: Path) => valueAt(value, path);
  const rules: Rules = {
    ...written,
    at,
    list: (...path) => {
      const found = at(...path);
      return Array.isArray(found) ? found : [];
    },
    durationMs: (...path) => {
      const text = at(...path);
      return typeof text === "string" ? parseDuration(text) : null;
    },
    blame: (path, message, suggestion) =>
      issues.push({
        ...positions.at(path),
        path: path.map(String).join("."),
        message,
        ...(suggestion === undefined ? {} : { suggestion }),
      }),
  };
  for (const rule of [names, engines, dataset, times, backups, methods, source, clean, faults, abort, sight])
    rule(rules);
  params({ value: written.written ?? value, blame: rules.blame });
  return issues;
}

function names({ at, blame, fileName }: Rules): void {
  const id = at("id");
  if (typeof id === "string" && fileName !== `${id}.drill.yaml`)
    blame(["id"], `the file is called ${fileName}; a scenario with this id is called ${id}.drill.yaml`);
}

function engines({ at, blame }: Rules): void {
  const named = at("engines");
  if (typeof named === "object" && named !== null && Object.keys(named).length === 0)
    blame(["engines"], "no engine is named");
}

/** Presets are an engine's own; it is asked for one, which writes lines and runs nothing. */
function dataset({ at, blame, catalog }: Rules): void {
  const name = at("world", "dataset", "preset");
  if (typeof name !== "string") return;
  for (const engine of catalog.engines.filter(({ name: one }) => at("engines", one) !== undefined)) {
    try {
      engine.phrases.preset({ name, rows: 1000, seed: 1, untilMs: 0 });
    } catch (error) {
      if (!(error instanceof FogbellError)) throw error;
      blame(["world", "dataset", "preset"], `world.dataset.preset: ${[error.message, ...error.next].join("; ")}`);
      return;
    }
  }
}

function times({ durationMs, blame }: Rules): void {
  const rtoMs = durationMs("objectives", "rto");
  const mtdMs = durationMs("objectives", "mtd");
  if (rtoMs === 0) blame(["objectives", "rto"], "objectives.rto must be above zero");
  if (rtoMs !== null && mtdMs !== null && rtoMs > mtdMs)
    blame(["objectives", "rto"], "the RTO is longer than the maximum tolerable downtime");
  if (durationMs("world", "writer", "every") === 0)
    blame(["world", "writer", "every"], "world.writer.every must be above zero");
  if (durationMs("world", "log", "every") === 0) blame(["world", "log", "every"], "world.log.every must be above zero");
}

function backups({ at, list, durationMs, blame, catalog }: Rules): void {
  const all = list("world", "backups");
  const called = all.map((one) => valueAt(one, ["name"]));
  called.forEach((name, index) => {
    const path = ["world", "backups", index];
    if (typeof name === "string" && called.indexOf(name) < index)
      blame([...path, "name"], `two backups are called "${name}"`);
    if (typeof name === "string" && NAMED.includes(name))
      blame([...path, "name"], `"${name}" is what recovery.source calls something else; no name`);
    if (durationMs(...path, "age") === 0)
      blame([...path, "age"], "a backup is older than the damage: age must be above zero");
    backupTime({ at, durationMs, blame }, index);
  });
  const restores = list("recovery", "steps").some((step) =>
    catalog.actions.some(({ name, needs }) => name === valueAt(step, ["do"]) && needs.includes("side-restore")),
  );
  if (
    restores &&
    at("recovery", "source") !== "none" &&
    at("world") !== undefined &&
    all.every((one) => valueAt(one, ["decoy"]) === true)
  ) {
    const why = all.length === 0 ? "there is no backup" : "every backup is a decoy";
    blame(["world", "backups"], `${why}, and the recovery restores one`);
  }
}

/** Taken before the damage or after it, and not after it was found. */
function backupTime({ at, durationMs, blame }: Pick<Rules, "at" | "durationMs" | "blame">, index: number): void {
  const path = ["world", "backups", index];
  const [age, after] = [at(...path, "age"), at(...path, "after")];
  if (age === undefined && after === undefined) blame(path, "world.backups: age is missing: how old is it?");
  if (age !== undefined && after !== undefined) blame([...path, "after"], "a backup has an age or an after, not both");
  const afterMs = durationMs(...path, "after");
  const foundMs = durationMs("world", "writer", "after-damage") ?? 0;
  if (afterMs !== null && (afterMs === 0 || afterMs > foundMs))
    blame(
      [...path, "after"],
      "a backup after the damage is taken before it is found: at most world.writer.after-damage",
    );
}

/** A scenario runs on each of its engines, or says under an engine's name what is meant for that one only. */
function methods({ at, list, blame, catalog }: Rules): void {
  const named = catalog.engines.filter(({ name }) => at("engines", name) !== undefined);
  for (const [index, backup] of list("world", "backups").entries()) {
    const method = valueAt(backup, ["method"]);
    const path = ["world", "backups", index];
    const isKnown = catalog.engines.some((engine) => engine.methods.some(({ name }) => name === method));
    if (typeof method !== "string" || !isKnown) continue;
    for (const engine of named) {
      const part = engine.methods.find(({ name }) => name === method);
      if (part === undefined) {
        const known = engine.methods.map(({ name }) => name).join(", ");
        blame([...path, "method"], `${engine.name} has no method "${method}"; it has ${known}`);
        break;
      }
      const shape = optionShape(part);
      const stray = Object.keys(backup as object).find((key) => !(key in shape) && isOption(catalog, method, key));
      if (stray === undefined) continue;
      blame(
        [...path, stray],
        `${engine.name}'s ${method} knows no "${stray}"; say it under the name of the engine that does`,
      );
      break;
    }
  }
}

function isOption(catalog: Catalog, method: string, key: string): boolean {
  return catalog.engines.some((engine) =>
    engine.methods.some((part) => part.name === method && Object.hasOwn(optionShape(part), key)),
  );
}

/** Where the file says what is restored. */
const SOURCED: readonly Path[] = [["recovery"], ["wrong-move"], ["on-own", "recovery"]];

function source({ at, list, blame }: Rules): void {
  const known = list("world", "backups").flatMap((one) => {
    const name = valueAt(one, ["name"]);
    return typeof name === "string" ? [name] : [];
  });
  for (const path of SOURCED) {
    const wanted = at(...path, "source");
    if (typeof wanted !== "string" || NAMED.includes(wanted) || known.includes(wanted)) continue;
    blame(
      [...path, "source"],
      `${path.join(".")}.source: no backup is called "${wanted}"; ${[...NAMED, ...known].join(", ")} would do`,
      nearest(wanted, [...NAMED, ...known]),
    );
  }
}

/** What finds a clean copy goes with the source that asks for one, and nothing is restored from no source. */
function clean({ at, list, blame, catalog }: Rules): void {
  for (const path of SOURCED.filter((one) => one.at(-1) === "recovery")) {
    const key = path.join(".");
    const wanted = at(...path, "source");
    const isTold = at(...path, "clean") !== undefined;
    if (wanted === "newest-clean" && !isTold)
      blame(path, `${key}.source is newest-clean: ${key}.clean must say what a clean copy is`);
    if (wanted !== "newest-clean" && isTold)
      blame([...path, "clean"], `${key}.clean goes with ${key}.source: newest-clean`);
  }
  for (const path of SOURCED) {
    if (at(...path, "source") !== "none") continue;
    for (const [index, step] of list(...path, "steps").entries()) {
      const name = valueAt(step, ["do"]);
      if (!catalog.actions.some((one) => one.name === name && one.needs.includes("side-restore"))) continue;
      blame(
        [...path, "steps", index, "do"],
        `${path.join(".")}.source is none, and ${String(name)} needs something restored`,
      );
    }
  }
}

/** Only what is a file on its way to the store can be cut off on it. */
function faults({ list, blame, catalog }: Rules): void {
  for (const [index, backup] of list("world", "backups").entries()) {
    const method = valueAt(backup, ["method"]);
    if (valueAt(backup, ["fault"]) === undefined) continue;
    const parts = catalog.engines.flatMap((engine) => engine.methods.filter(({ name }) => name === method));
    if (parts.every(({ live, repository }) => live === undefined && repository === undefined)) continue;
    blame(["world", "backups", index, "fault"], `a ${String(method)} is no file that could arrive broken`);
  }
}

function abort({ list, durationMs, blame }: Rules): void {
  const whens = list("abort").map((one) => valueAt(one, ["when"]));
  whens.forEach((when, index) => {
    if (typeof when === "string" && whens.indexOf(when) < index)
      blame(["abort", index, "when"], `abort: "${when}" is told twice, and only one can count`);
    if (durationMs("abort", index, "over") === 0) blame(["abort", index, "over"], "over must be above zero");
  });
}
