import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { queueFlags } from "../../cli/queue-flags.ts";

export default class FleetAttach extends FogbellCommand {
  static override summary = "Follow a job until its end, from any machine; ends with its exit code.";
  static override examples = ["<%= config.bin %> fleet attach 3f9c2a1b"];
  static override args = { job: Args.string({ description: "The job, from fogbell fleet status.", required: true }) };
  static override flags = { ...queueFlags };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(FleetAttach);
    const { onInterrupt } = await import("../../run/signals.ts");
    const { openQueue } = await import("../../fleet/queue.ts");
    const { oneTask } = await import("../../fleet/named-task.ts");
    const { followTask } = await import("../../fleet/send.ts");
    const { tasksText, worstOf } = await import("../../fleet/fleet-text.ts");
    using interruption = onInterrupt(() => this.logToStderr("The job goes on."));
    await using queue = await openQueue({ url: flags.queue, fleet: flags.fleet });
    const task = await oneTask(queue, args.job);
    let said = "";
    const ended = await followTask(queue, task.task, {
      signal: interruption.signal,
      onChange: ([one]) => {
        const text = `${one?.state} ${one?.progress ?? ""} ${one?.worker ?? ""}`.trim();
        if (text !== said) this.logToStderr(text);
        said = text;
      },
    });
    this.log(tasksText(ended));
    process.exitCode = worstOf(ended);
    return ended[0];
  }
}
