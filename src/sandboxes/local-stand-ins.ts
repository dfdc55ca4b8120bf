/** Programs that are not installed, laid into a sandbox as modules that Fogbell's own Node runs. */
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runProcess } from "../host/process.ts";
import { quote } from "../host/sh.ts";
import type { ServerSpec } from "../parts.ts";

interface LayIn {
  readonly spec: Pick<ServerSpec, "standIns">;
  readonly names: readonly string[];
  /** The sandbox's own folder. */
  readonly base: string;
  /** The words before each of its commands. */
  readonly prefix: readonly string[];
  readonly signal: AbortSignal;
}

/** The Node that runs us, where the sandbox's account can reach it: people keep theirs in their own home. */
async function reachableNode({ base, prefix, signal }: LayIn): Promise<string> {
  const [file = "sh", ...args] = [...prefix, process.execPath, "--version"];
  const env = { PATH: process.env.PATH ?? "" };
  const there = await runProcess({ file, args, env, signal, limitBytes: 1024 }).catch(() => null);
  if (there?.exitCode === 0) return process.execPath;
  const copy = join(base, "bin", "node");
  await copyFile(process.execPath, copy, constants.COPYFILE_FICLONE);
  await chmod(copy, 0o755);
  return copy;
}

/** The folder that they lie in, for the end of a path; null when there are none. */
export async function layStandIns(given: LayIn): Promise<string | null> {
  const { spec, names, base } = given;
  if (names.length === 0) return null;
  const folder = join(base, "bin");
  await mkdir(folder, { recursive: true });
  const node = await reachableNode(given);
  for (const name of names) {
    const module = join(folder, `${name}.mjs`);
    await writeFile(module, spec.standIns?.[name] ?? "", { mode: 0o644 });
    const start = `#!/bin/sh\nexec ${quote(node)} --no-warnings ${quote(module)} "$@"\n`;
    await writeFile(join(folder, name), start, { mode: 0o755 });
  }
  return folder;
}
