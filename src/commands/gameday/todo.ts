import { Args, Flags } from "@oclif/core";
import { dayFlags, WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayTodo extends WordCommand {
  static override strict = false;
  static override summary = "Record a follow-up action of a game day, with owner and due date.";
  static override description = "Works during the day and afterwards. The next game day starts by reviewing these.";
  static override examples = [
    "<%= config.bin %> gameday todo 'alert when a dump is smaller than yesterday' --owner platform --due 2026-12-15",
  ];
  static override args = { words: Args.string({ description: "What needs to be done.", required: true }) };
  static override flags = {
    ...dayFlags,
    ...wordFlags("scribe"),
    owner: Flags.string({ description: "Team or role that will do it.", helpValue: "WHO" }),
    due: Flags.string({ description: "Due date.", helpValue: "YYYY-MM-DD" }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(GamedayTodo);
    const { owner, due, role } = flags;
    const { findDay, isPlayed } = await import("../../gameday/session.ts");
    const folder = await findDay(flags.out, flags.session);
    const words = await this.said(argv as string[]);
    if (await isPlayed(folder)) {
      const more = [...(owner === undefined ? [] : ["--owner", owner]), ...(due === undefined ? [] : ["--due", due])];
      return this.ask(flags, ["todo", ...words, ...more]);
    }
    const { addLate } = await import("../../gameday/hot-wash.ts");
    const told = { ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { due }) };
    await addLate(folder, [{ kind: "said", role, how: "todo", text: words.join(" "), ...told }]);
    this.log("recorded");
    return { folder };
  }
}
