import { Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayEnd extends WordCommand {
  static override summary = "End a game day: judge it, draft its report, and remove everything it started.";
  static override description =
    "Use --abandon for a real incident, or when anyone says the stop word: nothing is judged.";
  static override examples = ["<%= config.bin %> gameday end", "<%= config.bin %> gameday end --abandon"];
  static override flags = {
    ...wordFlags("facilitator"),
    abandon: Flags.boolean({ description: "Stop immediately without judging." }),
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
