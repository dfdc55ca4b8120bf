import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Gc extends FogbellCommand {
  static override summary =
    "Clean up after killed runs: containers, volumes, folders, processes, and backups in a store.";
  static override description = "Goes by label and expiry date, never by name. Runs still in progress are left alone.";
  static override examples = [
    "<%= config.bin %> gc",
    "<%= config.bin %> gc --dry-run",
    "<%= config.bin %> gc --store 's3://drills/fogbell?region=eu-central-1'",
  ];
  static override flags = {
    store: Flags.string({
      description: "Also remove the backups that dead runs left in this store.",
      helpValue: "URL",
    }),
    worlds: Flags.boolean({ description: "Also remove worlds kept for reuse by the next run." }),
    "dry-run": Flags.boolean({ description: "List the runs that left something behind; remove nothing." }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Gc);
    const { catalog } = await import("../catalog.ts");
    const { collectGarbage, findGarbage } = await import("../suite/gc.ts");
    const request = { catalog, storeUrl: flags.store ?? null };
    if (flags["dry-run"]) {
      const runs = await findGarbage(request);
      const lines = runs.map(
        ({ runId, pid, host }) => `would remove what run ${runId} left (process ${pid} on ${host})`,
      );
      this.log(lines.length === 0 ? "Nothing to clean up." : lines.join("\n"));
      return { wouldRemove: runs };
    }
    const removed = await collectGarbage(request);
    if (flags.worlds) {
      const { dropWorlds } = await import("../suite/worlds.ts");
      removed.push(...(await dropWorlds()));
    }
    this.log(removed.length === 0 ? "Nothing to clean up." : removed.map((what) => `removed ${what}`).join("\n"));
    return { removed };
  }
}
