import { FogbellCommand } from "../../cli/command.ts";
import { queueFlags } from "../../cli/queue-flags.ts";

export default class FleetStatus extends FogbellCommand {
  static override summary = "Show the fleet's workers and the jobs of the last fleet run.";
  static override examples = ["<%= config.bin %> fleet status", "<%= config.bin %> fleet status --json"];
  static override flags = { ...queueFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(FleetStatus);
    const { openQueue } = await import("../../fleet/queue.ts");
    const { tasksOfSend, workersOf } = await import("../../fleet/tasks.ts");
    const { tasksText, workersText } = await import("../../fleet/fleet-text.ts");
    await using queue = await openQueue({ url: flags.queue, fleet: flags.fleet });
    const [workers, tasks] = [await workersOf(queue), await tasksOfSend(queue, null)];
    this.log(`${workersText(workers)}\n\n${tasksText(tasks)}`);
    return { workers, tasks };
  }
}
