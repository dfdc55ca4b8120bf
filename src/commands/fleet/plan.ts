import { Args, Flags } from "@oclif/core";
import { bandwidthFlag } from "../../cli/bandwidth-flag.ts";
import { FogbellCommand } from "../../cli/command.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";
import { sizeFlag } from "../../cli/size-flag.ts";
import { windowSeconds } from "../../cli/window.ts";
import { ASKED, type Asked } from "../../verify/task.ts";

export default class FleetPlan extends FogbellCommand {
  static override summary = "Show what a fleet would do and when it would be done. Needs no queue, sends nothing.";
  static override description =
    "Lists the stores in fogbell.yaml. Seconds come from each database's own earlier verifies, otherwise from its size.";
  static override examples = [
    "<%= config.bin %> fleet plan --workers 4 --window 01:00-06:00",
    "<%= config.bin %> fleet plan --at due --workers 2 --disk 400GB --json",
    "<%= config.bin %> fleet plan --inventory jobs.json --workers 40",
  ];
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Databases in fogbell.yaml. Default: all that have sources." }),
  };
  static override flags = {
    at: Flags.string({ description: "Which backups to verify.", options: [...ASKED], default: "newest" }),
    workers: Flags.integer({ description: "Number of workers.", min: 1, default: 1 }),
    slots: Flags.integer({ description: "Jobs at a time on each worker.", min: 1, default: 1 }),
    disk: sizeFlag({ description: "Disk of each worker.", default: "100GB" }),
    "per-store": Flags.integer({ description: "Most jobs at a time from one store.", min: 1, max: 64, default: 8 }),
    bandwidth: bandwidthFlag("Download speed from a store to a worker, when earlier downloads don't tell."),
    window: Flags.string({ description: "Time that there is.", helpValue: "01:00-06:00" }),
    inventory: Flags.string({
      description: "Plan this made-up JSON list of jobs instead of fogbell.yaml.",
      helpValue: "FILE",
    }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    results: resultsFlag,
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(FleetPlan);
    const seconds = flags.window === undefined ? null : windowSeconds(flags.window);
    const { planFleet } = await import("../../fleet/plan.ts");
    const { planText } = await import("../../fleet/fleet-text.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const { jobsFrom } = await import("../../fleet/inventory.ts");
    const jobs = await jobsFrom({
      inventory: flags.inventory,
      config: flags.config,
      names: argv as string[],
      at: flags.at as Asked,
      results: flags.results,
      bandwidth: flags.bandwidth ?? null,
      signal: interruption.signal,
      catalog: (await import("../../catalog.ts")).catalog,
    });
    // A worker of every label that a job asks for: which machines carry it is for whoever starts them.
    const labels = [...new Set(jobs.flatMap(({ label }) => label ?? []))];
    const workers = Array.from({ length: flags.workers }, (_, at) => ({
      name: `worker-${at + 1}`,
      slots: flags.slots,
      diskBytes: flags.disk,
      labels,
    }));
    const plan = planFleet(jobs, { workers, perStore: flags["per-store"], windowSeconds: seconds });
    this.log(planText(plan, seconds));
    process.exitCode = plan.misfits.length > 0 || plan.tooLate > 0 ? 4 : 0;
    return plan;
  }
}
