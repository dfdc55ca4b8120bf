import { dayFlags, WordCommand } from "./word-command.ts";

export default class GamedayWash extends WordCommand {
  static override summary = "Run the hot wash after a game day: four questions; the answers go into its report.";
  static override examples = ["<%= config.bin %> gameday wash"];
  static override flags = dayFlags;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayWash);
    const { findDay } = await import("../../gameday/session.ts");
    const folder = await findDay(flags.out, flags.session);
    const { wash } = await import("./open-shell.ts");
    await wash(this, folder);
    return { folder };
  }
}
