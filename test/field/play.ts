/** Plays a case: its store in a folder of its own, and the command line as its people would type it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { FieldCase } from "./rules.ts";

export interface Playing {
  /** Where `cases/make.sh` made the inputs. */
  readonly folder: string;
  /** A folder for the working folders; each case has its own in it. */
  readonly workFolder: string;
  readonly sandbox: "docker" | "local";
  /** One command may take so long. */
  readonly limitMs: number;
  /** The program that is typed; this checkout's own unless another build is to be compared. */
  readonly program?: string;
  /** Told of each command that ended: the step, its exit code and how long it took. */
  readonly ended?: (step: string, exitCode: number, tookMs: number) => void;
}

const FOGBELL = resolve("bin/run.js");
const MAKE = "test/field/cases/make.sh";
/** Nobody's account on Debian. */
const NOBODY = 65_534;
/** What a command that had to be ended ended with. */
const TIMED_OUT = 124;

/** Makes all inputs. Throws with what the script printed. */
export function makeInputs(folder: string): void {
  const { status, stdout, stderr } = spawnSync("bash", [MAKE, folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${MAKE} ended with ${status}: ${stdout}${stderr}`);
}

/** When the inputs were made; ages in them are counted from there. */
export async function madeAtMs(folder: string): Promise<number> {
  return Number(await readFile(join(folder, "generated"), "utf8")) * 1000;
}

/** Every case of the folder, by id. */
export async function readCases(folder: string): Promise<FieldCase[]> {
  const ids = (await readdir(join(folder, "cases"))).sort();
  return ids.map((id): FieldCase => {
    const read = (file: string) => {
      const path = join(folder, "cases", id, file);
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    };
    return {
      id,
      kind: read("kind"),
      what: read("what"),
      steps: read("steps").split(" "),
      codes: new Set(read("codes").split(",").map(Number)),
      must: read("must"),
      mustNot: read("must-not"),
    };
  });
}

/** Kinds that stand for the others of their family: forms, names, times, logs, whose fault it is. All are in the long run. */
export const TELLING: readonly string[] = [
  ...["packing", "crlf", "split", "archive-of-dumps", "mariabackup", "increments", "cluster", "twice", "encrypted"],
  ...["cut", "empty", "stderr-in-dump", "half-a-backup", "being-written", "unreadable", "folder-broken", "broken"],
  ...["two-jobs", "tenants", "pattern-weekday", "per-table", "parts-of-one", "newest-unread", "nothing-meant"],
  ...["age-zone", "age-copied", "order-copied", "wal-times", "binlog-times"],
  ...["wal-packed", "wal-hole", "wal-timelines", "binlog-packed", "two-servers"],
  ...["machine-lacks", "engine-lacks", "harmless-errors", "routine-body", "language", "control", "partitions"],
];

/** One of each telling kind, always the same: what an ordinary run looks at. */
export function oneOfEachKind(cases: readonly FieldCase[]): FieldCase[] {
  return TELLING.flatMap((kind) => cases.find((one) => one.kind === kind) ?? []);
}

interface Typed {
  readonly cwd: string;
  readonly limitMs: number;
  /** The group of an ordinary user who may use the container engine; null: as whoever runs this. */
  readonly asGroup: number | null;
  readonly program: string;
}

/** Ends it with everything that it started, kindly first. */
function endTree({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself in this very moment.
  }
}

async function type(
  words: readonly string[],
  { cwd, limitMs, asGroup, program: fogbell }: Typed,
): Promise<{ text: string; code: number }> {
  const { CI: _ci, FORCE_COLOR: _color, GITHUB_ACTIONS: _actions, ...env } = process.env;
  const argv = [process.execPath, fogbell, ...words];
  const as = asGroup === null ? [] : ["setpriv", `--reuid=${NOBODY}`, `--regid=${asGroup}`, "--clear-groups", "--"];
  const [program = "", ...rest] = [...as, ...argv];
  const child = spawn(program, rest, {
    cwd,
    env: { ...env, NO_COLOR: "1", ...(asGroup === null ? {} : { HOME: cwd, TMPDIR: cwd }) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    endTree(child, "SIGTERM");
    setTimeout(() => endTree(child, "SIGKILL"), 30_000).unref();
  }, limitMs);
  const code = await new Promise<number>((done) => child.on("close", (exit) => done(exit ?? -1)));
  clearTimeout(limit);
  return { text: stripVTControlCharacters(text), code: late ? TIMED_OUT : code };
}

/** Writes on at the newest file, as a job does that has not ended. Returns what stops it. */
async function grow(input: string, store: string): Promise<() => void> {
  const name = (await readFile(join(input, "grows"), "utf8")).trim();
  const rest = await readFile(join(input, "rest"));
  let at = 0;
  const writing = setInterval(() => {
    if (at >= rest.length) return;
    void appendFile(join(store, name), rest.subarray(at, at + 500));
    at += 500;
  }, 1000);
  await pause(1200);
  return () => clearInterval(writing);
}

const SOCKET = "/var/run/docker.sock";

/** All that was said, each step under `=== step`, its exit code below it. */
export async function play(one: FieldCase, playing: Playing): Promise<string> {
  const input = join(playing.folder, "cases", one.id);
  const base = join(playing.workFolder, one.id);
  const [store, work, config] = [join(base, "store"), join(base, "work"), join(base, "work", "fogbell.yaml")];
  await rm(base, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const lay = (from: string) => spawnSync("cp", ["-a", `${join(input, from)}/.`, `${store}/`]);
  await mkdir(store);
  lay("store");
  const said: string[] = [];
  let asGroup: number | null = null;
  let stop = () => {};
  const fogbell = async (name: string, ...words: string[]) => {
    const beganMs = performance.now();
    const { text, code } = await type(words, {
      cwd: work,
      limitMs: playing.limitMs,
      asGroup,
      program: playing.program ?? FOGBELL,
    });
    playing.ended?.(name, code, performance.now() - beganMs);
    said.push(`=== ${name}\n${text.replaceAll(base, "")}\n[exit ${code}]\n`);
  };
  const steps: Readonly<Record<string, () => Promise<void> | void>> = {
    async init() {
      await fogbell("init", "init", "--store", `directory:${store}`);
      if (existsSync(config)) said.push(`=== fogbell.yaml\n${readFileSync(config, "utf8").replaceAll(base, "")}\n`);
    },
    yaml: async () =>
      writeFileSync(config, (await readFile(join(input, "fogbell.yaml"), "utf8")).replaceAll("@STORE@", store)),
    edit: () => void (existsSync(config) && spawnSync("sed", ["-i", "-f", join(input, "edit.sed"), config])),
    verify: async () => existsSync(config) && (await fogbell("verify", "verify", "--sandbox", playing.sandbox)),
    backups: async () => existsSync(config) && (await fogbell("backups", "backups")),
    next: () => void lay("next"),
    async grow() {
      stop = await grow(input, store);
    },
    async user() {
      chmodSync(work, 0o777);
      asGroup = existsSync(SOCKET) ? (await stat(SOCKET)).gid : NOBODY;
    },
  } as Readonly<Record<string, () => Promise<void> | void>>;
  try {
    for (const step of one.steps) {
      const deed = steps[step];
      if (deed === undefined) throw new Error(`${one.id}: there is no step "${step}"`);
      await deed();
    }
  } finally {
    stop();
  }
  const text = said.join("");
  await writeFile(join(base, "said.txt"), text);
  return text;
}
