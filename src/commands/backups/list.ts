import { Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";
import { ownWidth } from "../../cli/own-width.ts";

export default class BackupsList extends FogbellCommand {
  static override summary = "List the backups in a store, newest first, recognised by content.";
  static override examples = [
    "<%= config.bin %> backups list --store /var/backups",
    "<%= config.bin %> backups list --store 's3://bucket/prefix?region=eu-central-1' --json",
  ];
  static override flags = {
    store: Flags.string({ description: "The store. It's only read.", required: true, helpValue: "URL" }),
    prefix: Flags.string({ description: "Only keys with this prefix.", default: "" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BackupsList);
    const { catalog } = await import("../../catalog.ts");
    const { openStock, stockText } = await import("../../verify/stock.ts");
    await using stock = await openStock(catalog, flags.store, flags.prefix);
    this.log(stockText(stock.inventory, Date.now(), ownWidth()));
    return stock.inventory;
  }
}
