/**
 * `fogbell.yaml`: what Fogbell is told of real databases. It holds no secret, ever; what opens a store comes from the
 * environment. Defined once: types, validation, JSON Schema and the page on it come from here.
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { isMap, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { ConfigError, type Issue, UsageError } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { nearest } from "../host/near-miss.ts";
import { urlOf } from "../host/path-url.ts";
import { quote } from "../host/sh.ts";
import { positionsOf } from "../scenario/positions.ts";
import { syntaxFaults } from "../scenario/syntax.ts";
import { type ConfiguredDatabase, database, text } from "./database.ts";

const contact = z.strictObject({
  role: text(
    "What they do in the night it happens: commander, operator, checker, scribe, or another word.",
    "commander",
  ),
  name: text("Who it is.", "A. Commander"),
  phone: text("How to reach them when nothing else works. Default: a blank.", "+00 000 0000").optional(),
});

const copy = z.strictObject({
  place: text(
    "A place where a copy may lie: bucket, versions, snapshot, replica, laptop, disk.",
    "bucket backups-shop",
  ),
  kept: text("How long, or until when. Default: a blank.", "35 days").optional(),
  by: text("Who or what can get it. Default: a blank.", "the role backup-reader").optional(),
});

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const month = z.strictObject({
  drills: z
    .array(text("A shipped scenario, by its id.", "truncated-dump"))
    .min(1)
    .optional()
    .describe(
      "Your programme: each month the one that was drilled longest ago on a database is drilled there. Default: every shipped scenario that the database allows.",
    )
    .meta({ examples: [["truncated-dump", "wrong-tab-delete"]] }),
  gameday: z
    .strictObject({
      weekday: z
        .enum(WEEKDAYS)
        .default("tuesday")
        .describe("Day of the week.")
        .meta({ examples: ["tuesday"] }),
      nth: z
        .int()
        .min(1)
        .max(5)
        .default(2)
        .describe("Which such weekday of the month.")
        .meta({ examples: [2] }),
      at: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day like 09:00 is needed")
        .default("09:00")
        .describe("Time of day, UTC.")
        .meta({ examples: ["09:00"] }),
    })
    .optional()
    .describe("When people play. Default: the second Tuesday, 09:00 UTC.")
    .meta({ examples: [] }),
});

export const configSchema = z.strictObject({
  version: z
    .literal(1)
    .describe("The version of this format.")
    .meta({ examples: [1] }),
  databases: z
    .array(database)
    .min(1)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, { error: "two have the same name" })
    .describe("Your databases.")
    .meta({ examples: [] }),
  month: month.optional().describe("What `fogbell month` does. Default: see its keys.").meta({ examples: [] }),
  contacts: z.array(contact).default([]).describe("Who is called. Default: nobody.").meta({ examples: [] }),
  runbook: z
    .strictObject({
      "break-glass": text(
        "Where the credentials for the emergency are kept. Never the credentials.",
        "the safe in room 2",
      ).optional(),
      channel: text("Where people meet.", "the bridge, +00 000 0000").optional(),
      offline: text("What works when the network does not.", "this page on paper; the laptop in the safe").optional(),
      copies: z
        .array(copy)
        .default([])
        .describe("Every place where a copy may be. Default: blanks.")
        .meta({ examples: [] }),
    })
    .prefault({})
    .describe("What the runbook prints beside its commands. Default: blanks to fill in.")
    .meta({ examples: [] }),
});

export type Config = z.infer<typeof configSchema>;
export type { ConfiguredDatabase };

/** What it is called where nobody says otherwise. */
export const USUAL_FILE = "fogbell.yaml";

/** The file as it was read. */
export interface LoadedConfig {
  readonly file: string;
  readonly content: string;
  readonly config: Config;
  /** The line of what stands at a path, counted from 1: `["databases", 0, "checks", 1]`. */
  lineOf(path: readonly PropertyKey[]): number;
  /** SHA-256 of what it says about one database: the same in every folder, whatever stands beside it or in comments. */
  hashOf(index: number): string;
}

/** The JSON Schema of the file, for editors: draft-07, because the YAML language server understands no newer one. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { io: "input", target: "draft-7" });
}

/** Keys that an object of the schema at this path may have. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let type: unknown = configSchema;
  const inner = (one: unknown): unknown => {
    const def = (one as { _zod?: { def?: { innerType?: unknown } } } | undefined)?._zod?.def;
    return def?.innerType === undefined ? one : inner(def.innerType);
  };
  for (const key of path) {
    const here = inner(type) as { shape?: Record<string, unknown>; _zod?: { def?: { element?: unknown } } } | undefined;
    type = typeof key === "number" ? here?._zod?.def?.element : here?.shape?.[String(key)];
  }
  return Object.keys((inner(type) as { shape?: object } | undefined)?.shape ?? {});
}

function issuesOf(faults: readonly z.core.$ZodIssue[], positions: ReturnType<typeof positionsOf>): Issue[] {
  return faults.flatMap((fault): Issue[] => {
    const path = fault.path.map(String).join(".");
    if (fault.code === "unrecognized_keys") {
      return fault.keys.map((key) => {
        const near = nearest(key, keysAt(fault.path));
        return {
          ...positions.atKey(fault.path, key),
          path,
          message: `unknown key "${key}"${path === "" ? "" : ` in ${path}`}`,
          ...(near === undefined ? {} : { suggestion: near }),
        };
      });
    }
    return [
      { ...positions.at(fault.path), path, message: `${path}: ${fault.message.replace(/^Invalid input: /, "")}` },
    ];
  });
}

/** A path counts from the file that it stands in, wherever somebody reads it. */
function withUrls(config: Config, folder: string): Config {
  const databases = config.databases.map((one) => ({
    ...one,
    sources: one.sources.map((source) => ({ ...source, store: urlOf(source.store, folder) })),
  }));
  return { ...config, databases };
}

/** Reads the text of a `fogbell.yaml`. Throws ConfigError with every problem, at its line. */
export function readConfig(file: string, content: string): LoadedConfig {
  const counter = new LineCounter();
  const document = parseDocument(content, {
    version: "1.2",
    lineCounter: counter,
    uniqueKeys: false,
    prettyErrors: false,
  });
  const faults = syntaxFaults(document, counter);
  if (faults.length > 0) throw new ConfigError(file, faults);
  if (!isMap(document.contents))
    throw new ConfigError(file, [{ line: 1, column: 1, path: "", message: "a map of keys is needed" }]);
  const parsed = configSchema.safeParse(document.toJS({ maxAliasCount: 50 }));
  const positions = positionsOf(document, counter);
  if (!parsed.success) throw new ConfigError(file, issuesOf(parsed.error.issues, positions));
  const config = withUrls(parsed.data, dirname(resolve(file)));
  return {
    file,
    content,
    config,
    lineOf: (path) => positions.at(path).line,
    // As it was written: a path that counts from the file is the same on every machine.
    hashOf: (index) => sha256(JSON.stringify(parsed.data.databases[index])),
  };
}

/** There is nothing in it to be wrong yet: it is not there, is a folder, or may not be read. */
function unreadable(file: string, { code, message }: NodeJS.ErrnoException): UsageError {
  const init = (out: string) => [`fogbell init --out ${quote(out)} --store URL`];
  const [what, next] =
    code === "ENOENT"
      ? [`there is no file ${file}`, init(file)]
      : code === "EISDIR"
        ? [`${file} is a folder, not a file`, init(join(file, USUAL_FILE))]
        : [`${file} cannot be read: ${code ?? message}`, [`ls -l ${quote(file)}`]];
  return new UsageError(what, { code: "FB_CONFIG_UNREADABLE", next });
}

/** The file that is named, which must be there; else `fogbell.yaml` where it is there; else null. */
export async function loadConfig(named: string | undefined): Promise<Config | null> {
  return (await loadConfigFile(named))?.config ?? null;
}

/** Likewise, with its text and name: for positions and hashes. */
export async function loadConfigFile(named: string | undefined): Promise<LoadedConfig | null> {
  const file = named ?? USUAL_FILE;
  const content = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (named === undefined && error.code === "ENOENT") return null;
    throw unreadable(file, error);
  });
  return content === null ? null : readConfig(file, content);
}

/**
 * Likewise, where nothing can be done without it. Throws UsageError when nobody wrote one: `says` is what it would say, `typed`
 * the call that would name it.
 */
export async function mustLoadConfig(
  named: string | undefined,
  { says, typed }: { readonly says: string; readonly typed: string },
): Promise<LoadedConfig> {
  const config = await loadConfigFile(named);
  if (config !== null) return config;
  throw new UsageError(`there is no ${USUAL_FILE} to say ${says}`, {
    code: "FB_NO_SOURCES",
    next: ["fogbell init --store URL", `${typed}--config FILE`],
  });
}

/** The database that is meant: the one that is named, or the only one of this engine. Null when it cannot be told. */
export function databaseOf(
  config: Config,
  { name, engine }: { name?: string | undefined; engine: string },
): ConfiguredDatabase | null {
  const fitting = config.databases.filter((one) => (name === undefined ? one.engine === engine : one.name === name));
  return fitting.length === 1 ? (fitting[0] ?? null) : null;
}
