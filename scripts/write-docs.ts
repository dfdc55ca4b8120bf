/** Writes what is made from code: the scenario format's page and schema. `test/scenario/format-docs.test.ts` keeps them true. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalog } from "../src/catalog.ts";
import { configJsonSchema } from "../src/config/config.ts";
import { formatPage, jsonSchema } from "../src/scenario/format-docs.ts";

const docs = fileURLToPath(new URL("../docs", import.meta.url));
writeFileSync(`${docs}/scenario.v1.schema.json`, `${JSON.stringify(jsonSchema(catalog), null, 2)}\n`);
writeFileSync(`${docs}/fogbell.v1.schema.json`, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
writeFileSync(`${docs}/scenario-format.md`, formatPage(catalog));
