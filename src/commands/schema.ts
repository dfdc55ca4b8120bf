import { Flags } from "@oclif/core";
import { FogbellCommand } from "../cli/command.ts";

export default class Schema extends FogbellCommand {
  static override summary = "Print the JSON Schema (draft-07) of the scenario format, or its documentation.";
  static override examples = ["<%= config.bin %> schema > scenario.v1.schema.json", "<%= config.bin %> schema --docs"];
  static override flags = { docs: Flags.boolean({ description: "Print the documentation page instead." }) };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Schema);
    const { catalog } = await import("../catalog.ts");
    const { formatPage, jsonSchema } = await import("../scenario/format-docs.ts");
    const schema = jsonSchema(catalog);
    this.log(flags.docs ? formatPage(catalog) : JSON.stringify(schema, null, 2));
    return schema;
  }
}
