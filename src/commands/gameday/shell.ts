import { Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayShell extends WordCommand {
  static override summary =
    "Open a responders' shell of the game day that is played, or come back after a dropped terminal.";
  static override description =
    "The shell stands inside the sandbox: on Docker it reaches nothing but this world. What is typed is stamped and kept, " +
    "what is printed is not.";
  static override examples = ["<%= config.bin %> gameday shell", "<%= config.bin %> gameday shell --role checker"];
  static override flags = {
    ...wordFlags("operator"),
    name: Flags.string({
      description: "Your name, when you want it in the report. Default: the role alone.",
      helpValue: "NAME",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayShell);
    const { findPlayed } = await import("../../gameday/session.ts");
    const played = await findPlayed(flags.out, flags.session);
    const { openShell } = await import("./open-shell.ts");
    return openShell(this, { played, role: flags.role, name: flags.name });
  }
}
