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
  static override summary = "Run one or more drills; write a journal, a result, a report and a runbook for each.";
  static override description =
    "Builds a throwaway database, breaks it, recovers it from its backups, checks every row, and times each phase. " +
    "Exit codes: 0 recovered, 1 lost, 2 usage error, 3 late, 4 void, 5 refused, 70 bug in Fogbell, 130 interrupted. " +
    "For several drills, the worst one counts.";
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
    scenario: Args.string({
      description: "Ids of shipped scenarios, or scenario files. Several run in the order given.",
    }),
  };
  static override flags = {
    tag: Flags.string({ description: "Run every shipped scenario with this tag.", multiple: true }),
    all: Flags.boolean({
      description: "Run every shipped scenario on each of its engines, at the first version listed.",
      exclusive: ["tag"],
    }),
    jobs: Flags.integer({
      description: "Number of drills to run in parallel. Above 1, timings are distorted and marked contended.",
      min: 1,
      default: 1,
    }),
    shard: Flags.string({ description: "Split the drills into equal parts, and run this one.", helpValue: "1/3" }),
    bail: Flags.boolean({
      description: "Stop after the first drill whose verdict isn't the one its scenario expects.",
    }),
    "last-failed": Flags.boolean({
      description: "Run only drills whose newest result in --out isn't the one their scenario expects.",
    }),
    sandbox: sandboxFlag,
    engine: engineFlag,
    rows: rowsFlag,
    seed: Flags.integer({ description: "Random seed for the dataset and the writer.", min: 0 }),
    on: Flags.string({
      description:
        "Drill on your own database: a stand-in for production is restored from its newest backup, and recovered from older ones.",
      helpValue: "NAME",
      exclusive: ["rows", "seed", "method", "compare-methods", "last-failed"],
    }),
    production: Flags.string({
      description: "With --on: which backup to restore production from.",
      options: ["newest", "yesterday", "last-week", "last-month"],
      default: "newest",
    }),
    config: Flags.string({ description: "With --on: configuration file. Default: fogbell.yaml." }),
    set: setFlag,
    method: Flags.string({
      description: "Make the drill's backups with this method, at the ages the scenario sets.",
      helpValue: "'physical + log'",
      exclusive: ["compare-methods"],
    }),
    "compare-methods": Flags.boolean({
      description: "Run the scenario once per backup method, and compare what each one loses.",
    }),
    bandwidth: bandwidthFlag("Limit the download speed to production's link, for all drills together."),
    timeout: optionalDurationFlag(
      "Time limit for each phase of a drill. Default: based on rows and earlier runs, at least 15m; see --dry-run.",
    ),
    store: Flags.string({
      description: "Put the drill's backups here, under a prefix of their own. With --on: where your backups are.",
      helpValue: "URL",
    }),
    out: Flags.string({
      description: "Folder for the results; each drill gets its own subfolder.",
      default: "drill-results",
    }),
    "dry-run": Flags.boolean({
      description: "Print every container, source and command; start nothing.",
      exclusive: ["detach"],
    }),
    keep: keepFlag,
    "trust-backups": Flags.boolean({
      description: "Allow backups not made by this run to be opened in a sandbox with network access.",
    }),
    "wrong-move": Flags.boolean({
      description: "Make the scenario's classic mistake during recovery, and see what it costs.",
    }),
    "fresh-world": Flags.boolean({
      description: "Rebuild the starting database. Default: reuse the one built earlier for the same scenario.",
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
      fallBack: {
        sandbox: flags.sandbox,
        signal: new AbortController().signal,
        say: (text) => this.logToStderr(text),
      },
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
