/**
 * What of this machine a local sandbox must not reach by its file system: the sockets of other servers, each of which
 * would let anybody in who is of the right account. Folders in which sockets are made are covered, and what lies elsewhere.
 */
import { access, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter } from "node:path";
import { knownPlaces } from "../host/scratch-places.ts";
import { quote } from "../host/sh.ts";

/** Nothing starts without these. */
const NEEDED = ["/bin", "/dev", "/etc", "/lib", "/lib64", "/opt", "/proc", "/sbin", "/sys", "/usr"];
/** Where servers put their sockets, and the memory that their processes share: what was killed leaves it lying there. */
const USUAL = ["/run", "/var/run", "/tmp", "/var/tmp", "/dev/shm"];

const isBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);

export interface Hidden {
  /** Covered by empty folders, in which only what is kept shows. None lies in another. */
  readonly folders: readonly string[];
  /** Sockets that lie elsewhere. */
  readonly sockets: readonly string[];
}

/** What is covered of these folders and sockets: nothing that is needed, and nothing twice. Pure. */
export function hiddenOf(folders: readonly string[], sockets: readonly string[]): Hidden {
  const may = [...new Set(folders)].filter((one) => one !== "/" && !NEEDED.some((needed) => isBelow(needed, one)));
  const own = may.filter((one) => !may.some((other) => other !== one && isBelow(one, other)));
  return { folders: own, sockets: [...new Set(sockets)].filter((one) => !own.some((folder) => isBelow(one, folder))) };
}

const real = (path: string) => realpath(path).catch(() => null);
const present = (paths: readonly (string | null)[]) => paths.filter((path) => path !== null);

/** Sockets that have a name in the file system. Source: proc_net_unix, "Path" of proc(5). */
async function socketsHere(): Promise<string[]> {
  const lines = (await readFile("/proc/net/unix", "utf8")).split("\n");
  const paths = lines.flatMap((line) => /^(?:\S+\s+){7}(\/.*)$/.exec(line)?.[1] ?? []);
  return present(await Promise.all(paths.map(real)));
}

/** Programs may lie where sockets do. */
async function programFolders(): Promise<string[]> {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((one) => one.startsWith("/"));
  const found = present(await Promise.all(folders.map(real)));
  const are = await Promise.all(
    found.map((one) =>
      access(one).then(
        () => true,
        () => false,
      ),
    ),
  );
  return [...new Set(found.filter((_, at) => are[at] === true))];
}

/** Lays a new folder over one, in which nothing shows but what is kept of it. */
function cover(folder: string, kept: readonly string[], room: string): string[] {
  const shown = kept
    .filter((one) => one !== folder && isBelow(one, folder))
    .map((one) => [one, `${room}${one.slice(folder.length)}`] as const);
  return [
    `mount -n -t tmpfs -o mode=1777 none ${quote(room)}`,
    ...shown.flatMap(([from, to]) => [`mkdir -p ${quote(to)}`, `mount -n --bind ${quote(from)} ${quote(to)}`]),
    `mount -n --move ${quote(room)} ${quote(folder)}`,
  ];
}

/**
 * The commands that cover all of it in a mount namespace of their own; they end at the first that fails. `base` is the run's
 * folder, which keeps showing, and `room` an empty folder in it.
 */
export async function hidingScript(base: string, room: string): Promise<string> {
  const places = [...USUAL, tmpdir(), ...(await knownPlaces())];
  const { folders, sockets } = hiddenOf(present(await Promise.all(places.map(real))), await socketsHere());
  const own = (await real(base)) ?? base;
  const kept = [own, ...(await programFolders())];
  // One that is a program's folder itself stays, and what lies in it is covered by itself.
  const covered = folders.filter((one) => !kept.some((keeps) => isBelow(one, keeps)));
  return [
    "set -e",
    ...covered.flatMap((folder) => cover(folder, kept, `${own}/${basename(room)}`)),
    ...sockets.map((socket) => `! test -S ${quote(socket)} || mount -n --bind /dev/null ${quote(socket)}`),
  ].join("\n");
}
