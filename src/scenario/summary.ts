/** What a list shows of a scenario: read straight from the file, so that a list starts fast and survives a broken one. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parse } from "yaml";

export interface ScenarioSummary {
  readonly id: string;
  readonly title: string;
  readonly engines: readonly string[];
  readonly tags: readonly string[];
  readonly file: string;
}

/** Only the top-level keys that a list shows: parsing whole scenarios would cost more than the rest of the start. */
function head(yaml: string): string {
  return yaml
    .split(/^(?=[^\s#-])/m)
    .filter((block) => /^(id|title|engines|tags):/.test(block))
    .join("");
}

/** Reads the head of a scenario file. Fields that are not there are empty; `lint` says what is wrong. */
export async function summarise(file: string): Promise<ScenarioSummary> {
  const value = parse(head(await readFile(file, "utf8"))) as Record<string, unknown> | null;
  const text = (key: string) => (typeof value?.[key] === "string" ? (value[key] as string) : "");
  const engines = Object.entries((value?.engines ?? {}) as Record<string, string[]>);
  return {
    id: text("id") || basename(file, ".drill.yaml"),
    title: text("title"),
    engines: engines.map(([name, versions]) => `${name} ${versions.join(" ")}`),
    tags: Array.isArray(value?.tags) ? value.tags.map(String) : [],
    file,
  };
}
