import { Args, Flags } from "@oclif/core";
import { asker } from "../../cli/ask.ts";
import { FogbellCommand } from "../../cli/command.ts";
import { UsageError } from "../../errors.ts";
import type { Catalog } from "../../parts.ts";
import type { NewScenario } from "../../scenario/template.ts";

export default class ScenarioNew extends FogbellCommand {
  static override summary = "Write a new scenario that runs as it is, for you to adapt.";
  static override description =
    "Takes flags, or asks a few questions if no id is given on a terminal. docs/tutorial.md walks through it with your own schema.";
  static override examples = [
    "<%= config.bin %> scenario new",
    "<%= config.bin %> scenario new lost-invoices",
    "<%= config.bin %> scenario new lost-invoices --sql schema.sql --sql data.sql --table invoices --check 'SELECT count(*) FROM invoices WHERE paid'",
    "<%= config.bin %> scenario new lost-invoices --sql schema.sql --table invoices --app billing:latest --port 8080 --path /health",
  ];
  static override args = {
    id: Args.string({ description: "Name: lowercase words joined by hyphens. Default: ask." }),
  };
  static override flags = {
    title: Flags.string({ description: "One line for lists and headings." }),
    preset: Flags.string({ description: "A built-in dataset. Default: shop.", exclusive: ["sql"] }),
    sql: Flags.string({ description: "Your own SQL files, in loading order.", multiple: true }),
    table: Flags.string({ description: "Table to lose. Default: orders." }),
    engine: Flags.string({
      description: "Engine and version to run on. Can be repeated. Default: the first available.",
      multiple: true,
      helpValue: "ENGINE@VERSION",
    }),
    check: Flags.string({ description: "Your own query whose result must be above zero, before and after." }),
    app: Flags.string({ description: "Image of your application, queried over HTTP.", dependsOn: ["port"] }),
    port: Flags.integer({ description: "Port the application listens on.", dependsOn: ["app"] }),
    path: Flags.string({ description: "Path to request. Default: /.", dependsOn: ["app"] }),
    out: Flags.string({ description: "Folder to write to.", default: "." }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ScenarioNew);
    const { newScenario } = await import("../../scenario/template.ts");
    const { catalog } = await import("../../catalog.ts");
    const { title, preset, sql, table = "orders", engine, check, app, port, path = "/", out } = flags;
    const application = app === undefined || port === undefined ? undefined : { image: app, port, path };
    const wanted: NewScenario =
      args.id === undefined
        ? await askForIt(out, catalog)
        : { id: args.id, title, preset, sql, table, engines: engine, check, application, folder: out };
    const file = await newScenario(wanted, catalog);
    this.log(`Wrote ${file}\nNext: fogbell scenario lint ${file}; fogbell run ${file}`);
    return { file };
  }
}

/** Throws UsageError where there is nobody to answer. */
async function askForIt(folder: string, catalog: Catalog): Promise<NewScenario> {
  if (!process.stdin.isTTY) {
    throw new UsageError("a name is required when there is no terminal to ask on", {
      code: "FB_USAGE",
      next: ["fogbell scenario new lost-invoices", "fogbell scenario new --help"],
    });
  }
  using ask = asker();
  const id = await ask.line("Name of the scenario (lowercase words joined by hyphens)?", "lost-orders");
  const known = catalog.engines.flatMap(({ name, versions }) => versions.map((version) => `${name}@${version}`));
  const engine = await ask.line(`Which engine? ${known.join(", ")}`, known[0] ?? "");
  const sql = (
    await ask.line("SQL files with your schema and rows, separated by spaces (Enter for the built-in shop):", "")
  )
    .split(/\s+/)
    .filter((file) => file !== "");
  const table = await ask.line("Which table is lost?", "orders");
  const check = await ask.line("A query whose result must be above zero before and after (Enter for none):", "");
  return {
    id,
    table,
    engines: [engine],
    folder,
    ...(sql.length === 0 ? {} : { sql }),
    ...(check === "" ? {} : { check }),
  };
}
