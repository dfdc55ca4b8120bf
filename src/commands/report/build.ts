import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ReportBuild extends FogbellCommand {
  static override summary = "Make the report of a run anew, from its journal and with the templates of now.";
  static override examples = ["<%= config.bin %> report build drill-results/20261120-220145-3f9c"];
  static override args = {
    run: Args.string({ description: "A run folder, or the id of a drilled scenario.", required: true }),
  };
  static override flags = {
    out: Flags.string({ description: "File to write. Default: standard output." }),
    results: Flags.string({ description: "Folder that holds the run folders.", default: "drill-results" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReportBuild);
    const { reportFrom } = await import("../../suite/paper-from.ts");
    const made = await reportFrom({ folder: args.run, results: flags.results, out: flags.out });
    if (flags.out === undefined) this.log(made.text);
    return { file: flags.out ?? null, runId: made.runId };
  }
}
