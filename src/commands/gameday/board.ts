import { Flags } from "@oclif/core";
import { dayFlags, WordCommand } from "./word-command.ts";

export default class GamedayBoard extends WordCommand {
  static override summary = "Show a running game day on one page in the browser, for the projector.";
  static override description =
    "The page is served on this machine only (127.0.0.1), to whoever has the printed address with its token. It shows " +
    "the clock, the phase, messages, decisions, milestones and roles as they come, and can't change anything. With " +
    "--facilitator a second address is printed, for the leader: what comes next, with buttons, the hints, the expected " +
    "path and the traps. The board ends with the game day; Ctrl-C ends only the board.";
  static override examples = [
    "<%= config.bin %> gameday board",
    "<%= config.bin %> gameday board --facilitator",
    "<%= config.bin %> gameday board --port 8100",
  ];
  static override flags = {
    ...dayFlags,
    facilitator: Flags.boolean({ description: "Also print the facilitator's address. It tells the scenario." }),
    port: Flags.integer({ description: "Port on 127.0.0.1. Default: a free one.", default: 0, min: 0, max: 65_535 }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayBoard);
    const { findPlayed } = await import("../../gameday/session.ts");
    const played = await findPlayed(flags.out, flags.session);
    const { openBoard } = await import("../../gameday/board.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    using interruption = onInterrupt(() => {});
    await using board = await openBoard({ played, port: flags.port, leads: flags.facilitator });
    const lead = board.leadUrl === null ? [] : [`For the facilitator only: ${board.leadUrl}`];
    process.stderr.write(
      [`For the room: ${board.url}`, ...lead, "Ctrl-C ends the board, not the game day.", ""].join("\n"),
    );
    const stopped = new Promise<"stopped">((resolve) => {
      interruption.signal.addEventListener("abort", () => resolve("stopped"), { once: true });
    });
    const how = await Promise.race([board.over, stopped]);
    if (how === "killed") {
      const { UnavailableError } = await import("../../errors.ts");
      throw new UnavailableError("the game day's background process is gone, and the board with it", {
        code: "FB_GAMEDAY_GONE",
        next: ["fogbell gameday report", "fogbell gc"],
      });
    }
    this.log(how === "ended" ? "The game day is over." : "The board is closed.");
    return { folder: played.folder, how };
  }
}
