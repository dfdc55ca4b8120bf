import { writeFile } from "node:fs/promises";
import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";
import { optionalDurationFlag } from "../cli/duration-flag.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../host/sh.ts";

export default class Init extends FogbellCommand {
  static override summary = "Inspect the places that hold your backups, and write a first fogbell.yaml.";
  static override description =
    "Recognises databases and backup jobs by name and content, and proposes sources, schedules and objectives. Never overwrites a file.";
  static override examples = [
    "<%= config.bin %> init --store /var/backups",
    "<%= config.bin %> init --store 's3://backups/shop?endpoint=https://s3.example.org' --rto 30m",
  ];
  static override enableJsonFlag = true;
  static override flags = {
    store: Flags.string({
      description: "Where your backups are. Can be repeated. Default: ask, on a terminal.",
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "URL",
    }),
    out: Flags.string({ description: "The file to write; - prints it.", default: "fogbell.yaml" }),
    engine: Flags.string({ description: "Engine of encrypted backups, whose content can't show it." }),
    rto: optionalDurationFlag("How long a recovery may take. Default: ask on a terminal, otherwise 4h."),
    rpo: optionalDurationFlag("How old the data may be. Default: the interval found between backups, plus an hour."),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Init);
    const stores = flags.store ?? (await this.#ask("Where are your backups? (/path or s3://bucket/prefix) "));
    if (stores.length === 0) {
      throw new UsageError("it's not known where your backups are", {
        code: "FB_NO_SOURCES",
        next: ["fogbell init --store /path/to/backups", "fogbell init --store 's3://bucket/prefix?endpoint=…'"],
      });
    }
    const { tame } = await import("../host/tame.ts");
    const { catalog } = await import("../catalog.ts");
    const { propose } = await import("../verify/init.ts");
    const { onInterrupt } = await import("../run/signals.ts");
    using interruption = onInterrupt((text) => this.logToStderr(text));
    const { signal } = interruption;
    const told = { rtoMs: flags.rto ?? null, rpoMs: flags.rpo ?? null, engine: flags.engine ?? null };
    const made = await propose({ catalog, stores, signal, ...told });
    if (flags.out === "-") this.log(made.text.trimEnd());
    else await this.#write(flags.out, made.text);
    for (const note of made.notes) this.logToStderr(`Note: ${tame(note)}`);
    if (flags.out !== "-") {
      for (const { name, engine, points } of made.databases)
        this.log(`  ${name}: ${engine}, ${points} recovery ${points === 1 ? "point" : "points"}`);
      this.log(`Wrote ${flags.out}. Next: fogbell verify`);
      const drilled = made.databases.find(({ points }) => points > 1);
      if (drilled !== undefined)
        this.log(`To drill a disaster on your own data: fogbell run drop-table --on ${quote(drilled.name)}`);
    }
    return { file: flags.out, ...made };
  }

  async #ask(question: string): Promise<string[]> {
    if (!process.stdin.isTTY || this.jsonEnabled()) return [];
    const { createInterface } = await import("node:readline/promises");
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = (await reader.question(question)).trim();
      return answer === "" ? [] : [answer];
    } finally {
      reader.close();
    }
  }

  async #write(file: string, text: string): Promise<void> {
    await writeFile(file, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      throw new UsageError(`${file} is already there`, {
        code: "FB_EXISTS",
        next: ["fogbell init --store URL --out -", "fogbell verify"],
      });
    });
  }
}
