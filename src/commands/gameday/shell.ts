import { Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayShell extends WordCommand {
  static override summary = "Open a responder's shell in the running game day, or come back after losing the terminal.";
  static override description =
    "The shell runs inside the sandbox. On Docker it can reach nothing outside it. What you type is recorded with its time; " +
    "what's printed isn't.";
  static override examples = ["<%= config.bin %> gameday shell", "<%= config.bin %> gameday shell --role checker"];
  static override flags = {
    ...wordFlags("operator"),
    name: Flags.string({
      description: "Your name, if you want it in the report. Default: only your role.",
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
