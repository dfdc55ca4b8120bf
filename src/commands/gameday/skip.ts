import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedaySkip extends WordCommand {
  static override strict = false;
  static override summary = "Skip an inject in a game day.";
  static override examples = ["<%= config.bin %> gameday skip 3"];
  static override args = {
    number: Args.string({ description: "Number of the inject, from gameday status. Default: the next one." }),
  };
  static override flags = wordFlags("facilitator");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedaySkip);
    return this.ask(flags, ["skip", ...(argv as string[])]);
  }
}
