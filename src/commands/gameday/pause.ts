import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayPause extends WordCommand {
  static override strict = false;
  static override summary = "Pause a game day's clock for something real.";
  static override examples = ["<%= config.bin %> gameday pause 'a real page came in'"];
  static override args = { because: Args.string({ description: "Why, in a few words." }) };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayPause);
    return this.ask(flags, ["pause", ...(argv as string[])]);
  }
}
