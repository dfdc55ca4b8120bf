import { hostname } from "node:os";
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { queueFlags } from "../../cli/queue-flags.ts";

export default class FleetCollect extends FogbellCommand {
  static override summary = "Download the fleet's results as ordinary run folders.";
  static override description =
    "History, report, gate and sign read them like any other. Can be repeated or interrupted: what is there stays. Jobs without " +
    "a result are written down as can't tell.";
  static override examples = ["<%= config.bin %> fleet collect --out drill-results"];
  static override flags = {
    out: Flags.string({ description: "Folder for the results.", default: "drill-results" }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    ...queueFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(FleetCollect);
    const { openQueue } = await import("../../fleet/queue.ts");
    const { collect } = await import("../../fleet/collect.ts");
    const { uncollected, tasksOfSend } = await import("../../fleet/tasks.ts");
    const { collectedText } = await import("../../fleet/fleet-text.ts");
    const { catalog } = await import("../../catalog.ts");
    await using queue = await openQueue({ url: flags.queue, fleet: flags.fleet });
    // Those of the last call again, too: into another folder, or after one that was cut short.
    const all = new Map(
      [...(await uncollected(queue)), ...(await tasksOfSend(queue, null))].map((one) => [one.task, one]),
    );
    const kit = {
      outFolder: flags.out,
      file: flags.config ?? "fogbell.yaml",
      version: this.config.version,
      catalog,
      host: hostname(),
    };
    const collected = await collect(queue, [...all.values()], kit);
    this.log(collectedText(collected, flags.out));
    process.exitCode = collected.some(({ became }) => became === "unreadable") ? 4 : 0;
    return collected;
  }
}
