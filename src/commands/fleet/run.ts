import { Args, Flags } from "@oclif/core";
import { bandwidthFlag } from "../../cli/bandwidth-flag.ts";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { queueFlags } from "../../cli/queue-flags.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";
import { ASKED, type Asked } from "../../verify/task.ts";

export default class FleetRun extends FogbellCommand {
  static override summary = "Send one job for each database to the fleet's workers.";
  static override description =
    "Jobs that fit no worker are refused at once, with the numbers. With --wait: waits for all results, collects them, and " +
    "ends with the worst verdict, as verify does. A job without a result by the deadline counts as can't tell (4).";
  static override examples = [
    "<%= config.bin %> fleet run --wait",
    "<%= config.bin %> fleet run --at due --deadline 6h",
    "<%= config.bin %> fleet run Shop Billing --per-store 2 --wait",
  ];
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Databases in fogbell.yaml. Default: all that have sources." }),
  };
  static override flags = {
    at: Flags.string({ description: "Which backups to verify.", options: [...ASKED], default: "newest" }),
    wait: Flags.boolean({ description: "Wait for all results, and collect them." }),
    deadline: durationFlag({ description: "Time limit for all of them.", default: "12h" }),
    "per-store": Flags.integer({ description: "Most jobs at a time from one store.", min: 1, max: 64, default: 8 }),
    bandwidth: bandwidthFlag("Download speed from a store to a worker, for the estimates."),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    results: resultsFlag,
    ...queueFlags,
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(FleetRun);
    const { onInterrupt } = await import("../../run/signals.ts");
    const { openQueue } = await import("../../fleet/queue.ts");
    const { sendJobs, waitFor } = await import("../../fleet/send.ts");
    const { tasksText, tallyText, worstOf } = await import("../../fleet/fleet-text.ts");
    const { configOf, jobsFrom } = await import("../../fleet/inventory.ts");
    const { catalog } = await import("../../catalog.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const { signal } = interruption;
    const config = await configOf(flags.config);
    await using queue = await openQueue({ url: flags.queue, fleet: flags.fleet, supervises: flags.wait });
    const jobs = await jobsFrom({
      inventory: undefined,
      config: flags.config,
      names: argv as string[],
      at: flags.at as Asked,
      results: flags.results,
      bandwidth: flags.bandwidth ?? null,
      signal,
      catalog,
    });
    const sent = await sendJobs(queue, { jobs, deadlineMs: flags.deadline, perStore: flags["per-store"] });
    if (!flags.wait) {
      this.log(tasksText(sent));
      this.log("\nNext: fogbell fleet status, then fogbell fleet collect");
      process.exitCode = sent.some(({ state }) => state === "refused") ? 4 : 0;
      return sent;
    }
    let said = "";
    const ended = await waitFor(queue, sent[0]?.send ?? "", {
      signal,
      onChange: (tasks) => {
        if (tallyText(tasks) !== said) this.logToStderr(tallyText(tasks));
        said = tallyText(tasks);
      },
    });
    const { collect } = await import("../../fleet/collect.ts");
    const { hostname } = await import("node:os");
    const kit = {
      outFolder: flags.results,
      file: config.file,
      version: this.config.version,
      catalog,
      host: hostname(),
    };
    await collect(queue, ended, kit);
    this.log(tasksText(ended));
    process.exitCode = ended.length === 0 && flags.at === "due" ? 0 : worstOf(ended);
    return ended;
  }
}
