/** Where prepared worlds are kept on this machine. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../host/cache-folder.ts";
import { packageFolder } from "../host/package-folder.ts";
import { type PreparedWorlds, preparedWorlds, pruneWorlds } from "../world/prepared.ts";

function worldsFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(env), "worlds");
}

/** Tells one build of this program from another: what it is made of, and when. Null when it runs from its sources. */
function thisBuild(): string | null {
  const folder = join(packageFolder(), "dist");
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
    const looks = files.sort().map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
    return looks.length === 0 ? null : createHash("sha256").update(looks.join("\n")).digest("hex");
  } catch {
    return null;
  }
}

/** Null when nothing can be kept. */
export function openWorlds(): PreparedWorlds | null {
  const build = thisBuild();
  return build === null ? null : preparedWorlds(worldsFolder(), build);
}

/** Removes every kept world. Returns what went. */
export function dropWorlds(): Promise<readonly string[]> {
  return pruneWorlds(worldsFolder(), 0);
}
