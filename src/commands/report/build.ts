import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";
import { UsageError } from "../../errors.ts";

const DAY_MS = 86_400_000;

export default class ReportBuild extends FogbellCommand {
  static override summary =
    "Build the report of one drill, or of all drills in a period: markdown or an HTML page with charts.";
  static override description =
    "Takes a run folder or the newest drill of a scenario; with --since, puts every drill of that period on one page. " +
    "Templates in ./reports replace the built-in ones of the same name: see docs/report.md.";
  static override examples = [
    "<%= config.bin %> report build drop-table",
    "<%= config.bin %> report build drill-results/20261120-220145-3f9c --out report.html",
    "<%= config.bin %> report build --since 30d --out drills --format md --format html",
  ];
  static override args = {
    run: Args.string({ description: "A run folder, or the id of a drilled scenario. Not used with --since." }),
  };
  static override flags = {
    out: Flags.string({
      description:
        "Output file; its extension sets the format unless --format does. Default: markdown on standard output.",
    }),
    format: Flags.string({ description: "Output format. Can be repeated.", options: ["md", "html"], multiple: true }),
    since: Flags.string({ description: "All drills that ended within this time.", helpValue: "30d" }),
    engine: Flags.string({
      description: "Only drills on this engine.",
      helpValue: "mariadb@10.11",
    }),
    results: resultsFlag,
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReportBuild);
    const { parseDuration } = await import("../../host/units.ts");
    const { reportFrom, sessionFrom } = await import("../../suite/paper-from.ts");
    const { splitOut } = await import("../../cli/out-file.ts");
    const { stem, formats } = splitOut(flags.out, flags.format, ["md", "html"] as const);
    if ((args.run === undefined) === (flags.since === undefined)) {
      throw new UsageError("give either one drill or --since", {
        code: "FB_USAGE",
        next: ["fogbell report build drop-table", "fogbell report build --since 30d"],
      });
    }
    const withinMs = flags.since === undefined ? null : parseDuration(flags.since);
    if (flags.since !== undefined && withinMs === null) {
      throw new UsageError(`"${flags.since}" isn't a duration`, { code: "FB_USAGE", next: ["write 30d, 12h or 90m"] });
    }
    const sinceMs = Date.now() - (withinMs ?? 30 * DAY_MS);
    const made =
      args.run === undefined
        ? await sessionFrom({
            folders: [flags.results],
            sinceMs,
            title: `Drills of the last ${flags.since}`,
            scope: `the last ${flags.since}`,
            formats,
            stem,
          })
        : await reportFrom({ name: args.run, engine: flags.engine, results: flags.results, formats, stem });
    this.log(stem === null ? made.markdown : made.files.map((file) => `wrote ${file}`).join("\n"));
    const { markdown: _markdown, ...told } = made;
    return told;
  }
}
