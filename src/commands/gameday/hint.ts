import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayHint extends WordCommand {
  static override summary = "Take the next hint in a game day, at a cost in points.";
  static override description = "First a question, then a pointer, then a concrete step.";
  static override examples = ["<%= config.bin %> gameday hint"];
  static override flags = wordFlags("operator");

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayHint);
    return this.ask(flags, ["hint"]);
  }
}
