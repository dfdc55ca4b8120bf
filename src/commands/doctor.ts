import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Doctor extends FogbellCommand {
  static override summary = "Tell what is missing on this machine, and the command that mends it.";
  static override description = "Exit code 0 when at least one sandbox can be used, else 4.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --store 's3://bucket/prefix?region=eu-central-1'",
  ];
  static override flags = { store: Flags.string({ description: "Also try to list this store.", helpValue: "URL" }) };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { catalog } = await import("../catalog.ts");
    const { examine } = await import("../suite/doctor.ts");
    const checks = await examine(catalog, flags.store ?? null);
    for (const { name, ok, because, next } of checks) {
      this.log(`${ok ? "ok     " : "missing"}  ${name}: ${because}`);
      for (const line of ok ? [] : next) this.log(`         ${line}`);
    }
    const usable = checks.some(({ of, ok }) => ok && of === "sandbox");
    const reachable = checks.every(({ of, ok }) => ok || of !== "store");
    if (!usable || !reachable) process.exitCode = 4;
    return checks;
  }
}
