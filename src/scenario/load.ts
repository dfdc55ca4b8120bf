/** Reads a scenario file and names everything that is wrong with it, each with file, line and column. */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { isMap, LineCounter, parseDocument } from "yaml";
import { ScenarioError, UsageError } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import type { Catalog } from "../parts.ts";
import { complaints } from "./complaints.ts";
import { contradictions } from "./contradictions.ts";
import { folderNamed, nearestScenario } from "./library.ts";
import type { Binding, ToldParam } from "./param-rules.ts";
import { bound, ownValues } from "./params.ts";
import { type Path, type Position, type Positions, positionsOf } from "./positions.ts";
import {
  BACKUP_KEYS,
  type BackupFault,
  type Scenario,
  type ScenarioInput,
  scenarioSchema,
  type ToldBackup,
  type ToldProbe,
  type ToldStep,
} from "./schema.ts";
import { syntaxFaults } from "./syntax.ts";

/** No honest scenario comes near; a file that does is a mistake or an attack. */
const LARGEST_BYTES = 1024 * 1024;
/** YAML aliases can multiply: nine nested lists of nine make a billion. */
const MOST_ALIASES = 50;
const START: Position = { line: 1, column: 1 };

function unreadable(file: string, message: string, position: Position = START): ScenarioError {
  return new ScenarioError(file, [{ ...position, path: "", message }]);
}

async function notFound(file: string): Promise<UsageError> {
  const near = await nearestScenario(file);
  return new UsageError(`no scenario file ${file}${near === undefined ? "" : `; did you mean "${near}"?`}`, {
    code: "FB_SCENARIO_NOT_FOUND",
    next: [...(near === undefined ? [] : [`fogbell scenario show ${near}`]), "fogbell scenario list"],
  });
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw folderNamed(file);
  if (found === null || !found.isFile()) throw await notFound(file);
  if (found.size > LARGEST_BYTES)
    throw unreadable(file, `the file has ${found.size} bytes; a scenario has at most ${LARGEST_BYTES}`);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, `the file cannot be read: ${error.code ?? error.message}`);
  });
  try {
    // Also drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(file, "the file is not UTF-8 text; save it as UTF-8");
  }
}

/** The parsed value with its positions. Throws ScenarioError for anything that is not one YAML 1.2 map. */
function parse(file: string, text: string): { value: unknown; positions: Positions } {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    lineCounter: counter,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const faults = syntaxFaults(document, counter);
  if (faults.length > 0) throw new ScenarioError(file, faults);
  if (!isMap(document.contents))
    throw unreadable(file, text.trim() === "" ? "the file is empty" : "a map of keys is needed at the top");
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), positions: positionsOf(document, counter) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw unreadable(file, `the file's aliases multiply too far: ${why}`);
  }
}

/** Loads and checks a scenario. Throws ScenarioError with every problem, UsageError when there is no such file. */
export async function loadScenario(file: string, catalog: Catalog): Promise<Scenario> {
  return readScenario(file, await readText(file), catalog);
}

/** Checks the text of a scenario, whether or not `file` holds it yet. Throws ScenarioError with every problem. */
export function readScenario(file: string, text: string, catalog: Catalog, binding?: Binding): Scenario {
  const { value: written, positions } = parse(file, text);
  const values = { ...ownValues(written), ...binding?.values };
  const value = bound(written, { values, quoted: binding?.quoted ?? null });
  const schema = scenarioSchema(catalog);
  const parsed = schema.safeParse(value);
  const faults = complaints(parsed.error?.issues ?? [], { schema, catalog, value, positions });
  // What the schema complains about already needs no second complaint.
  const subjects = faults.subjects.filter((path) => path !== "");
  const wrong = contradictions({ value, written, positions, catalog, fileName: basename(file) }).filter(
    ({ path }) => !subjects.some((one) => path === one || path.startsWith(`${one}.`)),
  );
  const issues = [...faults.issues, ...wrong].sort((a, b) => a.line - b.line || a.column - b.column);
  if (!parsed.success || issues.length > 0) throw new ScenarioError(file, issues);
  const bind = (other: Binding) => readScenario(file, text, catalog, other);
  return toScenario(parsed.data, { file, text, positions, values, bind });
}

interface BackupInput {
  readonly name: string;
  readonly method: string;
  readonly age?: number;
  readonly after?: number;
  readonly decoy: boolean;
  readonly offsite: boolean;
  readonly fault?: BackupFault;
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly positions: Positions;
  /** What each param means. */
  readonly values: Readonly<Record<string, string>>;
  readonly bind: Scenario["bind"];
}

/** The keys that belong to the part itself, parsed by its own schema already. */
function without(item: object, ...keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(item).filter(([key]) => !keys.includes(key)));
}

const tellBackups = (backups: readonly BackupInput[]): ToldBackup[] =>
  backups.map((backup) => ({
    name: backup.name,
    method: backup.method,
    ageMs: backup.age ?? -(backup.after ?? 0),
    decoy: backup.decoy,
    offsite: backup.offsite,
    fault: backup.fault ?? null,
    options: without(backup, "name", "method", ...Object.keys(BACKUP_KEYS)),
  }));

const tellParams = (
  params: ScenarioInput["params"],
  values: Source["values"],
  line: (name: string) => number,
): ToldParam[] =>
  Object.entries(params).map(([name, told]) => ({
    ...told,
    name,
    value: values[name] ?? told.value,
    line: line(name),
  }));

/** Lists of the file as they are told, each with its line. */
interface Telling {
  tellProbes(items: readonly unknown[], ...path: Path): ToldProbe[];
  tellSteps(items: readonly unknown[], ...path: Path): ToldStep[];
}

const tellDisaster = (
  { steps, proof }: ScenarioInput["disaster"],
  { tellProbes, tellSteps }: Telling,
  ...path: Path
): Scenario["disaster"] => ({
  steps: tellSteps(steps, ...path, "steps"),
  proof: tellProbes(proof, ...path, "proof"),
});

const tellRecovery = (
  { source, clean = [], steps }: ScenarioInput["recovery"],
  { tellProbes, tellSteps }: Telling,
  ...path: Path
): Scenario["recovery"] => ({
  source,
  clean: tellProbes(clean, ...path, "clean"),
  steps: tellSteps(steps, ...path, "steps"),
});

type OnOwnInput = Partial<Pick<ScenarioInput, "healthy" | "disaster" | "recovery" | "verify">>;

function tellOnOwn(input: object, telling: Telling): NonNullable<Scenario["onOwn"]> {
  const { healthy, disaster, recovery, verify } = input as OnOwnInput;
  return {
    ...(healthy === undefined ? {} : { healthy: telling.tellProbes(healthy, "on-own", "healthy") }),
    ...(disaster === undefined ? {} : { disaster: tellDisaster(disaster, telling, "on-own", "disaster") }),
    ...(recovery === undefined ? {} : { recovery: tellRecovery(recovery, telling, "on-own", "recovery") }),
    ...(verify === undefined ? {} : { verify: telling.tellProbes(verify, "on-own", "verify") }),
  };
}

function toScenario(input: ScenarioInput, { file, text, positions, values, bind }: Source): Scenario {
  const line = (...path: Path) => positions.at(path).line;
  const tellProbes = (items: readonly unknown[], ...path: Path): ToldProbe[] =>
    items.map((item, index) => {
      const told = item as { probe: string };
      return { probe: told.probe, options: without(told, "probe"), line: line(...path, index) };
    });
  const tellSteps = (items: readonly unknown[], ...path: Path): ToldStep[] =>
    items.map((item, index) => {
      const told = item as { do: string; phase: ToldStep["phase"] };
      return { do: told.do, phase: told.phase, options: without(told, "do", "phase"), line: line(...path, index) };
    });
  const telling = { tellProbes, tellSteps };
  const { rto, rpo, mtd } = input.objectives;
  const { dataset, writer, seed } = input.world;
  const wrong = input["wrong-move"];
  return {
    file,
    sha256: sha256(text),
    id: input.id,
    title: input.title,
    summary: input.summary,
    story: input.story,
    tags: input.tags,
    engines: Object.fromEntries(
      Object.entries(input.engines).filter(([, versions]) => versions !== undefined),
    ) as Record<string, string[]>,
    designed: input.designed,
    params: tellParams(input.params, values, (name) => line("params", name)),
    bind,
    objectives: { rtoMs: rto, rpoMs: rpo, ...(mtd === undefined ? {} : { mtdMs: mtd }) },
    world: {
      seed,
      dataset: "sql" in dataset ? { ...dataset, sql: dataset.sql.map((one) => resolve(dirname(file), one)) } : dataset,
      writer: { everyMs: writer.every, afterDamageMs: writer["after-damage"] },
      logEveryMs: input.world.log?.every ?? null,
      application: input.world.application ?? null,
      retention:
        input.world.retention === undefined
          ? null
          : {
              keepMs: input.world.retention.keep,
              keepNewest: input.world.retention["keep-newest"],
              nextMs: input.world.retention.next,
            },
      backups: tellBackups(input.world.backups as BackupInput[]),
    },
    healthy: tellProbes(input.healthy, "healthy"),
    disaster: tellDisaster(input.disaster, telling, "disaster"),
    recovery: tellRecovery(input.recovery, telling, "recovery"),
    wrongMove: wrong === undefined ? null : { ...wrong, steps: tellSteps(wrong.steps, "wrong-move", "steps") },
    onOwn: input["on-own"] === undefined ? null : tellOnOwn(input["on-own"], telling),
    verify: tellProbes(input.verify, "verify"),
    reopened: tellProbes(input.reopened ?? [], "reopened"),
    gameday: input.gameday ?? null,
    abort: {
      elapsedMs: input.abort.find((one) => one.when === "elapsed")?.over,
      diskFreeBytes: input.abort.find((one) => one.when === "disk-free")?.under,
    },
  };
}
