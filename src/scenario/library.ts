/** The scenarios that ship with Fogbell, and how a name or a path becomes a file. */
import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import { packageFolder } from "../host/package-folder.ts";
import { quote } from "../host/sh.ts";

const SUFFIX = ".drill.yaml";

/** Files of every shipped scenario, by id. */
export async function listScenarios(): Promise<string[]> {
  const folder = join(packageFolder(), "scenarios");
  return (await readdir(folder))
    .filter((file) => file.endsWith(SUFFIX))
    .sort()
    .map((file) => join(folder, file));
}

/** A shipped id or a path → a file. Throws UsageError with the nearest id when there is neither. */
export async function resolveScenario(name: string): Promise<string> {
  if (/[/\\]|\.ya?ml$/.test(name)) return name;
  const shipped = await listScenarios();
  const file = shipped.find((one) => basename(one) === `${name}${SUFFIX}`);
  if (file !== undefined) return file;
  if (existsSync(`${name}${SUFFIX}`)) return `${name}${SUFFIX}`;
  if (statSync(name, { throwIfNoEntry: false })?.isDirectory()) throw folderNamed(name);
  const near = await nearestScenario(name);
  throw new UsageError(`no scenario "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`, {
    code: "FB_SCENARIO_NOT_FOUND",
    next: [...(near === undefined ? [] : [`fogbell run ${near}`]), "fogbell scenario list"],
  });
}

/** Somebody named a folder where a scenario is wanted. */
export function folderNamed(folder: string): UsageError {
  const files = `${quote(folder.replace(/(?<=.)\/+$/, ""))}/*${SUFFIX}`;
  return new UsageError(`${folder} is a folder, not a scenario file`, {
    code: "FB_SCENARIO_NOT_FOUND",
    next: [`fogbell scenario lint ${files}`, `fogbell run ${files}`],
  });
}

/** The shipped id nearest to a mistyped id or file; undefined when none is near. */
export async function nearestScenario(name: string): Promise<string | undefined> {
  const typed = basename(name).replace(/(\.drill)?\.ya?ml$/, "");
  return nearest(
    typed,
    (await listScenarios()).map((one) => basename(one, SUFFIX)),
  );
}
