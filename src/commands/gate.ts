import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { durationFlag, optionalDurationFlag } from "../cli/duration-flag.ts";
import { reportFlags } from "../cli/report-flags.ts";

export default class Gate extends FogbellCommand {
  static override summary = "Fail unless every database has a recent good verify.";
  static override description =
    "Reads fogbell.yaml and the results folders; opens no store. For each database, the newest verify of its newest backup " +
    "must be good, recent enough, of today's configuration, and unaltered. Databases that were never verified fail. A verify " +
    "that couldn't tell counts for nothing: the one before it decides. Exit codes: 0 all pass, 1 some fail.";
  static override examples = [
    "<%= config.bin %> gate --max-age 2d",
    "<%= config.bin %> gate Shop Billing --results results-1 --results results-2",
    "<%= config.bin %> gate --max-age 2d --drill-max-age 35d",
    "<%= config.bin %> gate --key fogbell.pub.pem --reporter junit=out/gate.xml",
  ];
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Databases in fogbell.yaml. Default: all of them." }),
  };
  static override flags = {
    "max-age": durationFlag({ description: "Maximum age of the last good verify.", default: "50h" }),
    "drill-max-age": optionalDurationFlag("Also require a good drill on each database (run … --on), at most this old."),
    key: Flags.string({ description: "Only count runs signed with this key (PEM, public)." }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    results: Flags.string({
      description: "Results folder. Can be repeated. Default: drill-results.",
      multiple: true,
      multipleNonGreedy: true,
    }),
    reporter: Flags.string({
      description: "Report format and file: junit, github or metrics. Can be repeated.",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "NAME[=FILE]",
      helpGroup: reportFlags.reporter.helpGroup ?? "",
    }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Gate);
    const { catalog } = await import("../catalog.ts");
    const { mustLoadConfig } = await import("../config/config.ts");
    const { gate } = await import("../suite/gate.ts");
    const { gateText } = await import("../paper/gate.ts");
    const { assertGateReporters, reportGate } = await import("../suite/report-gate.ts");
    const { ownSurroundings } = await import("../suite/with-terminal.ts");
    const config = await mustLoadConfig(flags.config, {
      says: "which databases must be proven",
      typed: "fogbell gate ",
    });
    const named = flags.reporter ?? [];
    assertGateReporters({ reporters: catalog.reporters, named });
    const results = flags.results ?? ["drill-results"];
    const report = await gate({
      config,
      names: argv as string[],
      results,
      maxAgeMs: flags["max-age"],
      drillMaxAgeMs: flags["drill-max-age"] ?? null,
      keyFile: flags.key ?? null,
      nowMs: Date.now(),
    });
    this.log(gateText(report));
    await reportGate(report, {
      reporters: catalog.reporters,
      named,
      outFolder: results[0] ?? "drill-results",
      json: this.jsonEnabled(),
      surroundings: ownSurroundings(),
    });
    process.exitCode = report.passes ? 0 : 1;
    return report;
  }
}
