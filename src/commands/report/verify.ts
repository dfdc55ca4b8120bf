import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ReportVerify extends FogbellCommand {
  static override summary = "Check that the record of a run is complete and unchanged since it was signed.";
  static override description =
    "Follows the journal's hash chain to the end, derives the result again and compares, and checks the signature if " +
    "a key is given. Exit code 1 if anything is wrong.";
  static override examples = [
    "<%= config.bin %> report verify drill-results/20261120-220145-3f9c",
    "<%= config.bin %> report verify drill-results/20261120-220145-3f9c --key drills.pub.pem",
  ];
  static override strict = false;
  static override args = { run: Args.string({ description: "Run folders.", required: true }) };
  static override flags = {
    key: Flags.string({
      description: "File with the public key you trust. The run must then be signed with it.",
      helpValue: "FILE",
    }),
  };

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(ReportVerify);
    const { verifyRun } = await import("../../suite/seal.ts");
    const verified = [];
    for (const folder of argv as string[]) verified.push(await verifyRun(folder, flags.key ?? null));
    for (const { runId, sealed, faults } of verified) {
      const seal = sealed === null ? "signature not checked" : "signed with this key";
      this.log(faults.length === 0 ? `${runId}: whole; ${seal}` : `${runId}: NOT whole: ${faults.join("; ")}`);
    }
    if (verified.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
    return verified;
  }
}
