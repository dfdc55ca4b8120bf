import { Args, Flags } from "@oclif/core";
import { dayFlags, WordCommand, worldFlags } from "./word-command.ts";

export default class GamedayStart extends WordCommand {
  static override summary = "Start a game day: people at the keyboard, an unknown disaster, a running clock.";
  static override description =
    "Builds a database, shows the scenario's seal, opens a shell for the responders, and breaks the database at a hidden " +
    "moment. Without a scenario, one is drawn blind. The day outlives this terminal: come back with gameday shell.";
  static override examples = [
    "<%= config.bin %> gameday start drop-table --solo",
    "<%= config.bin %> gameday start --blind",
    "<%= config.bin %> gameday start --family backup --engine mariadb",
  ];
  static override args = {
    scenario: Args.string({ description: "Id of a shipped scenario, or a scenario file. Default: a blind draw." }),
  };
  static override flags = {
    ...dayFlags,
    ...worldFlags,
    blind: Flags.boolean({ description: "Draw a disaster at random, sealed until the end.", exclusive: ["family"] }),
    role: Flags.string({ description: "Your role at the keyboard.", default: "operator" }),
    name: Flags.string({
      description: "Your name, if you want it in the report. Default: only your role.",
      helpValue: "NAME",
    }),
    shell: Flags.boolean({ description: "Open the responders' shell here.", default: true, allowNo: true }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(GamedayStart);
    const { catalog } = await import("../../catalog.ts");
    const { beginDay, briefingText, untilOnCall } = await import("../../gameday/begin.ts");
    const { onInterrupt } = await import("../../run/signals.ts");
    using interruption = onInterrupt((text) => void process.stderr.write(`${text}\n`));
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    const begun = await beginDay({ ...flags, scenario: args.scenario, withinMs: flags.within, catalog });
    const played = await untilOnCall(begun, { say, signal: interruption.signal });
    interruption[Symbol.dispose]();
    const { closeDay, openShell } = await import("./open-shell.ts");
    if (played === null) return closeDay(this, begun.folder, false);
    say(briefingText(played));
    if (!flags.shell || this.jsonEnabled()) return { folder: begun.folder, dayId: played.session.dayId };
    return openShell(this, { played, role: flags.role, name: flags.name });
  }
}
