import { Args, Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayMark extends WordCommand {
  static override strict = false;
  static override summary =
    "Correct when a game day's milestone was reached, or strike it. The correction is recorded.";
  static override description =
    "Milestones are derived from what people type and say; use this where the scribe knows better.";
  static override examples = [
    "<%= config.bin %> gameday mark detected --after 90s",
    "<%= config.bin %> gameday mark contained --at 12:03:20 'by the load balancer'",
    "<%= config.bin %> gameday mark verified --strike",
  ];
  static override args = {
    milestone: Args.string({ description: "The milestone, from gameday status.", required: true }),
    because: Args.string({ description: "Why, in a few words." }),
  };
  static override flags = {
    ...wordFlags("scribe"),
    after: Flags.string({ description: "Time since the damage.", helpValue: "5m30s", exclusive: ["at"] }),
    at: Flags.string({ description: "Time of day, UTC.", helpValue: "HH:MM:SS" }),
    strike: Flags.boolean({ description: "The milestone wasn't reached.", exclusive: ["at", "after"] }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayMark);
    const { after, at, strike } = flags;
    return this.ask(flags, [
      "mark",
      ...(argv as string[]),
      ...(after === undefined ? [] : ["--after", after]),
      ...(at === undefined ? [] : ["--at", at]),
      ...(strike ? ["--strike"] : []),
    ]);
  }
}
