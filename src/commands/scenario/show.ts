import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ScenarioShow extends FogbellCommand {
  static override summary = "Show one scenario: its world, disaster, recovery, verification and objectives.";
  static override examples = [
    "<%= config.bin %> scenario show drop-table",
    "<%= config.bin %> scenario show drop-table --yaml",
  ];
  static override args = {
    scenario: Args.string({ description: "Id of a shipped scenario, or a file.", required: true }),
  };
  static override flags = {
    yaml: Flags.boolean({ description: "Print the file itself." }),
    gameday: Flags.boolean({ description: "Also show the game day material: symptoms, injects, hints, traps." }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ScenarioShow);
    const { catalog } = await import("../../catalog.ts");
    const { resolveScenario } = await import("../../scenario/library.ts");
    const { loadScenario } = await import("../../scenario/load.ts");
    const file = await resolveScenario(args.scenario);
    const scenario = await loadScenario(file, catalog);
    const { readFile } = await import("node:fs/promises");
    const text = await readFile(file, "utf8");
    const { gamedayText, showText, withoutGameday } = await import("../../scenario/show.ts");
    const { gameday, ...open } = scenario;
    const shown = flags.gameday ? scenario : open;
    if (flags.yaml) this.log((flags.gameday ? text : withoutGameday(text)).trimEnd());
    else this.log(showText(scenario, text) + (flags.gameday ? gamedayText(gameday) : ""));
    return shown;
  }
}
