/** Where Fogbell itself lies, in the source tree and in the built package alike. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Defect } from "../errors.ts";

let found: string | undefined;

/** The folder that holds package.json, scenarios, reports and runbooks. */
export function packageFolder(): string {
  if (found !== undefined) return found;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) throw new Defect("Fogbell cannot find its own package.json");
    folder = above;
  }
  found = folder;
  return folder;
}
