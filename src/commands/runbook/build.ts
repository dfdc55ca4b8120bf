import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";

export default class RunbookBuild extends FogbellCommand {
  static override summary = "Make the panic runbook of a drill: markdown, a page to print, a PDF.";
  static override description =
    "From a run folder, or from the newest drill of a scenario that recovered. The commands are those that ran; normal " +
    "times are medians over the kept drills of the same scenario and engine. Templates of the same name in ./runbooks " +
    "take the place of ours: see docs/runbook.md.";
  static override examples = [
    "<%= config.bin %> runbook build drop-table",
    "<%= config.bin %> runbook build drop-table --engine mariadb --out runbooks/drop-table.pdf",
    "<%= config.bin %> runbook build drill-results/20261120-220145-3f9c --out runbooks/drop-table --format md --format html --format pdf",
  ];
  static override args = {
    run: Args.string({ description: "A run folder, or the id of a drilled scenario.", required: true }),
  };
  static override flags = {
    out: Flags.string({
      description:
        "File to write; its ending tells the format unless --format does. Default: markdown on standard output.",
    }),
    format: Flags.string({ description: "What to write.", options: ["md", "html", "pdf"], multiple: true }),
    paper: Flags.string({ description: "Paper of the PDF.", options: ["a4", "us-letter"], default: "a4" }),
    engine: Flags.string({
      description: "Of the drills of a scenario, those on this engine.",
      helpValue: "mariadb@10.11",
    }),
    results: Flags.string({ description: "Folder that holds the run folders.", default: "drill-results" }),
    "good-for": durationFlag({ description: "The page expires so long after its drill.", default: "90d" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookBuild);
    const { FORMATS, runbookFrom } = await import("../../suite/paper-from.ts");
    const { splitOut } = await import("../../cli/out-file.ts");
    const made = await runbookFrom({
      name: args.run,
      engine: flags.engine,
      results: flags.results,
      paper: flags.paper as "a4" | "us-letter",
      goodForMs: flags["good-for"],
      ...splitOut(flags.out, flags.format, FORMATS),
    });
    if (flags.out === undefined) this.log(made.markdown);
    else this.log(made.files.map((file) => `wrote ${file}`).join("\n"));
    return { runId: made.runId, scenario: made.scenario, files: made.files };
  }
}
