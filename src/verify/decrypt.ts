/**
 * Turns a fetched, encrypted copy into what was encrypted, with the programs that people encrypt with. The key comes from
 * the environment or a file, lies in this run's own folder for as long as it is needed, and is never an argument.
 */
import { mkdir, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Encryption } from "../config/database.ts";
import { LostError, UnavailableError } from "../errors.ts";
import { roomIn } from "../host/disk-fault.ts";
import { runProcess } from "../host/process.ts";
import { quote } from "../host/sh.ts";

export interface DecryptRequest {
  readonly encryption: Encryption;
  readonly paths: readonly string[];
  /** A folder of this run, on the host. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const LIMIT_BYTES = 65_536;

/** The key's text. Throws UnavailableError when it is not where it should be; never repeats it. */
export async function readKey(
  encryption: Encryption,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { "key-env": name, "key-file": file } = encryption;
  const found = name === undefined ? await readFile(file ?? "", "utf8").catch(() => "") : (environment[name] ?? "");
  if (found.trim() !== "") return found;
  throw new UnavailableError(
    name === undefined ? `the key file ${file} can't be read or is empty` : `the variable ${name} contains no key`,
    { code: "FB_KEY_MISSING", next: [name === undefined ? `ls -l ${quote(file ?? "")}` : `export ${name}=…`] },
  );
}

/** A key that does not fit says nothing about the backup; a text that was changed or cut off does. */
const WRONG_KEY =
  /no identity matched|incorrect passphrase|bad passphrase|no secret key|bad session key|malformed secret key|no identities found|unknown identity|not a valid identity|no valid openpgp/i;
const NO_PROGRAM = 127;

/** So little room that a program which was writing may well have failed for that. */
const NO_ROOM_BYTES = 4 * 1024 * 1024;

/** Whether a disk is full: by what the program said of it, or because nothing fits any more. */
async function isFullAt(folder: string, stderr: string): Promise<boolean> {
  if (/no space left on device|disk quota exceeded/i.test(stderr)) return true;
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < NO_ROOM_BYTES;
}

interface Tool {
  readonly program: string;
  readonly args: (from: string, to: string) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const environmentOf = (home: string) => ({ PATH: process.env.PATH ?? "/usr/bin:/bin", HOME: home, LANG: "C.UTF-8" });

async function age(key: string, home: string): Promise<Tool> {
  const identity = join(home, "identity");
  await writeFile(identity, key.endsWith("\n") ? key : `${key}\n`, { mode: 0o600 });
  return {
    program: "age",
    args: (from, to) => ["--decrypt", "--identity", identity, "--output", to, from],
    env: environmentOf(home),
  };
}

/** A private key is imported into a ring of this run's own; anything else is a passphrase. */
async function gpg(key: string, home: string, signal: AbortSignal): Promise<Tool> {
  const common = ["--batch", "--yes", "--quiet", "--no-tty", "--homedir", home, "--pinentry-mode", "loopback"];
  const env = environmentOf(home);
  const file = join(home, "key");
  await writeFile(file, key, { mode: 0o600 });
  if (!key.includes("BEGIN PGP PRIVATE KEY BLOCK")) {
    return {
      program: "gpg",
      args: (from, to) => [...common, "--passphrase-file", file, "--output", to, "--decrypt", from],
      env,
    };
  }
  const end = await runProcess({
    file: "gpg",
    args: [...common, "--import", file],
    env,
    signal,
    limitBytes: LIMIT_BYTES,
  });
  if (end.exitCode !== 0) throw unusable("gpg", end.exitCode);
  return { program: "gpg", args: (from, to) => [...common, "--output", to, "--decrypt", from], env };
}

function unusable(program: string, exitCode: number): UnavailableError {
  return exitCode === NO_PROGRAM
    ? new UnavailableError(`the backups are encrypted with ${program}, which isn't installed here`, {
        code: "FB_DECRYPT",
        next: [`apt-get install ${program === "gpg" ? "gnupg" : program}`],
      })
    : new UnavailableError(`${program} can't use the key it was given`, {
        code: "FB_DECRYPT",
        next: ["check which key the backups were encrypted for"],
      });
}

/**
 * Decrypts every file into a folder of its own, under its name without the ending. Throws UnavailableError when the key or
 * the program is the reason, LostError when the copy is.
 */
export async function decrypt(request: DecryptRequest): Promise<string[]> {
  const { encryption, paths, folder, environment, signal } = request;
  if (encryption.with === "none") return [...paths];
  const home = join(folder, "keys");
  const target = join(folder, "plain");
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(target, { recursive: true, mode: 0o700 });
  try {
    const key = await readKey(encryption, environment);
    const tool = encryption.with === "age" ? await age(key, home) : await gpg(key, home, signal);
    const plain: string[] = [];
    for (const path of paths) {
      const to = join(target, basename(path).replace(/\.(age|gpg|pgp|asc)$/i, ""));
      const end = await runProcess({
        file: tool.program,
        args: tool.args(path, to),
        env: tool.env,
        signal,
        limitBytes: LIMIT_BYTES,
      });
      if (end.exitCode === NO_PROGRAM || (end.exitCode !== 0 && WRONG_KEY.test(end.stderr))) {
        throw unusable(tool.program, end.exitCode);
      }
      if (end.exitCode !== 0) {
        if (await isFullAt(target, end.stderr)) {
          const next = roomIn(target);
          throw new UnavailableError(`the disk filled up while decrypting into ${target}`, {
            code: "FB_DISK_FULL",
            next,
          });
        }
        throw new LostError(`${basename(path)} can't be decrypted: it was cut off or changed`, {
          code: "FB_COPY_SEALED",
        });
      }
      plain.push(to);
    }
    return plain;
  } finally {
    // gpg's agent lives in that folder, and leaves when it is gone.
    await rm(home, { recursive: true, force: true });
  }
}
