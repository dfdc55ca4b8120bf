import { Args } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { resultsFlag } from "../cli/shared-flags.ts";

export default class History extends FogbellCommand {
  static override summary = "What was drilled so far, how it ended, and how long it took.";
  static override description =
    "One line for each scenario, engine and method. Failures count; times are of drills that came to an end alone on their machine. A run whose journal cannot be read is named.";
  static override examples = ["<%= config.bin %> history", "<%= config.bin %> history drop-table --json"];
  static override args = { scenario: Args.string({ description: "Only this scenario." }) };
  static override flags = {
    results: resultsFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(History);
    const { historyOf } = await import("../suite/history.ts");
    const { text, rows, lost } = await historyOf(flags.results, args.scenario ?? null);
    this.log(text);
    return { rows, lost };
  }
}
