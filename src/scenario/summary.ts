/** What a list shows of scenarios: known beforehand of those that ship, so that a list starts fast, and read of others. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder } from "../host/package-folder.ts";
import type { Head } from "./head.ts";

export interface ScenarioSummary extends Head {
  readonly file: string;
}

/**
 * Written when the package is built: what was read of the files that ship with it, by the hash of their text. Loading
 * YAML's parser takes longer than all the rest of a list; a file that was edited since has another hash, and is read anew.
 */
const PREPARED = join("dist", "summaries.json");

let prepared: Promise<Readonly<Record<string, Head>>> | undefined;

const readPrepared = () =>
  readFile(join(packageFolder(), PREPARED), "utf8").then(
    (text) => JSON.parse(text),
    () => ({}),
  );

const read = async (yaml: string, file: string) => (await import("./head.ts")).readHead(yaml, file);

const hashOf = (yaml: string) => createHash("sha256").update(yaml).digest("hex");

/** The content of `dist/summaries.json` for these files. */
export async function prepareSummaries(files: readonly string[]): Promise<string> {
  const all = files.map(async (file) => {
    const yaml = await readFile(file, "utf8");
    return [hashOf(yaml), await read(yaml, file)] as const;
  });
  return JSON.stringify(Object.fromEntries(await Promise.all(all)));
}

/** Reads the head of a scenario file. Fields that are not there, or no good, are empty; `lint` says what is wrong. */
export async function summarise(file: string): Promise<ScenarioSummary> {
  const yaml = await readFile(file, "utf8");
  prepared ??= readPrepared();
  const known = (await prepared)[hashOf(yaml)];
  return { ...(known ?? (await read(yaml, file))), file };
}
