import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayHold extends WordCommand {
  static override strict = false;
  static override summary = "Hold back an inject in a game day until you fire it by hand.";
  static override examples = ["<%= config.bin %> gameday hold 2"];
  static override args = {
    number: Args.string({ description: "Number of the inject, from gameday status. Default: the next one." }),
  };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayHold);
    return this.ask(flags, ["hold", ...(argv as string[])]);
  }
}
