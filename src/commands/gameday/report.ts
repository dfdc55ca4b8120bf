import { dayFlags, WordCommand } from "./word-command.ts";

export default class GamedayReport extends WordCommand {
  static override summary = "Draft a game day's after-action report again from its log.";
  static override examples = ["<%= config.bin %> gameday report", "<%= config.bin %> gameday report --json"];
  static override flags = dayFlags;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayReport);
    const { findDay } = await import("../../gameday/session.ts");
    const { writeAfterAction } = await import("../../gameday/after-action.ts");
    const folder = await findDay(flags.out, flags.session);
    const markdown = await writeAfterAction(folder);
    this.log(markdown.trimEnd());
    return { folder, markdown };
  }
}
