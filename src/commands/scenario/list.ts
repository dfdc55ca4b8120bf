import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ScenarioList extends FogbellCommand {
  static override summary = "List the scenarios that ship with Fogbell.";
  static override examples = [
    "<%= config.bin %> scenario list",
    "<%= config.bin %> scenario list --tag starter --json",
  ];
  static override flags = { tag: Flags.string({ description: "Only scenarios with this tag." }) };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ScenarioList);
    const { summarise } = await import("../../scenario/summary.ts");
    const { listScenarios } = await import("../../scenario/library.ts");
    const all = await Promise.all((await listScenarios()).map(summarise));
    const shown = all.filter(({ tags }) => flags.tag === undefined || tags.includes(flags.tag));
    const width = Math.max(2, ...shown.map(({ id }) => id.length));
    for (const { id, title, engines, tags } of shown) {
      this.log(
        `${id.padEnd(width)}  ${title}  [${engines.join(", ")}]${tags.length > 0 ? `  #${tags.join(" #")}` : ""}`,
      );
    }
    if (shown.length === 0) this.log("No scenario has this tag.");
    return shown;
  }
}
