import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class BackupsCheck extends FogbellCommand {
  static override summary = "Read a fetched dump to its end: is it whole, and does it stay where it is put?";
  static override description =
    "Reads the dump's own language and runs nothing of it; unpacks what it is packed with. Exit code 0: whole. 1: cut off, or " +
    "no SQL. 4: it cannot be told here. 5: it would act outside the database that it is restored into.";
  static override examples = [
    "<%= config.bin %> backups check /tmp/restore/shop-20261120T130000Z.sql.gz",
    "<%= config.bin %> backups check dump.sql --json",
  ];
  static override args = { file: Args.string({ description: "The dump, as it was fetched.", required: true }) };

  async run(): Promise<unknown> {
    const { args } = await this.parse(BackupsCheck);
    const { catalog } = await import("../../catalog.ts");
    const { checkFile } = await import("../../verify/check-file.ts");
    const checked = await checkFile(catalog, args.file);
    this.log(checked.said);
    process.exitCode = checked.exitCode;
    return checked;
  }
}
