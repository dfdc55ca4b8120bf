import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayDecide extends WordCommand {
  static override strict = false;
  static override summary = "Write down a decision of a game day: what, and from which copy.";
  static override description = "A decision can be a milestone: the source, reopening.";
  static override examples = ["<%= config.bin %> gameday decide 'restore from hourly, beside, into shop_side'"];
  static override args = {
    words: Args.string({ description: "What is said; several words need no quotes.", required: true }),
  };
  static override flags = wordFlags("commander");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayDecide);
    return this.ask(flags, ["decide", ...(argv as string[])]);
  }
}
