import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayDecide extends WordCommand {
  static override strict = false;
  static override summary = "Record a decision in a game day: what, and from which backup.";
  static override description = "A decision can also be a milestone, such as the source chosen or reopening.";
  static override examples = ["<%= config.bin %> gameday decide 'restore from hourly, beside, into shop_side'"];
  static override args = {
    words: Args.string({ description: "The text. Quotes aren't needed.", required: true }),
  };
  static override flags = wordFlags("commander");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayDecide);
    return this.ask(flags, ["decide", ...(await this.said(argv as string[]))]);
  }
}
