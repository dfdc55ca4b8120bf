import { Args } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { ownWidth } from "../cli/own-width.ts";
import { resultsFlag } from "../cli/shared-flags.ts";

export default class History extends FogbellCommand {
  static override summary = "Show past drills and verifies: how they ended and how long they took.";
  static override description =
    "One line per scenario, engine and method. Failed runs count. Times come only from runs that finished with no other drill running beside them. Runs whose journal can't be read are listed.";
  static override examples = ["<%= config.bin %> history", "<%= config.bin %> history drop-table --json"];
  static override args = { scenario: Args.string({ description: "Only this scenario." }) };
  static override flags = {
    results: resultsFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(History);
    const { historyOf } = await import("../suite/history.ts");
    const { text, rows, lost } = await historyOf(flags.results, args.scenario ?? null, ownWidth());
    this.log(text);
    return { rows, lost };
  }
}
