import { Args, Flags } from "@oclif/core";
import { asker } from "../../cli/ask.ts";
import { FogbellCommand } from "../../cli/command.ts";
import { UsageError } from "../../errors.ts";
import type { Catalog } from "../../parts.ts";
import type { NewScenario } from "../../scenario/template.ts";

export default class ScenarioNew extends FogbellCommand {
  static override summary = "Write a new scenario that lints and runs, to be changed into your own.";
  static override description =
    "By flags, or, without an id and on a terminal, by a few questions. docs/tutorial.md goes through it with a schema of your own.";
  static override examples = [
    "<%= config.bin %> scenario new",
    "<%= config.bin %> scenario new lost-invoices",
    "<%= config.bin %> scenario new lost-invoices --sql schema.sql --sql data.sql --table invoices --check 'SELECT count(*) FROM invoices WHERE paid'",
    "<%= config.bin %> scenario new lost-invoices --sql schema.sql --table invoices --app billing:latest --port 8080 --path /health",
  ];
  static override args = {
    id: Args.string({ description: "What it is called: lower-case words joined by hyphens. Left out to be asked." }),
  };
  static override flags = {
    title: Flags.string({ description: "One line for lists and headings." }),
    preset: Flags.string({ description: "A built-in dataset. Default: shop.", exclusive: ["sql"] }),
    sql: Flags.string({ description: "Your own SQL files, in the order of loading.", multiple: true }),
    table: Flags.string({ description: "The table to lose. Default: orders." }),
    engine: Flags.string({
      description: "What it runs on, with the version; may be told several times. Default: the first there is.",
      multiple: true,
      helpValue: "ENGINE@VERSION",
    }),
    check: Flags.string({ description: "A query of yours whose number must be above zero, before and after." }),
    app: Flags.string({ description: "An image of your application, to be asked over HTTP.", dependsOn: ["port"] }),
    port: Flags.integer({ description: "Where the application listens.", dependsOn: ["app"] }),
    path: Flags.string({ description: "What it is asked for. Default: /.", dependsOn: ["app"] }),
    out: Flags.string({ description: "Folder to write into.", default: "." }),
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
    throw new UsageError("a name is needed: nobody is at a terminal to be asked", {
      code: "FB_USAGE",
      next: ["fogbell scenario new lost-invoices", "fogbell scenario new --help"],
    });
  }
  using ask = asker();
  const id = await ask.line("What is it called, in lower-case words joined by hyphens?", "lost-orders");
  const known = catalog.engines.flatMap(({ name, versions }) => versions.map((version) => `${name}@${version}`));
  const engine = await ask.line(`Which engine? ${known.join(", ")}`, known[0] ?? "");
  const sql = (
    await ask.line("SQL files with your schema and rows, with spaces between; empty for the built-in shop:", "")
  )
    .split(/\s+/)
    .filter((file) => file !== "");
  const table = await ask.line("Which table is lost?", "orders");
  const check = await ask.line("A query whose number must be above zero before and after; empty for none:", "");
  return {
    id,
    table,
    engines: [engine],
    folder,
    ...(sql.length === 0 ? {} : { sql }),
    ...(check === "" ? {} : { check }),
  };
}
