/** A path that was typed where a URL is wanted, as the URL that it means. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** A drive's letter, or the name of a server behind two backslashes. */
const OF_WINDOWS = /^[A-Za-z]:([\\/]|$)|^\\\\/;

/** Whether it is a path as Windows writes them, which nothing here can open. */
export const isOfWindows = (text: string): boolean => OF_WINDOWS.test(text);

const asUrl = (path: string) => `directory:${path.replace(/[%?#]/g, encodeURIComponent)}`;

/** `/var/backups`, `./backups`, `~/x`; a word alone when something of that name is there. Null when no path is meant. */
function pathMeant(text: string, from: string): string | null {
  if (text === "~" || text.startsWith("~/")) return join(homedir(), text.slice(1));
  if (text.startsWith("/") || /^\.{1,2}(\/|$)/.test(text)) return resolve(from, text);
  if (text === "" || isOfWindows(text) || URL.canParse(text)) return null;
  const path = resolve(from, text);
  return text.includes("/") || existsSync(path) ? path : null;
}

/** A URL as it is; a path, which counts from the folder `from`, as the URL of a directory. */
export function urlOf(text: string, from: string): string {
  const path = pathMeant(text, from);
  return path === null ? text : asUrl(path);
}
