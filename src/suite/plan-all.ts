/** From names and tags to plans. Everything is loaded and checked before the first drill begins. */
import { UsageError } from "../errors.ts";
import type { Catalog } from "../parts.ts";
import { type Choices, type Plan, plan } from "../plan/plan.ts";
import { variantNames } from "../plan/variants.ts";
import { listScenarios, resolveScenario } from "../scenario/library.ts";
import { loadScenario } from "../scenario/load.ts";

export interface PlanAllRequest {
  /** Ids of shipped scenarios, or files. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly catalog: Catalog;
  readonly choices: Choices;
  /** One plan for each way to make backups that the engine knows, instead of the scenario's own way. */
  readonly compareMethods?: boolean;
}

/** Throws UsageError when nothing matches, ScenarioError for a file that is not valid. */
export async function planAll({
  names,
  tags,
  catalog,
  choices,
  compareMethods = false,
}: PlanAllRequest): Promise<Plan[]> {
  const files = await Promise.all(names.map((name) => resolveScenario(name)));
  const loaded = await Promise.all(files.map((file) => loadScenario(file, catalog)));
  if (tags.length > 0) {
    const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
    const known = new Set(loaded.map(({ id }) => id));
    loaded.push(...shipped.filter((one) => !known.has(one.id) && tags.some((tag) => one.tags.includes(tag))));
  }
  if (loaded.length === 0) {
    throw new UsageError(tags.length > 0 ? `no scenario has the tag ${tags.join(" or ")}` : "no scenario named", {
      code: "FB_NOTHING_TO_RUN",
      next: ["fogbell scenario list", "fogbell run drop-table"],
    });
  }
  return loaded.flatMap((scenario) => {
    const made = plan(scenario, catalog, choices);
    if (!compareMethods) return [made];
    return variantNames(made.engine).map((variant) => plan(scenario, catalog, { ...choices, variant }));
  });
}
