import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayTell extends WordCommand {
  static override strict = false;
  static override summary = "Record what outsiders were told: customers, support, the board.";
  static override description = "The first message is due after 5 minutes, then one every 20 minutes.";
  static override examples = ["<%= config.bin %> gameday tell 'orders cannot be placed; next word at 12:20 UTC'"];
  static override args = {
    words: Args.string({ description: "The text. Quotes aren't needed.", required: true }),
  };
  static override flags = wordFlags("comms");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayTell);
    return this.ask(flags, ["tell", ...(await this.said(argv as string[]))]);
  }
}
