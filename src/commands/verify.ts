import { Args, Flags } from "@oclif/core";
import { bandwidthFlag } from "../cli/bandwidth-flag.ts";
import { FogbellCommand } from "../cli/command.ts";
import { detachedText, detachFlags } from "../cli/detach-flags.ts";
import { optionalDurationFlag } from "../cli/duration-flag.ts";
import { audienceOf, reportFlags } from "../cli/report-flags.ts";
import { keepFlag, sandboxFlag } from "../cli/shared-flags.ts";
import type { PlanRequest } from "../verify/dry-run.ts";
import { ASKED, type Asked } from "../verify/task.ts";

export default class Verify extends FogbellCommand {
  static override summary = "Restore your own backups in a sandbox, and prove that they hold.";
  static override description =
    "Fetches the copy that is asked for, reads it to its end, restores it on a server of its version without a network, " +
    "looks through it, and times all of it. Goes by fogbell.yaml, or by a store alone. " +
    "Exit codes: 0 recovered, 1 lost, 2 usage, 3 late, 4 void, 5 refused, 70 a defect, 130 interrupted; of several, the worst.";
  static override examples = [
    "<%= config.bin %> verify",
    "<%= config.bin %> verify Shop --at last-week",
    "<%= config.bin %> verify --at all --shard 1/3 --out results-1",
    "<%= config.bin %> verify --bandwidth 100MB/s",
    "<%= config.bin %> verify --store /var/backups",
    "<%= config.bin %> verify --dry-run",
    "<%= config.bin %> verify --at all --detach",
    "<%= config.bin %> verify --reporter junit=out/junit.xml --reporter github",
  ];
  static override enableJsonFlag = true;
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Names of databases in fogbell.yaml. Default: all that have sources." }),
  };
  static override flags = {
    at: Flags.string({ description: "Which copy.", options: [...ASKED], default: "newest" }),
    store: Flags.string({ description: "Look into this store instead of fogbell.yaml.", helpValue: "URL" }),
    config: Flags.string({ description: "The file that tells of the databases. Default: fogbell.yaml." }),
    rto: optionalDurationFlag("Time objective in place of the one that is told."),
    rpo: optionalDurationFlag("Loss objective in place of the one that is told."),
    timeout: optionalDurationFlag(
      "How long fetching, starting a server, restoring and looking through a copy may take, each. Default: by its size and earlier verifies, 15m at least; --dry-run tells.",
    ),
    bandwidth: bandwidthFlag("Fetch no faster than production's link: all parts and all verifies together."),
    "each-source": Flags.boolean({ description: "Ask of each source by itself, and not of the best of them." }),
    sandbox: sandboxFlag,
    jobs: Flags.integer({
      description: "Verifies at the same time. More than one falsifies durations.",
      min: 1,
      default: 1,
    }),
    shard: Flags.string({ description: "Run one part of the verifies, of several of equal size.", helpValue: "1/3" }),
    out: Flags.string({ description: "Folder that receives a run folder for each verify.", default: "drill-results" }),
    keep: keepFlag,
    "trust-backups": Flags.boolean({ description: "Open backups in a sandbox that is not cut off from this machine." }),
    "accept-changes": Flags.boolean({
      description: "Take tables and guards that are gone since the last good copy for intended.",
    }),
    "prove-checks": Flags.boolean({
      description:
        "Afterwards spoil the copy in known ways, and say which check notices and which mutation nobody would see.",
    }),
    "dry-run": Flags.boolean({
      description: "Name the copy, its size, its store, the sandbox and the image; fetch, start and write nothing.",
      exclusive: ["detach"],
    }),
    ...detachFlags,
    ...reportFlags,
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Verify);
    const { detach, takeOver } = await import("../suite/detached-run.ts");
    const as = flags["detached-as"];
    const recorder = as === undefined ? null : takeOver(as, "verify");
    const { catalog } = await import("../catalog.ts");
    const { assertTold, loadConfigFile, verifyAll } = await import("../verify/verify-all.ts");
    const { assertAudience, withAudience } = await import("../suite/with-terminal.ts");
    const config = flags.store === undefined || flags.config !== undefined ? await loadConfigFile(flags.config) : null;
    const told = { catalog, config, storeUrl: flags.store ?? null, names: argv as string[], shard: flags.shard };
    const choice = {
      ...told,
      at: flags.at as Asked,
      sandbox: flags.sandbox,
      outFolder: flags.out,
      trustBackups: flags["trust-backups"],
      acceptChanges: flags["accept-changes"],
      eachSource: flags["each-source"],
      proveChecks: flags["prove-checks"],
      rtoMs: flags.rto,
      rpoMs: flags.rpo,
      timeoutMs: flags.timeout,
      bandwidth: flags.bandwidth,
      random: Math.random,
    };
    const { audience, secrets } = audienceOf(flags, this.jsonEnabled());
    assertAudience({ ...audience, reporters: catalog.reporters });
    if (flags["dry-run"]) return this.#plan(choice);
    if (flags.detach) {
      assertTold(told, "verify");
      const { id, pid, folder } = await detach(process.argv.slice(2), flags.out);
      this.log(detachedText({ id, pid, folder }, flags.out));
      return { id, pid, folder };
    }
    const runs = await withAudience(
      { ...audience, recorder, reporters: catalog.reporters, outFolder: flags.out },
      (attended) =>
        verifyAll({
          ...choice,
          keep: flags.keep,
          jobs: flags.jobs,
          version: this.config.version,
          secrets,
          ...attended,
        }),
    );
    const { worstExitCode } = await import("../result/verdict.ts");
    const results = runs.map(({ result }) => result);
    process.exitCode = worstExitCode(results);
    return results.length === 1 ? results[0] : results;
  }

  async #plan(choice: Omit<PlanRequest, "signal">): Promise<unknown> {
    const { plannedText, planVerifies } = await import("../verify/dry-run.ts");
    const { onInterrupt } = await import("../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const plans = await planVerifies({ ...choice, signal: interruption.signal });
    this.log(plannedText(plans));
    return plans;
  }
}
