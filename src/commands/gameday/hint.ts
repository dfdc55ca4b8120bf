import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayHint extends WordCommand {
  static override summary = "Take the next hint of a game day, for its price.";
  static override description = "A question first, then a pointer, then a step. Nobody has to.";
  static override examples = ["<%= config.bin %> gameday hint"];
  static override flags = wordFlags("operator");

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayHint);
    return this.ask(flags, ["hint"]);
  }
}
