import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";
import { UsageError } from "../../errors.ts";

export default class RunbookBuild extends FogbellCommand {
  static override summary = "Build the panic runbook of a drill: markdown, printable HTML or PDF.";
  static override description =
    "Takes a run folder, or the newest recovered drill of a scenario. Its commands are the ones that ran; normal " +
    "times are medians over past drills of the same scenario and engine. Templates in ./runbooks replace the " +
    "built-in ones of the same name: see docs/runbook.md.";
  static override examples = [
    "<%= config.bin %> runbook build drop-table",
    "<%= config.bin %> runbook build --all --out runbooks --format md --format pdf",
    "<%= config.bin %> runbook build drop-table --engine mariadb --out runbooks/drop-table.pdf",
    "<%= config.bin %> runbook build drill-results/20261120-220145-3f9c --out runbooks/drop-table --format md --format html --format pdf",
  ];
  static override args = {
    run: Args.string({ description: "A run folder, or the id of a drilled scenario. Not used with --all." }),
  };
  static override flags = {
    out: Flags.string({
      description:
        "Output file; its extension sets the format unless --format does. Default: markdown on standard output.",
    }),
    format: Flags.string({
      description: "Output format. Can be repeated.",
      options: ["md", "html", "pdf"],
      multiple: true,
    }),
    paper: Flags.string({ description: "Paper size of the PDF.", options: ["a4", "us-letter"], default: "a4" }),
    engine: Flags.string({
      description: "Only drills on this engine.",
      helpValue: "mariadb@10.11",
    }),
    results: resultsFlag,
    config: Flags.string({
      description: "Configuration file. Default: fogbell.yaml, if it exists.",
      helpValue: "FILE",
    }),
    database: Flags.string({
      description: "The database in the configuration that the page is for. Default: the only one with this engine.",
    }),
    all: Flags.boolean({
      description: "Write a page for every drilled scenario and engine to the --out folder, plus an index of symptoms.",
    }),
    "good-for": durationFlag({ description: "How long after its drill the page stays valid.", default: "90d" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(RunbookBuild);
    const { allRunbooks, FORMATS, runbookFrom } = await import("../../suite/paper-from.ts");
    const { splitOut } = await import("../../cli/out-file.ts");
    const all = flags.all === true;
    if ((args.run === undefined) !== all || (all && flags.out === undefined)) {
      throw new UsageError("give either one drill or --all with an --out folder", {
        code: "FB_USAGE",
        next: ["fogbell runbook build drop-table", "fogbell runbook build --all --out runbooks"],
      });
    }
    const { stem, formats } = splitOut(flags.out, flags.format, FORMATS);
    const common = {
      engine: flags.engine,
      results: flags.results,
      paper: flags.paper as "a4" | "us-letter",
      goodForMs: flags["good-for"],
      config: flags.config,
      database: flags.database,
      formats,
    };
    if (args.run === undefined) {
      const { files } = await allRunbooks({ ...common, folder: flags.out as string });
      this.log(files.map((file) => `wrote ${file}`).join("\n"));
      return { files };
    }
    const made = await runbookFrom({ ...common, name: args.run, stem });
    if (flags.out === undefined) this.log(made.markdown);
    else this.log(made.files.map((file) => `wrote ${file}`).join("\n"));
    return { runId: made.runId, scenario: made.scenario, files: made.files };
  }
}
