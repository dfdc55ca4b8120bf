import { realpathSync } from "node:fs";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { queueFlags } from "../cli/queue-flags.ts";
import { sandboxFlag } from "../cli/shared-flags.ts";
import { optionalSizeFlag } from "../cli/size-flag.ts";

export default class Worker extends FogbellCommand {
  static override summary = "Work for a fleet: take jobs from its queue, verify, and send the results back.";
  static override description =
    "Needs the same fogbell.yaml as the machine that sends, and the credentials of its stores. Only connects out. Ctrl-C ends " +
    "it: running jobs go to other workers at once.";
  static override examples = [
    "<%= config.bin %> worker",
    "<%= config.bin %> worker --slots 2 --disk 400GB --label eu",
    "<%= config.bin %> worker --once",
  ];
  static override flags = {
    name: Flags.string({ description: "Name of this worker. Default: this machine's." }),
    slots: Flags.integer({ description: "Jobs at a time.", min: 1, max: 64, default: 1 }),
    disk: optionalSizeFlag("Disk that jobs may use together. Default: nine tenths of what is free."),
    label: Flags.string({
      description: "Label for databases with runs-on. Can be repeated.",
      multiple: true,
      multipleNonGreedy: true,
    }),
    once: Flags.boolean({ description: "End when there is nothing to do." }),
    sandbox: sandboxFlag,
    "trust-backups": Flags.boolean({
      description: "Allow backups to be opened in a sandbox that isn't isolated from this machine.",
    }),
    state: Flags.string({
      description: "Folder for running jobs and results on their way. Default: .fogbell-worker-NAME.",
    }),
    config: Flags.string({ description: "Configuration file. Default: fogbell.yaml." }),
    ...queueFlags,
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Worker);
    const { catalog } = await import("../catalog.ts");
    const { configOf } = await import("../fleet/inventory.ts");
    const { assertMachine, diskGiven } = await import("../fleet/machine.ts");
    const { runWorker } = await import("../fleet/run-worker.ts");
    const { collectGarbage } = await import("../suite/gc.ts");
    const { onInterrupt } = await import("../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const config = await configOf(flags.config);
    const name = flags.name ?? hostname();
    const state = resolve(flags.state ?? `.fogbell-worker-${name.replaceAll(/[^A-Za-z0-9.-]+/g, "-")}`);
    const diskBytes = await diskGiven(flags.disk);
    await assertMachine({ catalog, config, sandbox: flags.sandbox, signal: interruption.signal });
    await runWorker({
      url: flags.queue,
      fleet: flags.fleet,
      name,
      slots: flags.slots,
      diskBytes,
      labels: flags.label ?? [],
      catalog,
      config: () => configOf(flags.config),
      configFile: resolve(config.file),
      state,
      program: [process.execPath, realpathSync(join(this.config.root, "bin", "run.js"))],
      words: ["--sandbox", flags.sandbox, ...(flags["trust-backups"] ? ["--trust-backups"] : [])],
      version: this.config.version,
      once: flags.once,
      signal: interruption.signal,
      say: (text) => this.logToStderr(text),
      sweep: () => collectGarbage({ catalog, storeUrl: null }),
    });
    return { name };
  }
}
