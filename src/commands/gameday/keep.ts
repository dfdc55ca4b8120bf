import { Args } from "@oclif/core";
import { dayFlags, WordCommand, worldFlags } from "./word-command.ts";

export default class GamedayKeep extends WordCommand {
  static override hidden = true;
  static override summary = "Keep a game day running while people come and go. Started by gameday start.";
  static override examples = ["<%= config.bin %> gameday keep drill-results/20261121-100000-abcdef"];
  static override args = {
    folder: Args.string({ description: "The game day's folder. It must exist and be empty.", required: true }),
    scenario: Args.string({ description: "Id of a shipped scenario, or a scenario file. Default: a blind draw." }),
  };
  static override flags = {
    ...dayFlags,
    ...worldFlags,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GamedayKeep);
    const { catalog } = await import("../../catalog.ts");
    const { keepDay } = await import("../../gameday/keeper.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    // Its terminal may go: that is no reason to end.
    process.on("SIGHUP", () => {});
    using interruption = onInterrupt(() => {}, ["SIGINT", "SIGTERM"]);
    const { scenario } = args;
    const { family, engine, sandbox, rows, solo, out } = flags;
    await keepDay({
      catalog,
      wanted: { scenario, family, engine },
      folder: args.folder,
      out,
      sandbox,
      rows,
      solo: solo === true,
      withinMs: flags.within,
      version: this.config.version,
      signal: interruption.signal,
    });
    return { folder: args.folder };
  }
}
