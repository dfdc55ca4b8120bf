import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { durationFlag } from "../../cli/duration-flag.ts";
import { resultsFlag } from "../../cli/shared-flags.ts";

export default class RunbookCheck extends FogbellCommand {
  static override summary = "Fail when a runbook on the door is not what was last drilled.";
  static override description =
    "A page fails when a later drill exists, when the last drill is too old or did not recover, when a printed command is " +
    "not the one that ran, or when a step's normal time has drifted (twofold, and by 5 seconds or more). Exit code 1 then.";
  static override examples = [
    "<%= config.bin %> runbook check runbooks",
    "<%= config.bin %> runbook check runbooks/drop-table.md --max-age 30d --results drill-results",
  ];
  static override strict = false;
  static override enableJsonFlag = true;
  static override args = { page: Args.string({ description: "Pages, or folders of pages. Default: runbooks." }) };
  static override flags = {
    results: resultsFlag,
    "max-age": durationFlag({ description: "The last drill may be so old.", default: "90d" }),
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
      this.log("next: fogbell run the scenario again, then fogbell runbook build");
    }
    return checked;
  }
}
