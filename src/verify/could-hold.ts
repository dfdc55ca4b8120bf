/** Whether a folder that cannot be listed may hold backups that somebody means. Pure. */

/** What file systems keep for themselves: never a backup in it, and never readable for anybody but root. */
const OF_THE_SYSTEM = new Set(["lost+found"]);

const toWord = (glob: string) =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", "[^/]*")
      .replaceAll("?", "[^/]")}$`,
    "s",
  );

/**
 * Whether some key below `folder` (it ends with a slash) would fit the pattern; none fits everything. Hidden folders are
 * meant by patterns only that name their dot.
 */
export function couldHold(pattern: string | undefined, folder: string): boolean {
  if (!folder.endsWith("/")) return false;
  const folders = folder.slice(0, -1).split("/");
  const last = folders.at(-1) ?? "";
  if (OF_THE_SYSTEM.has(last)) return false;
  const words = (pattern ?? "**").split("/");
  for (const [index, name] of folders.entries()) {
    const word = words[index];
    // Keys that fit the pattern lie in fewer folders.
    if (word === undefined || (index === words.length - 1 && word !== "**")) return false;
    if (word.includes("**")) return !folders.slice(index).some((one) => one.startsWith("."));
    if (!toWord(word).test(name) || (name.startsWith(".") && !word.startsWith("."))) return false;
  }
  return true;
}
