import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ReportSign extends FogbellCommand {
  static override summary = "Sign a run: write an ed25519 signature of its journal next to it.";
  static override description =
    "Everything else in a run folder is derived from the journal. Keys are PEM files: openssl genpkey -algorithm ed25519.";
  static override examples = ["<%= config.bin %> report sign drill-results/20261120-220145-3f9c --key drills.pem"];
  static override args = { run: Args.string({ description: "A run folder.", required: true }) };
  static override flags = {
    key: Flags.string({ description: "File with the private key.", required: true, helpValue: "FILE" }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReportSign);
    const { seal } = await import("../../suite/seal.ts");
    const file = await seal(args.run, flags.key);
    this.log(`wrote ${file}`);
    return { file };
  }
}
