import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedaySee extends WordCommand {
  static override strict = false;
  static override summary = 'Record what someone saw in a game day: the value, not "OK".';
  static override examples = ["<%= config.bin %> gameday see 'orders is missing, order_items has 41,000 rows'"];
  static override args = {
    words: Args.string({ description: "The text. Quotes aren't needed.", required: true }),
  };
  static override flags = wordFlags("checker");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedaySee);
    return this.ask(flags, ["see", ...(await this.said(argv as string[]))]);
  }
}
