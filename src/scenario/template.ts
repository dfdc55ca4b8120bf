/** A scenario to begin with: complete, commented, and valid as it stands. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { ScenarioError, UsageError } from "../errors.ts";
import { makeFolder } from "../host/make-folder.ts";
import { quote } from "../host/sh.ts";
import type { Catalog } from "../parts.ts";
import { readScenario } from "./load.ts";

export interface NewScenario {
  readonly id: string;
  readonly title?: string | undefined;
  /** A built-in dataset, when there is no `sql`. Default: shop. */
  readonly preset?: string | undefined;
  /** Files, relative to the working directory. */
  readonly sql?: readonly string[] | undefined;
  readonly table: string;
  /** `postgres@15`; the first is the one it runs on unless told otherwise. Default: PostgreSQL's first. */
  readonly engines?: readonly string[] | undefined;
  /** A query whose number must be above zero before and after. */
  readonly check?: string | undefined;
  readonly application?: NewApplication | undefined;
  readonly folder: string;
}

/** An application in a container, and where it is asked. */
export interface NewApplication {
  readonly image: string;
  readonly port: number;
  readonly path: string;
}

const flow = (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

/** `postgres@15`, `mariadb@10.11` → the map of the format. */
function enginesOf(engines: readonly string[]): Record<string, string[]> {
  const map: Record<string, string[]> = {};
  for (const one of engines) {
    const [name = "", version = ""] = one.split("@");
    map[name] = [...(map[name] ?? []), version];
  }
  return map;
}

interface OwnQuestions {
  readonly world: string;
  readonly healthy: string;
  readonly verify: string;
  readonly reopened: string;
}

/** What the user's own query and application add, as lines of YAML. */
function ownQuestions({ check, application }: NewScenario): OwnQuestions {
  const sql = check === undefined ? "" : `  - ${flow({ probe: "sql", ask: check })}\n`;
  if (application === undefined) return { world: "", healthy: sql, verify: sql, reopened: "" };
  const { image, port, path } = application;
  const http = `  - ${flow({ probe: "http", port, path })}\n`;
  return {
    world: `  # Starts beside the server, reaches it on 127.0.0.1, and nothing else. Tell it its account under env.\n  application: ${flow({ image, env: {} })}\n`,
    healthy: `${sql}${http}`,
    verify: sql,
    reopened: `
# Asked when the application was let in again.
reopened:
${http}`,
  };
}

export function scenarioText(wanted: NewScenario): string {
  const { id, title, preset = "shop", sql, table, folder, engines = ["postgres@15"] } = wanted;
  const paths = sql?.map((file) => relative(resolve(folder), resolve(file)));
  const dataset = paths === undefined || paths.length === 0 ? { preset, rows: 200_000 } : { sql: paths };
  const name = JSON.stringify(table);
  const own = ownQuestions(wanted);
  return `version: 1
id: ${id}
title: ${JSON.stringify(title ?? `The table ${table} is dropped`.slice(0, 120))}
summary: ""
tags: [own]
engines: ${flow(enginesOf(engines))}
# What a recovery must reach. The drill is late when it does not.
objectives: { rto: 15m, rpo: 1h }

world:
  seed: 1
  dataset: ${flow(dataset)}
  # On a simulated timeline: nobody waits nine hours.
  writer: { every: 1m, after-damage: 20m }
  backups:
    - { name: nightly, method: logical, age: 9h }
    - { name: hourly, method: logical, compress: gzip, age: 40m }
${own.world}
# Must hold before anything breaks, or the drill is void.
healthy:
  - { probe: row-count, table: ${name}, min: 1 }
${own.healthy}
disaster:
  steps:
    - { do: drop-table, table: ${name} }
  # Must hold afterwards, or the drill is void: the damage is real.
  proof:
    - { probe: table-missing, table: ${name} }

recovery:
  steps:
    - { phase: contain, do: stop-writers }
    - { phase: preserve, do: copy-damaged }
    - { phase: restore, do: restore-beside }
    - { phase: restore, do: copy-table-back, table: ${name} }
    - { phase: reopen, do: resume-writers }
    - { phase: normal, do: take-backup }
    - { phase: normal, do: drop-side }

verify:
  - { probe: rows, tables: [${name}], allow-loss: 12h }
  - { probe: rows, except: [${name}] }
  - { probe: constraints, allow-orphans: true }
  - { probe: indexes }
  - { probe: sequences-ahead }
  - { probe: grants }
  - { probe: objects }
  - { probe: heartbeat-gap, of: side, max: 12h }
${own.verify}${own.reopened}
abort:
  - { when: elapsed, over: 60m }
`;
}

/**
 * Writes it as `<id>.drill.yaml`. Throws UsageError for what would not be valid, for SQL files that are not there, and
 * for an existing file: nothing is ever overwritten.
 */
export async function newScenario(wanted: NewScenario, catalog: Catalog): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(wanted.id)) {
    throw new UsageError(`"${wanted.id}" is no scenario id: lower-case words joined by hyphens are needed`, {
      code: "FB_SCENARIO_ID",
      next: ["fogbell scenario new lost-invoices"],
    });
  }
  const absent = (wanted.sql ?? []).find((file) => !existsSync(file));
  if (absent !== undefined) {
    throw new UsageError(`dataset file not found: ${absent}`, {
      code: "FB_DATASET_MISSING",
      next: [`ls -l ${quote(absent)}`, "name files that are there, seen from this folder"],
    });
  }
  const file = join(wanted.folder, `${wanted.id}.drill.yaml`);
  const text = scenarioText(wanted);
  refuseInvalid(file, text, catalog);
  try {
    await makeFolder(wanted.folder);
    await writeFile(file, text, { flag: "wx" });
  } catch (error) {
    throw notWritten(file, error as NodeJS.ErrnoException);
  }
  return file;
}

/** What was asked for may not be a scenario: a preset that no engine knows, a table's name that none can have. */
function refuseInvalid(file: string, text: string, catalog: Catalog): void {
  try {
    readScenario(file, text, catalog);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const messages = [...new Set(error.issues.map(({ message }) => message))];
    throw new UsageError(`nothing written: ${messages.join("; ")}`, {
      code: "FB_SCENARIO_INVALID",
      next: ["fogbell scenario new --help"],
    });
  }
}

function notWritten(file: string, error: NodeJS.ErrnoException): UsageError {
  if (error.code === "EEXIST") {
    return new UsageError(`${file} is there already`, {
      code: "FB_EXISTS",
      next: ["choose another id or --out folder"],
      cause: error,
    });
  }
  return new UsageError(`${file} cannot be written: ${error.code ?? error.message}`, {
    code: "FB_USAGE",
    next: ["choose another --out folder"],
    cause: error,
  });
}
