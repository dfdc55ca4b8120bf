import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Attach extends FogbellCommand {
  static override summary = "Follow a run that was started with --detach, from any terminal.";
  static override description =
    "Shows what it did so far and what it does now, then its verdict, and ends with the run's own exit code. Ctrl-C leaves " +
    "the run alone and ends with 130. Of a run that is over it tells the result.";
  static override examples = [
    "<%= config.bin %> attach",
    "<%= config.bin %> attach 20261121-031500-3f9c1b",
    "<%= config.bin %> attach --stop",
  ];
  static override enableJsonFlag = true;
  static override args = {
    run: Args.string({ description: "The run, as --detach named it, or one of its run folders. Default: the newest." }),
  };
  static override flags = {
    results: Flags.string({ description: "Folder of results that the run was given.", default: "drill-results" }),
    stop: Flags.boolean({
      description: "End the run as Ctrl-C in its own terminal would: it cleans up, and is followed.",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Attach);
    const { catalog } = await import("../catalog.ts");
    const { findDetached } = await import("../suite/attach.ts");
    const { attachWithTerminal } = await import("../suite/attach-terminal.ts");
    const found = await findDetached(args.run, flags.results);
    const { exitCode, results } = await attachWithTerminal(found, {
      reporters: catalog.reporters,
      json: this.jsonEnabled(),
      stop: flags.stop,
    });
    process.exitCode = exitCode;
    return results.length === 1 ? results[0] : results;
  }
}
