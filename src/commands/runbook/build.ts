import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class RunbookBuild extends FogbellCommand {
  static override summary = "Make the runbook of a run anew, from its journal and with the templates of now.";
  static override examples = ["<%= config.bin %> runbook build drill-results/20261120-220145-3f9c --out runbook.md"];
  static override args = { run: Args.string({ description: "A run folder.", required: true }) };
  static override flags = { out: Flags.string({ description: "File to write. Default: standard output." }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookBuild);
    const { paperFrom } = await import("../../suite/paper-from.ts");
    const made = await paperFrom({ folder: args.run, kind: "runbook", out: flags.out });
    if (flags.out === undefined) this.log(made.text);
    return { file: flags.out ?? null, runId: made.runId };
  }
}
