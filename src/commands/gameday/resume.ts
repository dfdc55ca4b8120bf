import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayResume extends WordCommand {
  static override summary = "Resume a game day's clock.";
  static override examples = ["<%= config.bin %> gameday resume"];
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayResume);
    return this.ask(flags, ["resume"]);
  }
}
