/** A scenario to begin with: complete, commented, and valid as it stands. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { ScenarioError, UsageError } from "../errors.ts";
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
  readonly folder: string;
}

const flow = (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

export function scenarioText({ id, title, preset = "shop", sql, table, folder }: NewScenario): string {
  const paths = sql?.map((file) => relative(resolve(folder), resolve(file)));
  const dataset = paths === undefined || paths.length === 0 ? { preset, rows: 200_000 } : { sql: paths };
  const name = JSON.stringify(table);
  return `version: 1
id: ${id}
title: ${JSON.stringify(title ?? `The table ${table} is dropped`.slice(0, 120))}
summary: ""
tags: [own]
engines: { postgres: ["15"] }
# What a recovery must reach. The drill is late when it does not.
objectives: { rto: 15m, rpo: 1h }

world:
  seed: 1
  dataset: ${flow(dataset)}
  # On a simulated timeline: nobody waits nine hours.
  writer: { every: 1m, after-damage: 20m }
  backups:
    - { name: nightly, method: logical, format: custom, age: 9h }
    - { name: hourly, method: logical, format: plain, compress: gzip, age: 40m }

# Must hold before anything breaks, or the drill is void.
healthy:
  - { probe: row-count, table: ${name}, min: 1 }

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
      next: ["name files that are there, seen from this folder"],
    });
  }
  const file = join(wanted.folder, `${wanted.id}.drill.yaml`);
  const text = scenarioText(wanted);
  refuseInvalid(file, text, catalog);
  try {
    await mkdir(wanted.folder, { recursive: true });
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
