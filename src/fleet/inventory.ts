/** The jobs of a plan: from the stores of fogbell.yaml, or made up in a file. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type LoadedConfig, mustLoadConfig } from "../config/config.ts";
import { UsageError } from "../errors.ts";
import { diskFor, type EstimateRequest, estimate, type PlannedJob, secondsFor } from "./estimate.ts";

const inventory = z.array(
  z.strictObject({
    database: z.string(),
    bytes: z.number().nonnegative(),
    store: z.string().default("store"),
    seconds: z.number().positive().optional(),
    diskBytes: z.number().positive().optional(),
    label: z.string().nullable().default(null),
  }),
);

export interface JobsRequest extends Omit<EstimateRequest, "config"> {
  readonly inventory: string | undefined;
  /** Of the configuration's file. */
  readonly config: string | undefined;
}

/** Throws UsageError when there is no file to say which databases there are. */
export const configOf = (named: string | undefined): Promise<LoadedConfig> =>
  mustLoadConfig(named, { says: "which databases there are", typed: "" });

async function madeUp(file: string, bandwidth: number | null): Promise<PlannedJob[]> {
  const wrong = (why: string) =>
    new UsageError(`${file} isn't a list of jobs: ${why}`, {
      code: "FB_FLEET_INVENTORY",
      next: ['[{ "database": "Shop", "bytes": 40000000000, "store": "s3://backups" }]'],
    });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw wrong(error.code ?? "it can't be read");
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw wrong("it isn't JSON");
  }
  const read = inventory.safeParse(json);
  if (!read.success) throw wrong(`${read.error.issues[0]?.path.join(".")}: ${read.error.issues[0]?.message}`);
  return read.data.map(({ database, bytes, store, seconds, diskBytes, label }) => ({
    database,
    engine: "",
    at: "newest",
    copy: null,
    configHash: "",
    fetchBytes: bytes,
    seconds: seconds ?? secondsFor(bytes, [], bandwidth),
    diskBytes: diskBytes ?? diskFor(bytes, false),
    label,
    group: store,
    known: [],
  }));
}

export async function jobsFrom(request: JobsRequest): Promise<PlannedJob[]> {
  if (request.inventory !== undefined) return madeUp(request.inventory, request.bandwidth);
  return estimate({ ...request, config: await configOf(request.config) });
}
