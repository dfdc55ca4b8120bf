import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Schema extends FogbellCommand {
  static override summary =
    "Print the JSON Schema (draft-07) of scenarios or of fogbell.yaml, or the scenario format's documentation.";
  static override examples = [
    "<%= config.bin %> schema > scenario.v1.schema.json",
    "<%= config.bin %> schema --docs",
    "<%= config.bin %> schema --config > fogbell.v1.schema.json",
  ];
  static override flags = {
    docs: Flags.boolean({ description: "Print the documentation page instead.", exclusive: ["config"] }),
    config: Flags.boolean({ description: "Print the JSON Schema of fogbell.yaml instead." }),
  };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Schema);
    if (flags.config) {
      const { configJsonSchema } = await import("../config/config.ts");
      const schema = configJsonSchema();
      this.log(JSON.stringify(schema, null, 2));
      return schema;
    }
    const { catalog } = await import("../catalog.ts");
    const { formatPage, jsonSchema } = await import("../scenario/format-docs.ts");
    const schema = jsonSchema(catalog);
    this.log(flags.docs ? formatPage(catalog) : JSON.stringify(schema, null, 2));
    return schema;
  }
}
