import { Args, Flags } from "@oclif/core";
import { FogbellCommand } from "../../cli/command.ts";

export default class ScenarioNew extends FogbellCommand {
  static override summary = "Write a new scenario that lints and runs, to be changed into your own.";
  static override examples = [
    "<%= config.bin %> scenario new lost-invoices",
    "<%= config.bin %> scenario new lost-invoices --sql schema.sql --sql data.sql --table invoices",
  ];
  static override args = {
    id: Args.string({ description: "What it is called: lower-case words joined by hyphens.", required: true }),
  };
  static override flags = {
    title: Flags.string({ description: "One line for lists and headings." }),
    preset: Flags.string({ description: "A built-in dataset. Default: shop.", exclusive: ["sql"] }),
    sql: Flags.string({ description: "Your own SQL files, in the order of loading.", multiple: true }),
    table: Flags.string({ description: "The table to lose.", default: "orders" }),
    out: Flags.string({ description: "Folder to write into.", default: "." }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ScenarioNew);
    const { newScenario } = await import("../../scenario/template.ts");
    const { catalog } = await import("../../catalog.ts");
    const { title, preset, sql, table, out } = flags;
    const file = await newScenario({ id: args.id, title, preset, sql, table, folder: out }, catalog);
    this.log(`Wrote ${file}\nNext: fogbell scenario lint ${file}; fogbell run ${file}`);
    return { file };
  }
}
