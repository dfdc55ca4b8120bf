/** A disk of a few kilobytes, mounted for one test: what really happens when there is no room. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** From now on nothing can be written to it. */
  readOnly(): void;
}

const mount = (...words: readonly string[]) => execFileSync("mount", words, { stdio: "pipe" });

/** Whether this account may mount; when not, it says which tests do not run. */
export function canMount(what: string): boolean {
  try {
    smallDisk(64)[Symbol.dispose]();
    return true;
  } catch (error) {
    process.stdout.write(`not run: ${what}: no small disk can be mounted here: ${String(error).split("\n")[0]}\n`);
    return false;
  }
}

export function smallDisk(kilobytes: number): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "small-disk-"));
  mount("-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", path);
  return {
    path,
    readOnly: () => void mount("-o", "remount,ro", path),
    [Symbol.dispose]() {
      execFileSync("umount", [path], { stdio: "pipe" });
      rmSync(path, { recursive: true });
    },
  };
}
