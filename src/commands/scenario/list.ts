import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { ownWidth } from "../../cli/own-width.ts";
import { tableLines } from "../../host/columns.ts";

export default class ScenarioList extends FogbellCommand {
  static override summary = "List the scenarios that ship with Fogbell.";
  static override examples = [
    "<%= config.bin %> scenario list",
    "<%= config.bin %> scenario list --tag starter --json",
  ];
  static override flags = {
    tag: Flags.string({ description: "Only scenarios with this tag." }),
    long: Flags.boolean({
      description: "Print a markdown page: what each scenario teaches, the story behind it, and its classic mistake.",
    }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ScenarioList);
    const { summarise } = await import("../../scenario/summary.ts");
    const { listScenarios } = await import("../../scenario/library.ts");
    const files = await listScenarios();
    const all = await Promise.all(files.map(summarise));
    if (flags.long) {
      const { libraryPage } = await import("../../suite/library-page.ts");
      const { loadScenario } = await import("../../scenario/load.ts");
      const { catalog } = await import("../../catalog.ts");
      const loaded = await Promise.all(files.map((file) => loadScenario(file, catalog)));
      const fitting = loaded.filter(({ tags }) => flags.tag === undefined || tags.includes(flags.tag));
      this.log(libraryPage(fitting));
      return all.filter(({ id }) => fitting.some((one) => one.id === id));
    }
    const shown = all.filter(({ tags }) => flags.tag === undefined || tags.includes(flags.tag));
    const rows = shown.map(({ id, title, engines, story, tags }) => [
      id,
      title,
      engines.join(", "),
      story ?? "–",
      tags.map((tag) => `#${tag}`).join(" "),
    ]);
    const table = [["Id", "Title", "Engines", "Story", "Tags"], ...rows];
    if (shown.length > 0) this.log(tableLines(table, { width: ownWidth() }).join("\n"));
    if (shown.length === 0) this.log("No scenario has this tag.");
    return shown;
  }
}
