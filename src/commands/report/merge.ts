import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ReportMerge extends FogbellCommand {
  static override summary = "Put the drills of several results folders on one page: shards, machines, months.";
  static override description =
    "A run found in several folders counts once; its most complete copy is used. Failed runs stay in, runs whose journal can't be read are listed, and a missing folder is an error.";
  static override examples = [
    "<%= config.bin %> report merge shard-1 shard-2 shard-3 --out drills.html",
    "<%= config.bin %> report merge drill-results --format md --format html --out year",
  ];
  static override strict = false;
  static override args = { folder: Args.string({ description: "Results folders.", required: true }) };
  static override flags = {
    out: Flags.string({
      description:
        "Output file; its extension sets the format unless --format does. Default: markdown on standard output.",
    }),
    format: Flags.string({ description: "Output format. Can be repeated.", options: ["md", "html"], multiple: true }),
    title: Flags.string({ description: "Heading of the page.", default: "Drills" }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(ReportMerge);
    const { sessionFrom } = await import("../../suite/paper-from.ts");
    const { mustBeFolders } = await import("../../suite/history.ts");
    const { splitOut } = await import("../../cli/out-file.ts");
    const { stem, formats } = splitOut(flags.out, flags.format, ["md", "html"] as const);
    const folders = argv as string[];
    await mustBeFolders(folders);
    const scope = folders.length === 1 ? "one folder" : `${folders.length} folders`;
    const made = await sessionFrom({ folders, sinceMs: null, title: flags.title, scope, formats, stem });
    this.log(stem === null ? made.markdown : made.files.map((file) => `wrote ${file}`).join("\n"));
    return { files: made.files, drills: made.drills, lost: made.lost };
  }
}
