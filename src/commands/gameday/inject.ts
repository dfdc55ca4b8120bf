import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayInject extends WordCommand {
  static override strict = false;
  static override summary = "Fire an inject of a game day now: somebody says something.";
  static override description = "Injects also fire by themselves at their time, unless they are held or skipped.";
  static override examples = ["<%= config.bin %> gameday inject", "<%= config.bin %> gameday inject 2"];
  static override args = {
    number: Args.string({ description: "Which inject, as status lists them. Default: the next." }),
  };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayInject);
    return this.ask(flags, ["inject", ...(argv as string[])]);
  }
}
