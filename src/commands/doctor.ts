import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { ownWidth } from "../cli/own-width.ts";
import { wrap } from "../host/columns.ts";

export default class Doctor extends FogbellCommand {
  static override summary = "Check what this machine is missing, and print the command that fixes it.";
  static override description = "Exit code: 0 if at least one sandbox works here, otherwise 4.";
  static override examples = [
    "<%= config.bin %> doctor",
    "<%= config.bin %> doctor --store 's3://bucket/prefix?region=eu-central-1'",
  ];
  static override flags = {
    store: Flags.string({ description: "Also check that this store can be listed.", helpValue: "URL" }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Doctor);
    const { catalog } = await import("../catalog.ts");
    const { examine } = await import("../suite/doctor.ts");
    const checks = await examine(catalog, flags.store ?? null);
    for (const { name, ok, because, next } of checks) {
      this.log(wrap(`${ok ? "ok     " : "missing"}  ${name}: ${because}`, ownWidth(), 9));
      for (const line of ok ? [] : next) this.log(`         ${line}`);
    }
    const usable = checks.some(({ of, ok }) => ok && of === "sandbox");
    const reachable = checks.every(({ of, ok }) => ok || of !== "store");
    if (!usable || !reachable) process.exitCode = 4;
    return checks;
  }
}
