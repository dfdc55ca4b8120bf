import { FogbellCommand } from "../../cli/command.ts";
import { queueFlags } from "../../cli/queue-flags.ts";

export default class FleetInit extends FogbellCommand {
  static override summary = "Prepare a PostgreSQL database as a fleet's queue, or update an older one.";
  static override description =
    "Makes one schema in it. Use a database of its own, not one that you verify. The URL is written nowhere: set FOGBELL_QUEUE on every machine.";
  static override examples = ["<%= config.bin %> fleet init --queue postgres://fleet@db9/fogbell"];
  static override flags = { ...queueFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(FleetInit);
    const { initQueue } = await import("../../fleet/queue.ts");
    const schema = await initQueue({ url: flags.queue, fleet: flags.fleet });
    this.log(`The fleet "${flags.fleet}" is ready, in the schema ${schema}.`);
    this.log("Next, on each machine: fogbell worker");
    return { fleet: flags.fleet, schema };
  }
}
