import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Gc extends FogbellCommand {
  static override summary =
    "Remove what killed runs left behind: containers, volumes, folders, processes, and backups in a store.";
  static override description =
    "Goes by label and expiry, never by name, and leaves runs alone that are still going on.";
  static override examples = [
    "<%= config.bin %> gc",
    "<%= config.bin %> gc --dry-run",
    "<%= config.bin %> gc --store 's3://drills/fogbell?region=eu-central-1'",
  ];
  static override flags = {
    store: Flags.string({ description: "Also sweep the backups of dead runs in this store.", helpValue: "URL" }),
    worlds: Flags.boolean({ description: "Also remove the worlds that are kept for the next run." }),
    "dry-run": Flags.boolean({ description: "Only say which runs left something behind; remove nothing." }),
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
      this.log(lines.length === 0 ? "Nothing of a run that is over was found." : lines.join("\n"));
      return { wouldRemove: runs };
    }
    const removed = await collectGarbage(request);
    if (flags.worlds) {
      const { dropWorlds } = await import("../suite/worlds.ts");
      removed.push(...(await dropWorlds()));
    }
    this.log(
      removed.length === 0
        ? "Nothing of a run that is over was found."
        : removed.map((what) => `removed ${what}`).join("\n"),
    );
    return { removed };
  }
}
