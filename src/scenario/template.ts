/** A scenario to begin with: complete, commented, and valid as it stands. */
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { stringify } from "yaml";
import { UsageError } from "../errors.ts";

export interface NewScenario {
  readonly id: string;
  readonly title?: string | undefined;
  /** Files, relative to the working directory; none for the built-in shop. */
  readonly sql?: readonly string[] | undefined;
  readonly table: string;
  readonly folder: string;
}

const flow = (value: unknown) => stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();

export function scenarioText({ id, title, sql, table, folder }: NewScenario): string {
  const paths = sql?.map((file) => relative(resolve(folder), resolve(file)));
  const dataset = paths === undefined || paths.length === 0 ? { preset: "shop", rows: 200_000 } : { sql: paths };
  const name = JSON.stringify(table);
  return `version: 1
id: ${id}
title: ${JSON.stringify(title ?? `The table ${table} is dropped`)}
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

/** Writes it as `<id>.drill.yaml`. Throws UsageError for a bad id or an existing file: nothing is ever overwritten. */
export async function newScenario(wanted: NewScenario): Promise<string> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(wanted.id)) {
    throw new UsageError(`"${wanted.id}" is no scenario id: lower-case words joined by hyphens are needed`, {
      code: "FB_SCENARIO_ID",
      next: ["fogbell scenario new lost-invoices"],
    });
  }
  const file = join(wanted.folder, `${wanted.id}.drill.yaml`);
  await mkdir(wanted.folder, { recursive: true });
  await writeFile(file, scenarioText(wanted), { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    throw new UsageError(`${file} is there already`, {
      code: "FB_EXISTS",
      next: ["choose another id or --out folder"],
    });
  });
  return file;
}
