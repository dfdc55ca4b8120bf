/** One drill on somebody's own database, as the commands do it: opened, planned, run on the local sandbox. */
import { catalog } from "../../src/catalog.ts";
import type { LoadedConfig } from "../../src/config/config.ts";
import { openOwn } from "../../src/own/open-own.ts";
import type { DrillResult } from "../../src/record.ts";
import { planOwn } from "../../src/suite/plan-all.ts";
import { runSuite } from "../../src/suite/suite.ts";

export interface OwnRun {
  readonly config: LoadedConfig;
  /** As the configuration calls it. */
  readonly database: string;
  readonly scenarios: readonly string[];
  readonly set?: Readonly<Record<string, string>>;
  readonly outFolder: string;
  readonly trustBackups?: boolean;
  /** Between the plan and the run. */
  readonly meanwhile?: (() => Promise<unknown>) | undefined;
  readonly signal: AbortSignal;
}

export async function runOwn(asked: OwnRun): Promise<DrillResult> {
  const { config, database, scenarios, set, outFolder, trustBackups = true, meanwhile, signal } = asked;
  const told = { catalog, config, storeUrl: null, name: database, production: "newest", signal } as const;
  await using own = await openOwn(told);
  const choices = set === undefined ? {} : { set };
  const { plans } = await planOwn({ names: scenarios, tags: [], catalog, choices }, own);
  await meanwhile?.();
  const [run] = await runSuite({
    plans,
    catalog,
    ownSources: own.sources,
    sandbox: "local",
    storeUrl: null,
    outFolder,
    keep: false,
    trustBackups,
    freshWorld: false,
    signal,
    onEvent: () => {},
    version: "test",
  });
  if (run === undefined) throw new Error("no run");
  return run.result;
}
