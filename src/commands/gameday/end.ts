import { Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayEnd extends WordCommand {
  static override summary = "End a game day: it is judged, its report is drafted, and everything is taken down.";
  static override description =
    "With --abandon nothing is judged: for a real incident, or when anybody says the stop word.";
  static override examples = ["<%= config.bin %> gameday end", "<%= config.bin %> gameday end --abandon"];
  static override flags = {
    ...wordFlags("facilitator"),
    abandon: Flags.boolean({ description: "Stop at once and judge nothing." }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayEnd);
    const { findPlayed } = await import("../../gameday/session.ts");
    const { folder } = await findPlayed(flags.out, flags.session);
    await this.ask(flags, ["end", ...(flags.abandon ? ["--abandon"] : [])]);
    const { followLog } = await import("../../gameday/attend.ts");
    await followLog(folder, () => {}, { signal: new AbortController().signal });
    const { closingText, outcomeOf } = await import("../../gameday/closing.ts");
    const outcome = await outcomeOf(folder);
    this.log(closingText(outcome));
    process.exitCode = outcome.exitCode;
    return outcome;
  }
}
