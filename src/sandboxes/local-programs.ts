/** The programs installed on this machine, and the account they run as. */
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { UnavailableError } from "../errors.ts";
import { runProcess } from "../host/process.ts";
import type { Availability, ServerSpec } from "../parts.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Found {
  readonly path: string;
  readonly missing: readonly string[];
  /** Not installed, and Fogbell's own Node stands in for them. */
  readonly stoodFor: readonly string[];
}

/** Programs of the server, from its usual folders first and then from the path. */
export async function findBinaries(spec: ServerSpec): Promise<Found> {
  const folders = [...spec.binaryFolders, ...(process.env.PATH ?? "").split(delimiter)].filter(
    (folder) => folder !== "",
  );
  const has = async (name: string) => {
    for (const folder of folders) {
      if (
        await access(join(folder, name), constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return true;
    }
    return false;
  };
  const missing: string[] = [];
  const stoodFor: string[] = [];
  for (const name of spec.binaries) {
    if (await has(name)) continue;
    (spec.standIns?.[name] === undefined ? missing : stoodFor).push(name);
  }
  return { path: folders.join(delimiter), missing, stoodFor };
}

/** As the program calls itself: another system's may go by the same name. */
const wordsOf = (told: string) => told.replaceAll(/\s+/g, " ").trim().slice(0, 100);

export async function available(spec: ServerSpec): Promise<Availability> {
  const { path, missing, stoodFor } = await findBinaries(spec);
  // What the distribution does not carry is had from a registry only.
  const install = spec.packages.length === 0 ? `docker pull ${spec.image}` : `apt-get install ${spec.packages[0]}`;
  // What is installed in a pod is gone with it: its image must hold the programs.
  const next =
    process.env.KUBERNETES_SERVICE_HOST === undefined
      ? [install]
      : [`build the image on a base with ${spec.packages[0] ?? spec.image}`];
  const wanted = `${spec.engine} ${spec.version}`;
  if (missing.length > 0)
    return { usable: false, because: `not installed here: ${missing.join(", ")} of ${wanted}`, next };
  if (stoodFor.length > 0)
    return { usable: true, because: `Node ${process.version} stands in for ${stoodFor.join(", ")}`, next: [] };
  const [file, ...args] = spec.askVersion;
  const told = await runProcess({
    file,
    args,
    env: { PATH: path },
    signal: new AbortController().signal,
    limitBytes: 1024,
  });
  const version = /\d+(\.\d+)*/.exec(told.stdout)?.[0] ?? "unknown";
  return version === spec.version || version.startsWith(`${spec.version}.`)
    ? { usable: true, because: `${spec.engine} ${version} is installed`, next: [] }
    : { usable: false, because: `installed is "${wordsOf(told.stdout)}", not ${wanted}`, next };
}

/** The account to run as when root started us; null when we are nobody special already. */
export async function chooseAccount(spec: ServerSpec): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const found = lines.find(([name]) => name === spec.account) ?? lines.find(([name]) => name === "nobody");
  if (found === undefined) {
    throw new UnavailableError(`a server must not run as root, and there is no account ${spec.account} or nobody`, {
      code: "FB_NO_ACCOUNT",
      next: [`useradd --system ${spec.account}`],
    });
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The words that make a command run as another account, without rights and without a way to any. */
export const becoming = ({ uid, gid }: Account): readonly string[] => [
  "setpriv",
  `--reuid=${uid}`,
  `--regid=${gid}`,
  "--clear-groups",
  "--no-new-privs",
  "--",
];
