import { Args, Flags } from "@oclif/core";
import { bandwidthFlag } from "../../cli/bandwidth-flag.ts";
import { FogbellCommand } from "../../cli/command.ts";
import { tame } from "../../host/tame.ts";

export default class BackupsFetch extends FogbellCommand {
  static override summary = "Download one backup from a store: in parallel, resumable, with its hash.";
  static override examples = [
    "<%= config.bin %> backups fetch nightly/shop-20261120T130000Z.dump --store directory:/var/backups --to /tmp/restore",
  ];
  static override args = {
    point: Args.string({ description: "The backup's id, from fogbell backups.", required: true }),
  };
  static override flags = {
    store: Flags.string({ description: "The store. It's only read.", required: true, helpValue: "URL" }),
    bandwidth: bandwidthFlag("Limit the download speed, to leave room for others."),
    to: Flags.string({ description: "Folder to download to.", required: true }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(BackupsFetch);
    const { catalog } = await import("../../catalog.ts");
    const { fetchPoint, openStock } = await import("../../verify/stock.ts");
    await using stock = await openStock(catalog, flags.store, "");
    const fetched = await fetchPoint(stock, {
      id: args.point,
      folder: flags.to,
      bandwidth: flags.bandwidth,
      onText: (text) => process.stderr.write(`${text}\n`),
    });
    for (const { path, sizeBytes, sha256 } of fetched.files) this.log(`${tame(path)}  ${sizeBytes} bytes  ${sha256}`);
    return fetched;
  }
}
