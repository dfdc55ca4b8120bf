/** What loading finds wrong with a text, for tests that change one thing in the shipped scenario and look. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { catalog } from "../../src/catalog.ts";
import { type Issue, ScenarioError } from "../../src/errors.ts";
import { loadScenario } from "../../src/scenario/load.ts";

/** As it ships, wrong move and all. */
export const whole = await readFile("scenarios/drop-table.drill.yaml", "utf8");

/** Without the wrong move: what is changed in the story is then said once. */
export const good = whole.replace(/# Run with --wrong-move\.\n[\s\S]*?(?=^verify:)/m, "");

/** The line of the shipped scenario that holds these words. */
export const lineOf = (words: string) => good.split("\n").findIndex((line) => line.includes(words)) + 1;

/** The shipped scenario with one thing changed; the change must be one. */
export function changed(right: string | RegExp, wrong: string): string {
  const text = good.replace(right, wrong);
  if (text === good) throw new Error(`nothing to change: ${right}`);
  return text;
}

/** Every issue of a text, loaded from a file of the shipped scenario's name. */
export async function issuesOf(content: string | Uint8Array): Promise<readonly Issue[]> {
  const folder = await mkdtemp(join(tmpdir(), "scenario-test-"));
  const file = join(folder, "drop-table.drill.yaml");
  try {
    await writeFile(file, content);
    await loadScenario(file, catalog);
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.issues;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}
