import { Args } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class BackupsCheck extends FogbellCommand {
  static override summary = "Check a dump file: is it complete, and does it stay inside its database?";
  static override description =
    "Decompresses and parses the dump without running any of it. Exit codes: 0 complete, 1 cut off or " +
    "not SQL, 4 can't tell here, 5 would act outside the database it's restored into.";
  static override examples = [
    "<%= config.bin %> backups check /tmp/restore/shop-20261120T130000Z.sql.gz",
    "<%= config.bin %> backups check dump.sql --json",
  ];
  static override args = { file: Args.string({ description: "The dump file.", required: true }) };

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
