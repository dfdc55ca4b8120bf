import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { audienceOf, reportFlags } from "../cli/report-flags.ts";

export default class Demo extends FogbellCommand {
  static override summary = "Run a first drill anywhere: a table is dropped and recovered. Needs nothing but Node.";
  static override description =
    "Creates a small shop in a file in your temporary folder, drops its orders, and recovers them from the newest good backup. " +
    "Then it checks every row. Nothing else is touched. At the end it names the documents to read and what to type for your own database.";
  static override examples = ["<%= config.bin %> demo"];
  static override enableJsonFlag = true;
  static override flags = {
    out: Flags.string({ description: "Folder for the results.", default: "drill-results" }),
    ...reportFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Demo);
    const { catalog } = await import("../catalog.ts");
    const { planAll } = await import("../suite/plan-all.ts");
    const { everywhere } = await import("../suite/fall-back.ts");
    const { runWithTerminal } = await import("../suite/with-terminal.ts");
    const { worstExitCode } = await import("../result/verdict.ts");
    const choices = { engine: everywhere(catalog), rows: 20_000 };
    const plans = await planAll({ names: ["drop-table"], tags: [], catalog, choices });
    const { audience, secrets } = audienceOf(flags, this.jsonEnabled());
    const runs = await runWithTerminal({
      plans,
      catalog,
      sandbox: "local",
      storeUrl: null,
      outFolder: flags.out,
      keep: false,
      trustBackups: false,
      freshWorld: false,
      version: this.config.version,
      jobs: 1,
      bail: false,
      onLeft: () => {},
      audience: { ...audience, recorder: null },
      secrets,
    });
    process.exitCode = worstExitCode(runs.map(({ result }) => result));
    const [only] = runs;
    if (only === undefined) return {};
    const { bin } = this.config;
    this.log(
      `
Look at:
  ${only.folder}/report.md      how long it took, and how much was lost
  ${only.folder}/runbook.md     the page for the night: the commands that just ran
  ${only.folder}/journal.jsonl  everything that happened
Your own backups, wherever they lie (they are only read):
  ${bin} init --store /var/backups/shop && ${bin} verify`,
    );
    return only.result;
  }
}
