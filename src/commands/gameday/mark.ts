import { Args, Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayMark extends WordCommand {
  static override strict = false;
  static override summary =
    "Correct when a milestone of a game day was reached, or strike it; the correction is recorded.";
  static override description = "Milestones are told from what people type and say. The scribe knows better.";
  static override examples = [
    "<%= config.bin %> gameday mark detected --after 90s",
    "<%= config.bin %> gameday mark contained --at 12:03:20 'by the load balancer'",
    "<%= config.bin %> gameday mark verified --strike",
  ];
  static override args = {
    milestone: Args.string({ description: "Which one; status lists them.", required: true }),
    because: Args.string({ description: "Why, in a few words." }),
  };
  static override flags = {
    ...wordFlags("scribe"),
    after: Flags.string({ description: "So long after the damage.", helpValue: "5m30s", exclusive: ["at"] }),
    at: Flags.string({ description: "At this time, UTC.", helpValue: "HH:MM:SS" }),
    strike: Flags.boolean({ description: "It was not reached.", exclusive: ["at", "after"] }),
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
