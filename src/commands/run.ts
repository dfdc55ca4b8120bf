import { Args, Flags, type Interfaces } from "@oclif/core";
import { bandwidthFlag } from "../cli/bandwidth-flag.ts";
import { FogbellCommand } from "../cli/command.ts";
import { detachedText, detachFlags } from "../cli/detach-flags.ts";
import { optionalDurationFlag } from "../cli/duration-flag.ts";
import { audienceOf, reportFlags } from "../cli/report-flags.ts";
import { parseSet, setFlag } from "../cli/set-flag.ts";
import { engineFlag, keepFlag, rowsFlag, sandboxFlag } from "../cli/shared-flags.ts";
import type { OpenedOwn, ProductionAt } from "../own/open-own.ts";
import type { Catalog } from "../parts.ts";
import type { Plan } from "../plan/plan.ts";
import type { SuiteRun } from "../run/run-folder.ts";

type RunFlags = Interfaces.InferredFlags<typeof Run.flags>;

export default class Run extends FogbellCommand {
  static override summary = "Run one or several drills, and write their journals, results, reports and runbooks.";
  static override description =
    "Builds a world, breaks it, recovers it from its backups, proves every row, and times each phase. " +
    "Exit codes: 0 recovered, 1 lost, 2 usage, 3 late, 4 void, 5 refused, 70 a defect, 130 interrupted; of several, the worst.";
  static override examples = [
    "<%= config.bin %> run drop-table",
    "<%= config.bin %> run drop-table --rows 2000000 --sandbox docker",
    "<%= config.bin %> run ./my.drill.yaml --dry-run",
    "<%= config.bin %> run drop-table --set table=customers",
    "<%= config.bin %> run drop-table --on shop",
    "<%= config.bin %> run --all --on shop --store /var/backups/shop",
    "<%= config.bin %> run --tag starter --json",
    "<%= config.bin %> run drop-table --engine postgres@17",
    "<%= config.bin %> run --all --jobs 2",
    "<%= config.bin %> run --all --detach",
    "<%= config.bin %> run --all --bail",
    "<%= config.bin %> run --last-failed",
    "<%= config.bin %> run --all --shard 1/3 --reporter junit=out/junit.xml --reporter github",
    "<%= config.bin %> run drop-table --compare-methods",
    "<%= config.bin %> run drop-table --store 's3://drills/fogbell?endpoint=http://127.0.0.1:7480&path-style=true'",
  ];
  static override enableJsonFlag = true;
  static override strict = false;
  static override args = {
    scenario: Args.string({ description: "Ids of shipped scenarios, or scenario files. Several are run in order." }),
  };
  static override flags = {
    tag: Flags.string({ description: "Run every shipped scenario with this tag.", multiple: true }),
    all: Flags.boolean({
      description: "Run every shipped scenario, on each engine it offers, at the first version it names.",
      exclusive: ["tag"],
    }),
    jobs: Flags.integer({
      description: "Drills at the same time. More than one falsifies their durations, and marks them contended.",
      min: 1,
      default: 1,
    }),
    shard: Flags.string({ description: "Run one part of the drills, of several of equal size.", helpValue: "1/3" }),
    bail: Flags.boolean({
      description: "Begin no more drills after the first that does not end as its scenario is made to end.",
    }),
    "last-failed": Flags.boolean({
      description: "Of these drills, or of all, only those whose newest result in --out is not as designed.",
    }),
    sandbox: sandboxFlag,
    engine: engineFlag,
    rows: rowsFlag,
    seed: Flags.integer({ description: "Seed of the dataset and the writer.", min: 0 }),
    on: Flags.string({
      description:
        "Drill on a database of your own: production is restored from its newest backup in --store or fogbell.yaml, and recovered from the older ones.",
      helpValue: "NAME",
      exclusive: ["rows", "seed", "method", "compare-methods", "last-failed"],
    }),
    production: Flags.string({
      description: "With --on: which moment production stands at.",
      options: ["newest", "yesterday", "last-week", "last-month"],
      default: "newest",
    }),
    config: Flags.string({ description: "With --on: the file that tells of the databases. Default: fogbell.yaml." }),
    set: setFlag,
    method: Flags.string({
      description: "Make the world's backups this way, at the ages the scenario tells.",
      helpValue: "'physical + log'",
      exclusive: ["compare-methods"],
    }),
    "compare-methods": Flags.boolean({
      description: "Drill the scenario once with each way to back up, and set what each lost side by side.",
    }),
    bandwidth: bandwidthFlag("Fetch no faster than production's link: all parts and all drills together."),
    timeout: optionalDurationFlag(
      "Time limit for each phase of a drill. Default: from its rows and earlier runs, at least 15m; --dry-run prints them.",
    ),
    store: Flags.string({
      description: "Put the world's backups there, below a prefix of this run. With --on: where your backups lie.",
      helpValue: "URL",
    }),
    out: Flags.string({ description: "Folder that receives a run folder for each drill.", default: "drill-results" }),
    "dry-run": Flags.boolean({
      description: "Name every container, source and command, and start nothing.",
      exclusive: ["detach"],
    }),
    keep: keepFlag,
    "trust-backups": Flags.boolean({
      description: "Open backups that this run did not make in a sandbox that is not cut off.",
    }),
    "wrong-move": Flags.boolean({
      description: "Recover as people do by mistake, where the scenario tells of it, and see what that costs.",
    }),
    "fresh-world": Flags.boolean({
      description: "Build the world anew. Else what was built before for the same scenario is laid out again.",
    }),
    report: Flags.boolean({ description: "Print the report at the end." }),
    ...detachFlags,
    ...reportFlags,
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Run);
    const { detach, takeOver } = await import("../suite/detached-run.ts");
    const as = flags["detached-as"];
    const recorder = as === undefined ? null : takeOver(as, "run");
    const { catalog } = await import("../catalog.ts");
    const names = argv as string[];
    // As with other tools that run things, what failed last is looked for among everything when nothing is named.
    const all = flags.all || (flags["last-failed"] && names.length === 0 && flags.tag === undefined);
    await using own = flags.on === undefined ? null : await this.#own(flags.on, catalog, flags);
    const plans = await this.#plans({ names, all, catalog, flags, own });
    const { audience, secrets } = audienceOf(flags, this.jsonEnabled());
    const { assertAudience, runWithTerminal } = await import("../suite/with-terminal.ts");
    const { storeFor } = await import("../backups/store-for.ts");
    assertAudience({ ...audience, reporters: catalog.reporters });
    if (flags.store !== undefined && own === null) storeFor(catalog, flags.store);
    if (flags["dry-run"]) {
      const { describe, describeText } = await import("../plan/describe.ts");
      const { limitsToSay } = await import("../suite/earlier.ts");
      const { nameOf } = await import("../suite/suite.ts");
      const asked = { outFolder: flags.out, timeoutMs: flags.timeout };
      const described = await Promise.all(
        plans.map(async (plan) => {
          const limits = await limitsToSay(plan, { ...asked, name: nameOf(plan) });
          return describe(plan, { store: flags.store ?? null, limits });
        }),
      );
      for (const one of described) this.log(describeText(one));
      return described;
    }
    if (plans.length === 0) return all ? { jobs: flags.jobs, scorecard: [], results: [], notRun: [] } : [];
    if (flags.detach) {
      const { id, pid, folder } = await detach(process.argv.slice(2), flags.out);
      this.log(detachedText({ id, pid, folder }, flags.out));
      return { id, pid, folder };
    }
    const notRun: string[] = [];
    const runs = await runWithTerminal({
      plans,
      catalog,
      sandbox: flags.sandbox,
      storeUrl: own === null ? (flags.store ?? null) : null,
      ...(own === null ? {} : { ownSources: own.sources }),
      outFolder: flags.out,
      keep: flags.keep,
      trustBackups: flags["trust-backups"],
      freshWorld: flags["fresh-world"],
      version: this.config.version,
      jobs: flags.jobs,
      bail: flags.bail,
      onLeft: (drills) => void notRun.push(...drills),
      bandwidth: flags.bandwidth,
      timeoutMs: flags.timeout,
      audience: { ...audience, recorder },
      secrets,
    });
    if (notRun.length > 0) process.stderr.write(`Not run, because of --bail: ${notRun.join(", ")}\n`);
    await this.#more(runs, flags);
    return this.#outcome(runs, { all, jobs: flags.jobs, notRun, isOne: plans.length === 1 });
  }

  /** Opens somebody's own database, and says which copies it will not use. */
  async #own(name: string, catalog: Catalog, flags: RunFlags): Promise<OpenedOwn> {
    const { loadConfigFile } = await import("../verify/verify-all.ts");
    const { openOwn } = await import("../own/open-own.ts");
    const { onInterrupt } = await import("../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const config = flags.store === undefined || flags.config !== undefined ? await loadConfigFile(flags.config) : null;
    const own = await openOwn({
      catalog,
      config,
      storeUrl: flags.store ?? null,
      name,
      production: flags.production as ProductionAt,
      signal: interruption.signal,
    });
    for (const { id, because } of own.unused.slice(0, 5)) this.logToStderr(`not used: ${id}: ${because}`);
    return own;
  }

  /** What is to be drilled; nothing only where nothing failed last. */
  async #plans({
    names,
    all,
    catalog,
    flags,
    own,
  }: {
    readonly names: readonly string[];
    readonly all: boolean;
    readonly catalog: Catalog;
    readonly flags: RunFlags;
    readonly own: OpenedOwn | null;
  }): Promise<readonly Plan[]> {
    const { planAll, planOwn } = await import("../suite/plan-all.ts");
    const { tag: tags = [], shard } = flags;
    if (own !== null) {
      const choices = { wrongMove: flags["wrong-move"], set: parseSet(flags.set) };
      const { plans, leftOut } = await planOwn({ names, tags, all, catalog, choices, shard }, own);
      for (const { id, because } of leftOut) this.logToStderr(`left out: ${id}: ${because}`);
      return plans;
    }
    const plans = await planAll({
      names,
      tags,
      all,
      catalog,
      choices: { ...flags, variant: flags.method, wrongMove: flags["wrong-move"], set: parseSet(flags.set) },
      compareMethods: flags["compare-methods"],
      shard,
    });
    if (!flags["last-failed"]) return plans;
    const { lastFailed, leftOutText } = await import("../suite/last-failed.ts");
    const found = await lastFailed(plans, { results: flags.out, bandwidth: flags.bandwidth });
    const text = leftOutText(found, flags.out);
    if (text !== null) process.stderr.write(`${text}\n`);
    return found.plans;
  }

  async #outcome(
    runs: readonly SuiteRun[],
    told: { readonly all: boolean; readonly jobs: number; readonly notRun: readonly string[]; readonly isOne: boolean },
  ): Promise<unknown> {
    const { worstExitCode } = await import("../result/verdict.ts");
    const { scorecardRow } = await import("../paper/scorecard.ts");
    const results = runs.map(({ result }) => result);
    process.exitCode = worstExitCode(results);
    const { all, jobs, notRun, isOne } = told;
    if (all) return { jobs, scorecard: results.map(scorecardRow), results, notRun };
    return isOne && results.length === 1 ? results[0] : results;
  }

  /** `this.log` is silent under --json; the comparison's file is written all the same. */
  async #more(
    runs: readonly SuiteRun[],
    told: { readonly report: boolean; readonly "compare-methods": boolean; readonly out: string },
  ): Promise<void> {
    if (told.report && !this.jsonEnabled()) {
      const { readFile } = await import("node:fs/promises");
      for (const { folder } of runs) this.log(await readFile(`${folder}/report.md`, "utf8"));
    }
    if (told["compare-methods"]) {
      const { writeComparison } = await import("../suite/compare.ts");
      const { file, text } = await writeComparison(runs, told.out);
      this.log(`\n${text}\n\nread ${file}`);
    }
  }
}
