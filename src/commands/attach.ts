import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Attach extends FogbellCommand {
  static override summary = "Follow a run that was started with --detach, from any terminal.";
  static override description =
    "Shows what has happened so far, follows the run to its verdict, and exits with the run's own exit code. Ctrl-C stops " +
    "following and exits with 130; the run goes on. If the run is over, its result is shown.";
  static override examples = [
    "<%= config.bin %> attach",
    "<%= config.bin %> attach 20261121-031500-3f9c1b",
    "<%= config.bin %> attach --stop",
  ];
  static override enableJsonFlag = true;
  static override args = {
    run: Args.string({ description: "Id that --detach printed, or one of the run folders. Default: the newest run." }),
  };
  static override flags = {
    results: Flags.string({ description: "The results folder the run writes to.", default: "drill-results" }),
    stop: Flags.boolean({
      description: "Stop the run as Ctrl-C in its own terminal would, and follow it while it cleans up.",
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
