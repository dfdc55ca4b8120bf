/**
 * The scenario format, defined once: types, validation, JSON Schema and its documentation all come from here and from
 * the options of the parts in the catalogue.
 */
import { z } from "zod";
import { duration } from "../fields.ts";
import type { Catalog, Method, Part } from "../parts.ts";
import { STEP_PHASES } from "../parts.ts";
import { abort, objectives, story } from "./around.ts";
import { gamedaySchema } from "./gameday.ts";
import { paramsSchema } from "./params.ts";
import { BACKUP_FAULTS, DESIGNED_VERDICTS } from "./scenario.ts";

const FORMAT_VERSION = 1;

export * from "./scenario.ts";

/** The keys a part can be told, as its options define them. @internal */
export function optionShape(part: Part): Record<string, z.ZodType> {
  return (part.options as z.ZodObject).shape as Record<string, z.ZodType>;
}

const example = <T extends z.ZodType>(type: T, text: string, ...examples: unknown[]): T =>
  type.describe(text).meta({ description: text, examples }) as T;

const name = (text: string, ...examples: string[]) =>
  example(
    z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "lower-case words joined by hyphens are needed"),
    text,
    ...examples,
  );

/** One object for each part, told apart by the word; `extra` keys stand beside the part's own. */
function oneOf(key: "do" | "probe" | "method", parts: readonly Part[], extra: Record<string, z.ZodType> = {}) {
  const [first, ...rest] = parts.map((part) =>
    z
      .strictObject({ ...extra, [key]: example(z.literal(part.name), part.summary, part.name), ...optionShape(part) })
      .meta({ title: part.name, description: part.summary }),
  );
  return first === undefined ? z.never() : z.discriminatedUnion(key, [first, ...rest] as never);
}

const dataset = z.union([
  z.strictObject({
    preset: example(z.string(), "A built-in dataset of several related tables.", "shop"),
    rows: example(z.int().min(1000).max(1_000_000_000).default(200_000), "Rows over all its tables.", 200_000),
  }),
  z.strictObject({
    sql: example(
      z.array(z.string().min(1)).min(1),
      "Your own SQL files, loaded in this order. Relative to the scenario file.",
      ["schema.sql", "data.sql"],
    ),
    database: example(
      z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,50}$/, "a plain database name is needed")
        .optional(),
      "The application's database. Default: app.",
      "sakila",
    ),
  }),
]);

const writer = z.strictObject({
  every: example(duration().prefault("1m"), "A commit and a heartbeat each so often, on the simulated timeline.", "1m"),
  "after-damage": example(
    duration().prefault("0s"),
    "How long the writer goes on after the damage, where it still can.",
    "20m",
  ),
});

const log = z.strictObject({
  every: example(
    duration(),
    "A piece of the log is archived at least so often: what a dead server can lose at most.",
    "5m",
  ),
});

const retention = z.strictObject({
  keep: example(
    duration(),
    "What is older than this when the pruning job runs is removed, whatever became of newer ones.",
    "7d",
  ),
  "keep-newest": example(
    z.int().nonnegative().default(0),
    "So many of the newest backups stay, whatever their age.",
    2,
  ),
  next: example(
    duration().prefault("10m"),
    "The job ran last when the damage was done; it runs again so long after the damage is found, unless somebody freezes it.",
    "10m",
  ),
});

/** What starts beside a server, in scenarios and in checks of `fogbell.yaml`. @internal */
export const application = z.strictObject({
  image: example(
    z.string().regex(/^[a-z0-9][a-z0-9._/:@-]{0,254}$/, "the name of an image is needed"),
    "The image, which must be on this machine. Needs the docker sandbox.",
    "shop:latest",
  ),
  command: example(
    z.array(z.string().min(1)).default([]),
    "Instead of the image's own command, which an empty list leaves.",
    ["./serve", "--port", "8080"],
  ),
  env: example(
    z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).default({}),
    "Added to host, port and database, which it is given as the engine's programs read them, and as DATABASE_HOST, DATABASE_PORT and DATABASE_NAME.",
    { PGUSER: "shop_app" },
  ),
});

/** A type that stays absent when it was not told: the default is filled in for the engine that is chosen. */
function asTold(type: z.ZodType): z.ZodType {
  const { description = "", examples } = type.meta() ?? {};
  const shown = (examples as unknown[] | undefined) ?? [];
  if (!(type instanceof z.ZodDefault)) {
    const needed = type.isOptional() ? "" : " Default: none; needed here or under the engine's name.";
    return example(type.optional(), `${description}${needed}`, ...shown);
  }
  const inner = type.unwrap() as z.ZodType;
  return example(inner.optional(), `${description} Default: ${String(type.parse(undefined))}.`, ...shown);
}

/**
 * Methods of the same name, of all engines, as one: what any of them can be told stands beside the method, or under the
 * engine's name where engines differ.
 * @internal
 */
export function sharedMethods(catalog: Catalog): readonly Part[] {
  const known = shared.get(catalog) ?? mergeMethods(catalog);
  shared.set(catalog, known);
  return known;
}

/** Making types is slow, and complaints ask for each unknown key again. */
const shared = new WeakMap<Catalog, readonly Part[]>();

function mergeMethods(catalog: Catalog): Part[] {
  const named = new Map<string, { engine: string; method: Method }[]>();
  for (const engine of catalog.engines)
    for (const method of engine.methods)
      named.set(method.name, [...(named.get(method.name) ?? []), { engine: engine.name, method }]);
  return [...named.values()].map((of) => {
    const own = (of.length > 1 ? of : []).map(({ engine, method }) => [
      engine,
      example(z.strictObject(asToldShape(method)).optional(), `What only ${engine} is told. Default: nothing.`, {}),
    ]);
    const shared = Object.assign({}, ...of.map(({ method }) => asToldShape(method)));
    const first = of[0] as { engine: string; method: Method };
    return { ...first.method, options: z.strictObject({ ...shared, ...Object.fromEntries(own) }) };
  });
}

const asToldShape = (method: Method): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(optionShape(method)).map(([key, type]) => [key, asTold(type)]));

/** What is told of every backup, beside the options of its method. @internal */
export const BACKUP_KEYS = {
  name: name("What the backup is called; also its folder in the store.", "nightly"),
  age: example(
    duration().optional(),
    "How long before the damage it was taken, on the simulated timeline. Default: none; needed unless after is told.",
    "9h",
  ),
  after: example(
    duration().optional(),
    "How long after the damage it was taken, with the damage in it, before anybody knew. Default: it was taken before.",
    "1h",
  ),
  offsite: example(
    z.boolean().default(false),
    "It lies in a second store, which shares no account, site or provider with the first.",
    true,
  ),
  fault: example(
    z.enum(BACKUP_FAULTS).optional(),
    "What became of it on its way to the store, though nobody was told: cut off, nothing at all, an error's text, or encrypted with a key that is gone. Default: nothing.",
    "truncated",
  ),
  decoy: example(z.boolean().default(false), "A recovery point that is there to be chosen by mistake.", true),
};

/** The whole format for a catalogue of parts. @internal */
export function scenarioSchema(catalog: Catalog) {
  const probes = oneOf("probe", catalog.probes);
  const engineVersions = Object.fromEntries(
    catalog.engines.map((engine) => [
      engine.name,
      example(
        z
          .array(z.enum(engine.versions as [string, ...string[]]))
          .min(1)
          .optional(),
        `Versions of ${engine.name} to drill on. Default: not on ${engine.name}.`,
        [engine.versions[0]],
      ),
    ]),
  );
  const recoverySteps = example(
    z
      .array(
        oneOf("do", catalog.actions, {
          phase: example(
            z.enum(STEP_PHASES),
            "When: contain and preserve come before the source is located and fetched, restore after.",
            "restore",
          ),
        }),
      )
      .min(1),
    "What brings the data back. Locating, fetching and checking the source are the drill's own steps.",
    [{ phase: "restore", do: "restore-beside" }],
  );
  const healthy = z.array(probes).min(1);
  const disaster = z.strictObject({
    steps: example(z.array(oneOf("do", catalog.actions)).min(1), "What goes wrong.", [
      { do: "drop-table", table: "orders" },
    ]),
    proof: example(z.array(probes).min(1), "What must hold afterwards, or the drill is void: the damage is real.", [
      { probe: "table-missing", table: "orders" },
    ]),
  });
  const recovery = z.strictObject({
    source: example(
      z.string().default("newest-verified"),
      "The recovery point: newest-verified, the name of a backup, newest-clean (the newest in which `clean` holds), or none: nothing is restored.",
      "nightly",
    ),
    clean: example(
      z.array(probes).min(1).optional(),
      "With newest-clean: what must hold in a restored copy that the damage did not reach. Default: none.",
      [{ probe: "sql", of: "side", ask: "SELECT count(*) FROM orders WHERE note = 'TEST'", max: 0 }],
    ),
    steps: recoverySteps,
  });
  const verify = z.array(probes).min(1);
  const otherwise = (type: z.ZodType, ...examples: unknown[]) =>
    example(type.optional(), "In place of the scenario's own. Default: as there.", ...examples);
  return z.strictObject({
    version: example(z.literal(FORMAT_VERSION), "The version of this format.", 1),
    id: name("What the scenario is called; also the start of its file's name.", "drop-table"),
    title: example(
      z.string().min(1).max(120),
      "One line for lists and headings.",
      "A hot table is dropped in production",
    ),
    summary: example(
      z.string().max(1000).default(""),
      "What happens, in plain words.",
      "Somebody runs DROP TABLE orders CASCADE.",
    ),
    story: example(story.optional(), "Where the disaster comes from. Default: none.", { origin: "000" }),
    tags: example(z.array(name("A word to select by.", "starter")).default([]), "Words to select by with --tag.", [
      "starter",
    ]),
    engines: example(z.strictObject(engineVersions), "What it runs on, with versions; the first is the default.", {
      postgres: ["15"],
    }),
    objectives: example(objectives, "What a recovery must reach.", { rto: "15m", rpo: "1h" }),
    params: example(
      paramsSchema.default({}),
      "Names that the story leaves open, each with what it is here; `$table` stands for the one called table. Drilled with --on, each is chosen by its rule, or told with --set.",
      { table: { value: "orders", choose: "referred-table", say: "the table that is dropped" } },
    ),
    designed: example(
      z.enum(DESIGNED_VERDICTS).default("recovered"),
      "The verdict this scenario expects, when it shows what a mistake costs. A scorecard points out any other verdict.",
      "lost",
    ),
    world: example(
      z.strictObject({
        seed: example(z.int().nonnegative().default(1), "The same seed, the same data.", 4242),
        dataset: example(dataset, "What the database holds.", { preset: "shop" }),
        writer: example(
          writer.prefault({ every: "1m", "after-damage": "0s" }),
          "Who commits while the backups are taken.",
          { every: "1m" },
        ),
        log: example(
          log.optional(),
          "The server archives its log to the store, for recovery to any moment. Default: it does not.",
          { every: "5m" },
        ),
        retention: example(
          retention.optional(),
          "A job prunes the store, on the simulated timeline. Default: none does.",
          { keep: "7d" },
        ),
        application: example(
          application.optional(),
          "An application of yours, started in a container that reaches the server and nothing else. Default: none.",
          { image: "shop:latest" },
        ),
        backups: example(
          z.array(oneOf("method", sharedMethods(catalog), BACKUP_KEYS)).prefault([]),
          "Backups taken with the engine's own tools, at known ages.",
          [{ name: "nightly", method: "logical", age: "9h" }],
        ),
      }),
      "What is built before anything breaks.",
    ),
    healthy: example(healthy, "The gate: when one of these does not hold, the drill is void.", [
      { probe: "row-count", table: "orders" },
    ]),
    disaster: example(disaster, "What breaks, and the proof that it did."),
    recovery: example(recovery, "How it is mended."),
    "wrong-move": example(
      z
        .strictObject({
          why: example(
            z.string().min(1).max(400),
            "Why people do it, in plain words.",
            "It was the first copy that was found.",
          ),
          verdict: example(z.enum(["late", "lost"]), "How it must end: that is the lesson.", "lost"),
          source: example(
            z.string().default("newest-verified"),
            "The recovery point that is taken by mistake.",
            "nightly",
          ),
          steps: recoverySteps,
        })
        .optional(),
      "What people do instead, run with --wrong-move. Default: none.",
      {
        why: "It was the first copy that was found.",
        verdict: "late",
        source: "nightly",
        steps: [{ phase: "restore", do: "restore-beside" }],
      },
    ),
    "on-own": example(
      z
        .strictObject({
          healthy: otherwise(healthy, [{ probe: "row-count", table: "$table" }]),
          disaster: otherwise(disaster, { steps: [{ do: "drop-table", table: "$table" }] }),
          recovery: otherwise(recovery, { steps: [{ phase: "restore", do: "restore-beside" }] }),
          verify: otherwise(verify, [{ probe: "rows" }]),
        })
        .optional(),
      "What is different when the story is drilled on somebody's own database (--on), where SQL about the scenario's own tables means nothing. Default: nothing.",
      { healthy: [{ probe: "row-count", table: "$table" }] },
    ),
    verify: example(verify, "What must hold before the application is let in again.", [{ probe: "rows" }]),
    reopened: example(
      z.array(probes).min(1).optional(),
      "What must hold when the application was let in again: the questions that its users ask. Default: nothing more.",
      [{ probe: "http", port: 8080, path: "/health" }],
    ),
    gameday: example(
      gamedaySchema.optional(),
      "The story as people live it; `scenario show` keeps it to itself. Default: told from title and symptom.",
      { symptoms: [{ from: "pager", say: "checkout fails for everybody" }] },
    ),
    abort: example(z.array(abort).prefault([]), "When to give up. The drill is then void.", [
      { when: "elapsed", over: "60m" },
    ]),
  });
}

/** As written, before it is loaded. @internal */
export type ScenarioInput = z.infer<ReturnType<typeof scenarioSchema>>;
