import { Args } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayNote extends WordCommand {
  static override strict = false;
  static override summary = "Add a note to a game day's record.";
  static override examples = ["<%= config.bin %> gameday note 'incident declared, bridge is open'"];
  static override args = {
    words: Args.string({ description: "The text. Quotes aren't needed.", required: true }),
  };
  static override flags = wordFlags("scribe");

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayNote);
    return this.ask(flags, ["note", ...(await this.said(argv as string[]))]);
  }
}
