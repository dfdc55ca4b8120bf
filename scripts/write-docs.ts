/** Writes what is made from code: the scenario format's page and schema. `test/scenario/format-docs.test.ts` keeps them true. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalog } from "../src/catalog.ts";
import { configJsonSchema } from "../src/config/config.ts";
import { formatPage, jsonSchema } from "../src/scenario/format-docs.ts";
import { listScenarios } from "../src/scenario/library.ts";
import { loadScenario } from "../src/scenario/load.ts";
import { libraryPage, type SampleResult } from "../src/suite/library-page.ts";

const docs = fileURLToPath(new URL("../docs", import.meta.url));
writeFileSync(`${docs}/scenario.v1.schema.json`, `${JSON.stringify(jsonSchema(catalog), null, 2)}\n`);
const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
// Written by scripts/write-library-samples.ts.
const samples = JSON.parse(readFileSync(`${docs}/../reports/samples/library.json`, "utf8")) as SampleResult[];
writeFileSync(`${docs}/scenarios.md`, libraryPage(shipped, samples));
writeFileSync(`${docs}/fogbell.v1.schema.json`, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
writeFileSync(`${docs}/scenario-format.md`, formatPage(catalog));
