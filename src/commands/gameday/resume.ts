import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayResume extends WordCommand {
  static override summary = "Let the clock of a game day run again.";
  static override examples = ["<%= config.bin %> gameday resume"];
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayResume);
    return this.ask(flags, ["resume"]);
  }
}
