import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayStatus extends WordCommand {
  static override summary = "Show where a game day stands: clock, milestones and, for the facilitator, injects.";
  static override examples = [
    "<%= config.bin %> gameday status",
    "<%= config.bin %> gameday status --role facilitator",
  ];
  static override flags = wordFlags("observer");

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayStatus);
    return this.ask(flags, ["status"]);
  }
}
