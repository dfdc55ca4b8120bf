import { Flags } from "@oclif/core";
import { WordCommand, wordFlags } from "./word-command.ts";

export default class GamedayJoin extends WordCommand {
  static override summary = "Follow a game day from another terminal: the live timeline, as your role may see it.";
  static override description =
    "Leaves the day alone when it is closed. The facilitator sees the scenario, the traps and the injects to come; what is " +
    "to be done about them is typed in yet another terminal, or after Ctrl-C.";
  static override examples = [
    "<%= config.bin %> gameday join --role facilitator",
    "<%= config.bin %> gameday join --role scribe",
  ];
  static override flags = {
    ...wordFlags("observer"),
    name: Flags.string({
      description: "Your name, when you want it in the report. Default: the role alone.",
      helpValue: "NAME",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GamedayJoin);
    const { role, name } = flags;
    const { findPlayed } = await import("../../gameday/session.ts");
    const { ask } = await import("../../gameday/wire.ts");
    const { folder, session } = await findPlayed(flags.out, flags.session);
    await ask(session.socket, { role, words: ["joined", ...(name === undefined ? [] : [name])] });
    if (role === "facilitator") await this.ask(flags, ["status"]);
    const { followLog } = await import("../../gameday/attend.ts");
    const { lineOf } = await import("../../gameday/timeline.ts");
    const { onInterrupt } = await import("../../suite/signals.ts");
    using interruption = onInterrupt(() => {});
    const eyes = role === "facilitator" ? "facilitator" : "observer";
    await followLog(
      folder,
      (event) => {
        const line = lineOf(event, eyes);
        if (line !== null) this.log(line);
      },
      { signal: interruption.signal },
    );
    await ask(session.socket, { role, words: ["left"] }).catch(() => {});
    return { folder };
  }
}
