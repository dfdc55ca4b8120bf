/** A database of `fogbell.yaml`: who it is, what is wanted of it, where its backups lie, and what must hold in a copy of it. */
import { z } from "zod";
import { duration } from "../fields.ts";
import { isTimeZone } from "../host/time-zone.ts";
import { parseDuration } from "../host/units.ts";
import { httpRequest } from "../http-request.ts";
import { application } from "../scenario/schema.ts";
import { hasWrittenSecret, looksSecret } from "./secrets.ts";

const NO_SECRET = "this looks like a secret: put it into the environment, never into this file";

/** Text of at most 300 characters that is no secret. */
export const text = (description: string, ...examples: string[]) =>
  z
    .string()
    .min(1)
    .max(300)
    .refine((value) => !looksSecret(value), { error: NO_SECRET })
    .describe(description)
    .meta({ examples });

const time = (description: string, example: string) =>
  duration()
    .optional()
    .describe(description)
    .meta({ examples: [example] });

const AN_SLO = 'an availability such as "99.9% per 30d" is needed';

/** `99.9% per 30d`. */
const slo = z
  .string({ error: AN_SLO })
  .regex(/^\d{1,2}(\.\d{1,6})?% per \d+[hdw]$/, AN_SLO)
  .transform((told) => {
    const [percent = "", per = ""] = told.split("% per ");
    return {
      percent: Number(percent),
      perMs: parseDuration(per.replace(/^(\d+)w$/, (_, weeks) => `${Number(weeks) * 7}d`)) ?? 0,
    };
  })
  .refine(({ perMs }) => perMs > 0, { error: AN_SLO })
  .optional()
  .describe(
    "Availability that was promised: history and report say what a recovery costs of what it leaves. Default: none.",
  )
  .meta({ examples: ["99.9% per 30d"] });

const objectives = z
  .strictObject({
    slo,
    rto: time("How long fetching, restoring and checking may take. Default: 4h.", "30m"),
    rpo: time("How old the newest data in a copy may be. Default: 25h.", "25h"),
  })
  .prefault({})
  .describe("What is wanted of a recovery.")
  .meta({ examples: [] });

const encryption = z
  .strictObject({
    with: z
      .enum(["none", "age", "gpg"])
      .describe("How the backups are encrypted.")
      .meta({ examples: ["age", "gpg"] }),
    "key-env": text("The environment variable that holds the key: never the key.", "BACKUP_KEY")
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable is needed")
      .optional(),
    "key-file": text("The file that holds the key.", "/run/secrets/backup.key").optional(),
  })
  .refine(
    (told) =>
      told.with === "none"
        ? told["key-env"] === undefined && told["key-file"] === undefined
        : (told["key-env"] === undefined) !== (told["key-file"] === undefined),
    { error: "name the key of age or gpg once, by key-env or by key-file" },
  )
  .describe("How the backups are encrypted, and where the key comes from. Default: they are not.")
  .meta({ examples: [{ with: "age", "key-env": "BACKUP_KEY" }] });

const timezone = (description: string) =>
  text(description, "Europe/Berlin")
    .refine(isTimeZone, { error: "this is no time zone: write an IANA name such as Europe/Berlin, or UTC" })
    .optional();

const source = z.strictObject({
  store: text(
    "Where the backups lie: the URL of a store, without credentials, or a path, which counts from this file's folder.",
    "s3://backups/shop?endpoint=https://s3.example.org",
    "/var/backups/shop",
  ),
  pattern: text(
    "Which objects of it: * is anything but /, ** anything, {a,b} one of several. Default: all.",
    "daily/shop-*.dump",
  ).optional(),
  ignore: z
    .array(text("A pattern."))
    .optional()
    .describe("Objects that are none of its backups, though they look like it or fit the pattern. Default: none.")
    .meta({ examples: [["daily/shop-archive-*"]] }),
  database: text(
    "Only backups that name this database in their own header: when names do not tell them apart. Default: all.",
    "shop",
  ).optional(),
  method: text("How they were made, when it cannot be told from them. Default: by content.", "logical").optional(),
  timezone: timezone(
    "The time zone of dates and times in its names and archives that say none themselves. Default: what the objects' own times tell, and the oldest that is possible where they do not.",
  ),
  every: time("How often a new one is expected; a gap is said. Default: not watched.", "1d"),
  retention: time(
    "How long a backup is kept by whatever removes it. Default: what the store says by itself, where it can be read.",
    "35d",
  ),
  encryption: encryption.optional(),
});

const limit = (description: string) =>
  z
    .number()
    .optional()
    .describe(description)
    .meta({ examples: [1] });

const app = application
  .extend({
    ...httpRequest.shape,
    within: time("How long it may take from its start until it answers so. Default: 1m.", "2m"),
  })
  .refine(({ env }) => !Object.values(env).some(looksSecret), { error: NO_SECRET })
  .optional()
  .describe(
    "An application of yours, started in a container beside the restored server, and asked as a user would ask it.",
  )
  .meta({ examples: [{ image: "shop:latest", port: 8080, path: "/health" }] });

const check = z
  .strictObject({
    name: text("What the check is called in reports. Default: its number.", "orders of yesterday").optional(),
    sql: z
      .string()
      .min(1)
      .max(10_000)
      .refine((value) => !looksSecret(value), { error: NO_SECRET })
      .optional()
      .describe("A query that answers with one number; it runs in a transaction that can only read.")
      .meta({ examples: ["SELECT count(*) FROM orders"] }),
    role: text(
      "As whom the query runs, or the application logs in: the application's role. Default: the owner of everything.",
      "app",
    ).optional(),
    min: limit("The least that the answer may be."),
    max: limit("The most that it may be."),
    equals: limit("What it must be."),
    tolerance: z
      .string()
      .regex(/^\d+(\.\d+)?%?$/, "a number or a percentage is needed")
      .optional()
      .describe("How far it may be from `equals`: a number, or per cent of it. Default: not at all.")
      .meta({ examples: ["5%", "10"] }),
    shell: z
      .string()
      .min(1)
      .max(10_000)
      .refine((value) => !hasWrittenSecret(value), { error: NO_SECRET })
      .optional()
      .describe("A command that runs beside the restored server, without a network; exit code 0 means that it holds.")
      .meta({ examples: ["psql -c 'SELECT app.self_test()'"] }),
    app,
  })
  .refine(({ sql, shell, app }) => [sql, shell, app].filter((one) => one !== undefined).length === 1, {
    error: "a check is one of sql, shell and app",
  })
  .refine((told) => told.sql === undefined || [told.min, told.max, told.equals].some((one) => one !== undefined), {
    error: "an sql check needs min, max or equals: without one, anything would pass",
  });

const fresh = z
  .strictObject({
    table: text("A table that gets new rows all the time.", "orders"),
    column: text("Its column with the moment of a row.", "created_at"),
    timezone: timezone("The time zone of what is in that column, when its type has none. Default: UTC."),
  })
  .optional()
  .describe("Where the newest row is to be looked for. Default: a heartbeat table, or a column that is found.")
  .meta({ examples: [{ table: "orders", column: "created_at" }] });

const canary = z
  .strictObject({
    table: text("A table into which a job of the application writes.", "backup_canary"),
    column: text("Its column with the moment of a row.", "written_at"),
    timezone: timezone("The time zone of what is in that column, when its type has none. Default: UTC."),
    where: text("SQL on a row: which of them count. Default: all.", "job = 'nightly'").optional(),
    within: time("How long before the copy's own moment the newest may have been written. Default: the RPO.", "1h"),
  })
  .optional()
  .describe("A row that must be in every copy, and be new. Default: none is looked for.")
  .meta({ examples: [{ table: "backup_canary", column: "written_at", within: "1h" }] });

export const database = z.strictObject({
  name: text("What pages and messages call the system.", "Shop"),
  engine: text("The engine, as scenarios name it."),
  environment: text("As one word. Default: PRODUCTION.", "PRODUCTION").default("PRODUCTION"),
  host: text("Where it runs. Default: a blank.", "db1.example.org").optional(),
  database: text(
    "The database's own name, and the one that is meant in a dump of several. Default: what its backups say.",
    "shop",
  ).optional(),
  size: text("How large it is, roughly. Default: a blank.", "40 GB").optional(),
  rows: z
    .record(z.string(), text("How many, roughly.", "about 1,200,000"))
    .default({})
    .describe("Tables that people know, and how many rows they have, roughly. Default: none.")
    .meta({ examples: [{ orders: "about 1,200,000" }] }),
  objectives,
  timeout: time(
    "How long fetching, starting a server, restoring and looking through a copy may take, each. Default: by its size and earlier verifies, 15m at least.",
    "2h",
  ),
  sources: z.array(source).default([]).describe("Where its backups lie. Default: nowhere.").meta({ examples: [] }),
  cover: time(
    "Every copy is verified within this time of being found, a few each night, by `fogbell verify --at due`. Default: only those that somebody asks for.",
    "30d",
  ),
  "runs-on": text("In a fleet: only workers with this label verify it. Default: every worker may.", "eu")
    .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, "a label of small letters, digits and dashes is needed")
    .optional(),
  fresh,
  canary,
  "may-shrink": z
    .array(text("A table.", "sessions"))
    .default([])
    .describe(
      "Tables that may lose their rows, or be gone, from one backup to the next; `*` stands for any part of a name. Default: none.",
    )
    .meta({ examples: [["sessions", "jobs"]] }),
  checks: z
    .array(check)
    .default([])
    .describe("What must hold in a restored copy, beside what is always asked. Default: nothing more.")
    .meta({ examples: [] }),
});

export type ConfiguredDatabase = z.infer<typeof database>;
export type ConfiguredSource = ConfiguredDatabase["sources"][number];
export type ConfiguredCheck = ConfiguredDatabase["checks"][number];
export type Encryption = NonNullable<ConfiguredSource["encryption"]>;

/** What is wanted when nobody said: a working morning, and a nightly backup with an hour to spare. */
export const DEFAULT_RTO_MS = 4 * 3_600_000;
export const DEFAULT_RPO_MS = 25 * 3_600_000;
