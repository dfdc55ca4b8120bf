import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { commandMeant } from "../cli/lookup.ts";
import { ownWidth } from "../cli/own-width.ts";
import { UsageError } from "../errors.ts";

export default class Backups extends FogbellCommand {
  static override summary =
    "List every backup of your databases: age, size, gaps, last verified, and what you'd lose today.";
  static override description =
    "Uses fogbell.yaml, or --store alone. Reads names and the first and last bytes of each object; downloads nothing.";
  static override examples = [
    "<%= config.bin %> backups",
    "<%= config.bin %> backups Shop --json",
    "<%= config.bin %> backups --store /var/backups",
  ];
  static override enableJsonFlag = true;
  static override strict = false;
  static override args = {
    database: Args.string({ description: "Databases in fogbell.yaml. Default: all that have sources." }),
  };
  static override flags = {
    store: Flags.string({ description: "Use this store instead of fogbell.yaml.", helpValue: "URL" }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    results: Flags.string({ description: "Folder with the results of earlier verifies.", default: "drill-results" }),
  };

  async run(): Promise<unknown> {
    const { flags, argv } = await this.parse(Backups);
    const names = argv as string[];
    const { catalog } = await import("../catalog.ts");
    const { loadConfigFile, overviews, overviewText } = await import("../verify/verify-all.ts");
    const { onInterrupt } = await import("../run/signals.ts");
    const config = flags.store === undefined || flags.config !== undefined ? await loadConfigFile(flags.config) : null;
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const all = await overviews({
      catalog,
      config,
      storeUrl: flags.store ?? null,
      names,
      signal: interruption.signal,
      outFolder: flags.results,
    }).catch((error: unknown) => {
      throw notDatabase(error, names);
    });
    for (const one of all) this.log(`${overviewText(one, ownWidth())}\n`);
    return all;
  }
}

/** A name of no database may be a mistyped command; where there is such a database, nobody is asked. */
function notDatabase(error: unknown, [name]: readonly string[]): unknown {
  const meant = name === undefined ? null : commandMeant("backups", name, ["list", "fetch", "check"]);
  if (!(error instanceof UsageError) || meant === null) return error;
  return new UsageError(`${error.message}; or is the command "${meant}" meant?`, {
    code: error.code,
    next: [`fogbell ${meant} --help`, ...error.next],
    cause: error,
  });
}
