import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayInject extends WordCommand {
  static override strict = false;
  static override summary = "Fire an inject in a game day now, such as a message from a customer.";
  static override description = "Injects also fire by themselves at their set time, unless held or skipped.";
  static override examples = ["<%= config.bin %> gameday inject", "<%= config.bin %> gameday inject 2"];
  static override args = {
    number: Args.string({ description: "Number of the inject, from gameday status. Default: the next one." }),
  };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayInject);
    return this.ask(flags, ["inject", ...(argv as string[])]);
  }
}
