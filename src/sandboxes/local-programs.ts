/** The programs installed on this machine, the account they run as, and the namespace they run in. */
import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { RefusedError, UnavailableError } from "../errors.ts";
import { runProcess } from "../host/process.ts";
import type { Availability, ServerSpec } from "../parts.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Programs of the server, from its usual folders first and then from the path. */
export async function findBinaries(spec: ServerSpec): Promise<{ path: string; missing: string[] }> {
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
  for (const name of spec.binaries) if (!(await has(name))) missing.push(name);
  return { path: folders.join(delimiter), missing };
}

export async function available(spec: ServerSpec): Promise<Availability> {
  const { path, missing } = await findBinaries(spec);
  const next = [`apt-get install ${spec.packages[0] ?? ""}`];
  const wanted = `${spec.engine} ${spec.version}`;
  if (missing.length > 0)
    return { usable: false, because: `not installed here: ${missing.join(", ")} of ${wanted}`, next };
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
    : { usable: false, because: `installed is ${spec.engine} ${version}, not ${spec.version}`, next };
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

/** The words before each command: a network namespace of its own where root and the kernel allow it, and the account. */
export async function wrapping(
  account: Account | null,
  signal: AbortSignal,
): Promise<{ prefix: string[]; isolated: boolean }> {
  if (account === null) return { prefix: [], isolated: false };
  const become = [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--no-new-privs",
    "--",
  ];
  // Loopback is up where it can be: a replica speaks to nothing but it.
  const up = ["sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh"];
  const prefix = ["unshare", "--net", "--", ...up, ...become];
  const probe = await runProcess({
    file: "unshare",
    args: [...prefix.slice(1), "sh", "-c", "cat /proc/net/dev; cat /proc/net/route"],
    env: { PATH: process.env.PATH ?? "" },
    signal,
    limitBytes: 65_536,
  });
  if (probe.exitCode !== 0) return { prefix: become, isolated: false };
  const interfaces = [...probe.stdout.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name]) => name);
  const routes = probe.stdout.split("\n").filter((line) => /^\S+\s+[0-9A-F]{8}\s+[0-9A-F]{8}/.test(line));
  if (interfaces.some((name) => name !== "lo") || routes.length > 0) {
    throw new RefusedError(`a new network namespace still has a way out: ${interfaces.join(", ")}`, {
      code: "FB_ISOLATION",
      next: ["fogbell run --sandbox docker"],
    });
  }
  return { prefix, isolated: true };
}
