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
  static override summary = "Restore your own backups in a sandbox, and check that they're complete.";
  static override description =
    "Downloads the backup, reads it to the end, restores it on a server of the same version without network access, " +
    "checks the data, and times every step. Uses fogbell.yaml, or --store alone. " +
    "Exit codes: 0 good, 1 bad, 2 usage error, 3 late, 4 can't tell, 5 refused, 70 bug in Fogbell, 130 interrupted. " +
    "For several databases, the worst one counts.";
  static override examples = [
    "<%= config.bin %> verify",
    "<%= config.bin %> verify Shop --at last-week",
    "<%= config.bin %> verify --at all --shard 1/3 --out results-1",
    "<%= config.bin %> verify --at due",
    "<%= config.bin %> verify --bandwidth 100MB/s",
    "<%= config.bin %> verify --store /var/backups",
    "<%= config.bin %> verify --on postgres@18",
    "<%= config.bin %> verify --dry-run",
    "<%= config.bin %> verify --at all --detach",
    "<%= config.bin %> verify --reporter junit=out/junit.xml --reporter github",
  ];
  static override enableJsonFlag = true;
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Databases in fogbell.yaml. Default: all that have sources." }),
  };
  static override flags = {
    at: Flags.string({ description: "Which backup to verify.", options: [...ASKED], default: "newest" }),
    copy: Flags.string({ description: "Verify exactly this backup, by its id from fogbell backups.", helpValue: "ID" }),
    store: Flags.string({ description: "Use this store instead of fogbell.yaml.", helpValue: "URL" }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    on: Flags.string({
      description: "Restore dumps on this newer server instead of their own version: rehearse an upgrade.",
      helpValue: "postgres@18",
    }),
    rto: optionalDurationFlag("Override the recovery time objective."),
    rpo: optionalDurationFlag("Override the recovery point objective."),
    timeout: optionalDurationFlag(
      "Time limit for each step: download, server start, restore, checks. Default: based on size and earlier verifies, at least 15m; see --dry-run.",
    ),
    bandwidth: bandwidthFlag("Limit the download speed to production's link, for all verifies together."),
    "each-source": Flags.boolean({ description: "Verify each source on its own, not just the best one." }),
    sandbox: sandboxFlag,
    jobs: Flags.integer({
      description: "Number of backups to verify in parallel. Above 1, timings are distorted.",
      min: 1,
      default: 1,
    }),
    shard: Flags.string({
      description: "Split the databases into equal parts, and verify this one.",
      helpValue: "1/3",
    }),
    out: Flags.string({
      description: "Folder for the results; each verify gets its own subfolder.",
      default: "drill-results",
    }),
    keep: keepFlag,
    "trust-backups": Flags.boolean({
      description: "Allow backups to be opened in a sandbox that isn't isolated from this machine.",
    }),
    "accept-changes": Flags.boolean({
      description: "Accept tables and constraints that disappeared since the last good copy.",
    }),
    "prove-checks": Flags.boolean({
      description: "Afterwards, damage the restored copy in known ways, and show which check notices each one.",
    }),
    "dry-run": Flags.boolean({
      description: "Print the backup, its size, store, sandbox and image; download, start and write nothing.",
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
      copy: flags.copy,
      sandbox: flags.sandbox,
      outFolder: flags.out,
      trustBackups: flags["trust-backups"],
      acceptChanges: flags["accept-changes"],
      on: flags.on,
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
    // Nothing due is what a night may come to; nothing else may run nothing.
    process.exitCode = results.length === 0 && flags.at === "due" ? 0 : worstExitCode(results);
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
