import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { queueFlags } from "../../cli/queue-flags.ts";

export default class FleetCancel extends FogbellCommand {
  static override summary = "Cancel a job, waiting or running. Its worker ends it within seconds, and cleans up.";
  static override examples = ["<%= config.bin %> fleet cancel 3f9c2a1b"];
  static override args = { job: Args.string({ description: "The job, from fogbell fleet status.", required: true }) };
  static override flags = { ...queueFlags };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(FleetCancel);
    const { openQueue } = await import("../../fleet/queue.ts");
    const { oneTask } = await import("../../fleet/named-task.ts");
    const { cancelTask } = await import("../../fleet/tasks.ts");
    const { shortId } = await import("../../fleet/fleet-text.ts");
    await using queue = await openQueue({ url: flags.queue, fleet: flags.fleet });
    const task = await oneTask(queue, args.job);
    const cancelled = await cancelTask(queue, task);
    this.log(
      cancelled
        ? `Cancelled ${shortId(task)} (${task.job.database}).`
        : `${shortId(task)} has come to its end already.`,
    );
    return { task: task.task, cancelled };
  }
}
