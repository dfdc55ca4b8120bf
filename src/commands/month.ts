import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { audienceOf, reportFlags } from "../cli/report-flags.ts";
import { sandboxFlag } from "../cli/shared-flags.ts";
import type { MonthItem } from "../month/items.ts";

export default class Month extends FogbellCommand {
  static override summary = "Do what is due this month, and write the report for the session.";
  static override description =
    "For every database in fogbell.yaml: verifies the newest backup and a random older one, and drills the scenario that was " +
    "drilled there longest ago. Then asks for last month's open actions, checks the gate, plans the next game day, and writes one " +
    "report (markdown, HTML, PDF) with an invitation. What can't be done is said, and everything else goes on. " +
    "Exit codes: 0 all good, 1 bad or the gate is closed, 2 usage error, 3 late, 4 can't tell or not done, 5 refused.";
  static override examples = [
    "<%= config.bin %> month",
    "<%= config.bin %> month --done 2026-10.2 --done 2026-10.3",
    "<%= config.bin %> month --config prod.yaml --out drills",
  ];
  static override enableJsonFlag = true;
  static override flags = {
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    out: Flags.string({
      description: "Results folder; the month's pages go to months/ in it.",
      default: "drill-results",
    }),
    done: Flags.string({
      description: "An open action that is done, by its number in the last report. Can be repeated.",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "2026-10.2",
    }),
    paper: Flags.string({ description: "Paper size of the PDF.", options: ["a4", "us-letter"], default: "a4" }),
    sandbox: sandboxFlag,
    "trust-backups": Flags.boolean({
      description: "Allow backups to be opened in a sandbox that isn't isolated from this machine.",
    }),
    ...reportFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Month);
    const { catalog } = await import("../catalog.ts");
    const { mustLoadConfig } = await import("../config/config.ts");
    const { withAudience } = await import("../suite/with-terminal.ts");
    const { doItems } = await import("../month/do-items.ts");
    const { makeMonth } = await import("../month/make-month.ts");
    const { monthText } = await import("../month/page.ts");
    const { exitCodeOfMonth } = await import("../month/exit-code.ts");
    const { resultsOf } = await import("../month/items.ts");
    const config = await mustLoadConfig(flags.config, {
      says: "which databases a month is about",
      typed: "fogbell month ",
    });
    const { audience, secrets } = audienceOf(flags, this.jsonEnabled());
    const done = flags.done ?? [];
    const { month, files } = await makeMonth({
      catalog,
      config,
      out: flags.out,
      done,
      paper: flags.paper as "a4" | "us-letter",
      nowMs: Date.now(),
      doItems: async (runs) => {
        let items: readonly MonthItem[] = [];
        await withAudience({ ...audience, reporters: catalog.reporters, outFolder: flags.out }, async (attended) => {
          items = await doItems({
            ...attended,
            catalog,
            config,
            out: flags.out,
            sandbox: flags.sandbox,
            trustBackups: flags["trust-backups"],
            version: this.config.version,
            secrets,
            random: Math.random,
            runs,
          });
          return resultsOf(items).map((result) => ({ result }));
        });
        return items;
      },
    });
    this.log(monthText(month, files));
    process.exitCode = exitCodeOfMonth(month);
    return { ...month, files };
  }
}
