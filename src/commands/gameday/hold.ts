import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayHold extends WordCommand {
  static override strict = false;
  static override summary = "Hold an inject of a game day back until it is fired by hand.";
  static override examples = ["<%= config.bin %> gameday hold 2"];
  static override args = {
    number: Args.string({ description: "Which inject, as status lists them. Default: the next." }),
  };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayHold);
    return this.ask(flags, ["hold", ...(argv as string[])]);
  }
}
