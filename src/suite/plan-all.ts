/** From names and tags to plans. Everything is loaded and checked before the first drill begins. */
import { UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import type { Catalog } from "../parts.ts";
import { type OwnDatabase, whyNot } from "../plan/own.ts";
import { type Choices, type Plan, plan } from "../plan/plan.ts";
import { variantNames } from "../plan/variants.ts";
import { parseShard, shardOf } from "../run/shard.ts";
import { listScenarios, resolveScenario } from "../scenario/library.ts";
import { loadScenario } from "../scenario/load.ts";
import type { Scenario } from "../scenario/schema.ts";
import { type FallBack, usableEngine } from "./fall-back.ts";
import { nameOf } from "./suite.ts";

export interface PlanAllRequest {
  /** Ids of shipped scenarios, or files. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  /** Every shipped scenario, on each engine it offers, at the first version; `choices.engine` narrows that to one. */
  readonly all?: boolean;
  readonly catalog: Catalog;
  readonly choices: Choices;
  /** One plan for each way to make backups that the engine knows, instead of the scenario's own way. */
  readonly compareMethods?: boolean;
  /** `1/3`: only this part of them. */
  readonly shard?: string | undefined;
  /** Where nobody named an engine: take one that can be had here. Absent: each scenario's first. */
  readonly fallBack?: FallBack | undefined;
}

/** The scenarios that are meant, and what they are planned with. */
export interface PlannedAll {
  readonly plans: readonly Plan[];
  /** Those that cannot be lived in somebody's own database, each with why. */
  readonly leftOut: readonly { readonly id: string; readonly because: string }[];
}

/** In somebody's own database. Throws UsageError when a scenario that was named cannot be lived there. */
export async function planOwn(
  { catalog, choices, ...request }: Omit<PlanAllRequest, "compareMethods">,
  { database, places }: { readonly database: OwnDatabase; readonly places: number },
): Promise<PlannedAll> {
  const { names, tags, all = false } = request;
  const scenarios = await scenariosFor({ names, tags, all, catalog });
  const leftOut: { id: string; because: string }[] = [];
  const plans: Plan[] = [];
  for (const scenario of scenarios) {
    const because = whyNot(scenario, database, { catalog, places });
    const told = Object.entries(choices.set ?? {}).filter(
      ([name]) => !all || scenario.params.some((one) => one.name === name),
    );
    if (because === null)
      plans.push(
        plan(scenario, catalog, {
          ...choices,
          set: Object.fromEntries(told),
          own: database,
          engine: `${database.engine.name}@${database.version}`,
        }),
      );
    else leftOut.push({ id: scenario.id, because });
  }
  const named = leftOut.find(({ id }) => scenarios.some((one) => one.id === id) && !all && tags.length === 0);
  if (named !== undefined)
    throw new UsageError(`${named.id} cannot be lived on ${database.name}: ${named.because}`, {
      code: "FB_OWN_IMPOSSIBLE",
      next: [`fogbell run --all --on ${quote(database.name)}`, `fogbell run ${named.id}`],
    });
  const shard = request.shard === undefined ? null : parseShard(request.shard);
  return { plans: shard === null ? plans : shardOf(plans, shard, nameOf), leftOut };
}

/** Throws UsageError when nothing matches or names stand beside `all`, ScenarioError for a file that is not valid. */
export async function planAll(request: PlanAllRequest): Promise<Plan[]> {
  const shard = request.shard === undefined ? null : parseShard(request.shard);
  const plans = await planWhole(request);
  return shard === null ? plans : shardOf(plans, shard, nameOf);
}

/** Every scenario that is named, tagged or shipped. Throws UsageError when that is none. */
async function scenariosFor({
  names,
  tags,
  all = false,
  catalog,
}: Pick<PlanAllRequest, "names" | "tags" | "all" | "catalog">): Promise<Scenario[]> {
  if (all && names.length > 0) {
    throw new UsageError(`${names.join(" ")} is named, and --all as well: name scenarios, or say --all`, {
      code: "FB_USAGE",
      next: [`fogbell run ${names.map(quote).join(" ")}`, "fogbell run --all"],
    });
  }
  const files = await Promise.all(names.map((name) => resolveScenario(name)));
  const loaded = await Promise.all(files.map((file) => loadScenario(file, catalog)));
  if (tags.length > 0 || all) {
    const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
    const known = new Set(loaded.map(({ id }) => id));
    loaded.push(...shipped.filter((one) => !known.has(one.id) && (all || tags.some((tag) => one.tags.includes(tag)))));
  }
  if (loaded.length === 0) {
    throw new UsageError(tags.length > 0 ? `no scenario has the tag ${tags.join(" or ")}` : "no scenario named", {
      code: "FB_NOTHING_TO_RUN",
      next: ["fogbell scenario list", "fogbell run drop-table"],
    });
  }
  return loaded;
}

function plansOf(
  scenario: Scenario,
  engine: string | undefined,
  { catalog, choices, compareMethods }: Pick<PlanAllRequest, "catalog" | "choices" | "compareMethods">,
): Plan[] {
  const told = { ...choices, engine };
  const made = plan(scenario, catalog, told);
  if (compareMethods !== true) return [made];
  return variantNames(made.engine).map((variant) => plan(scenario, catalog, { ...told, variant }));
}

async function planWhole({
  catalog,
  choices,
  compareMethods = false,
  all = false,
  fallBack,
  ...request
}: PlanAllRequest): Promise<Plan[]> {
  const loaded = await scenariosFor({ ...request, all, catalog });
  if (fallBack !== undefined && !all && choices.engine === undefined) {
    const plans: Plan[] = [];
    for (const scenario of loaded) {
      const engine = await usableEngine(scenario, catalog, fallBack);
      plans.push(...plansOf(scenario, engine, { catalog, choices, compareMethods }));
    }
    return plans;
  }
  const plans = loaded.flatMap((scenario) =>
    enginesOf(scenario, all, choices.engine).flatMap((engine) =>
      plansOf(scenario, engine, { catalog, choices, compareMethods }),
    ),
  );
  if (plans.length > 0) return plans;
  throw new UsageError(`no shipped scenario runs on ${choices.engine}`, {
    code: "FB_NOTHING_TO_RUN",
    next: ["fogbell scenario list", "fogbell run --all"],
  });
}

/** The engines to drill a scenario on: the one asked for or the default; of all, each that it offers, at its first version. */
function enginesOf({ engines }: Scenario, all: boolean, wanted: string | undefined): (string | undefined)[] {
  if (!all) return [wanted];
  if (wanted === undefined) return Object.keys(engines);
  const [name = "", version] = wanted.split("@");
  const offered = engines[name];
  return offered !== undefined && (version === undefined || offered.includes(version)) ? [wanted] : [];
}
