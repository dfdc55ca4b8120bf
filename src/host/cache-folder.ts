/** Where Fogbell keeps what it can do without: `$XDG_CACHE_HOME/fogbell`, by default in `~/.cache`. */
import { homedir } from "node:os";
import { join } from "node:path";

/** Need not exist. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "fogbell");
}
