import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";

export default class RunbookCheck extends FogbellCommand {
  static override summary = "Fail if a printed runbook no longer matches the last drill.";
  static override description =
    "A page fails if a later drill exists, or if the last drill is too old or didn't recover. It also fails if a printed command isn't " +
    "the one that ran, or if a step's normal time has doubled or halved (by 5 seconds or more). Exit code 1 then.";
  static override examples = [
    "<%= config.bin %> runbook check runbooks",
    "<%= config.bin %> runbook check runbooks/drop-table.md --max-age 30d --results drill-results",
  ];
  static override strict = false;
  static override enableJsonFlag = true;
  static override args = {
    page: Args.string({ description: "Runbook pages, or folders of them. Default: runbooks." }),
  };
  static override flags = {
    results: resultsFlag,
    "max-age": durationFlag({ description: "Maximum age of the last drill.", default: "90d" }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(RunbookCheck);
    const { checkRunbooks } = await import("../../suite/paper-from.ts");
    const checked = await checkRunbooks({
      pages: argv.length === 0 ? ["runbooks"] : (argv as string[]),
      results: flags.results,
      maxAgeMs: flags["max-age"],
      nowMs: Date.now(),
    });
    for (const { page, faults } of checked) {
      this.log(faults.length === 0 ? `${page}: as drilled` : `${page}: NOT as drilled`);
      for (const fault of faults) this.log(`  ${fault}`);
    }
    if (checked.some(({ faults }) => faults.length > 0)) {
      process.exitCode = 1;
      this.log("next: fogbell run SCENARIO; fogbell runbook build SCENARIO");
    }
    return checked;
  }
}
