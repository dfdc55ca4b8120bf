/** Looks at everything a drill needs, and says for each what is missing and what to type. Starts nothing. */
import { access, statfs } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { asFogbellError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import { count, formatBytes } from "../host/units.ts";
import type { Catalog } from "../parts.ts";
import { openStock } from "../verify/stock.ts";

const ROOM_BYTES = 2 * 1024 ** 3;

export interface Check {
  readonly of: "node" | "disk" | "sandbox" | "credentials" | "store";
  readonly name: string;
  readonly ok: boolean;
  readonly because: string;
  readonly next: readonly string[];
}

async function checkDisk(): Promise<Check> {
  const folder = tmpdir();
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return {
    of: "disk",
    name: "disk",
    ok: free >= ROOM_BYTES,
    because: `${formatBytes(free)} free in ${folder}`,
    next: [`df -h ${quote(folder)}`, "fogbell gc", "export TMPDIR=… (a folder on a larger disk)"],
  };
}

/** Where the AWS SDK looks first. Only whether something is there: never what. */
const CREDENTIAL_VARIABLES: readonly (readonly string[])[] = [
  ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  ["AWS_PROFILE"],
  ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"],
  ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
  ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
];

export async function checkCredentials(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<Check> {
  const set = CREDENTIAL_VARIABLES.find((names) => names.every((name) => (environment[name] ?? "") !== ""));
  const file = environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, ".aws", "credentials");
  const isFile = await access(file).then(
    () => true,
    () => false,
  );
  const there = [...(set === undefined ? [] : [`${set.join(" and ")} set`]), ...(isFile ? [`${file} is there`] : [])];
  return {
    of: "credentials",
    name: "credentials for S3",
    ok: there.length > 0,
    because: there.join("; ") || "none found; only S3 stores need them",
    next: ["export AWS_PROFILE=… (not needed if this machine's own role can read the store)"],
  };
}

async function checkSandboxes(catalog: Catalog): Promise<Check[]> {
  const signal = new AbortController().signal;
  const checks: Check[] = [];
  for (const engine of catalog.engines) {
    for (const version of engine.versions) {
      const spec = engine.server(version, engine.options.parse({}));
      for (const sandbox of catalog.sandboxes) {
        const { usable, because, next } = await sandbox.available(spec, signal);
        checks.push({
          of: "sandbox",
          name: `sandbox ${sandbox.name}, ${engine.name} ${version}`,
          ok: usable,
          because,
          next,
        });
      }
    }
  }
  return checks;
}

async function checkStore(catalog: Catalog, url: string): Promise<Check> {
  try {
    await using stock = await openStock(catalog, url, "");
    return {
      of: "store",
      name: `store ${stock.store.place}`,
      ok: true,
      because: count(stock.inventory.points.length, "backup"),
      next: [],
    };
  } catch (error) {
    const { message, next } = asFogbellError(error);
    return { of: "store", name: `store ${url}`, ok: false, because: message, next };
  }
}

export async function examine(catalog: Catalog, storeUrl: string | null): Promise<Check[]> {
  const node: Check = { of: "node", name: "node", ok: true, because: process.version, next: [] };
  const store = storeUrl === null ? [] : [await checkStore(catalog, storeUrl)];
  const credentials = await checkCredentials(process.env, homedir());
  return [node, await checkDisk(), ...(await checkSandboxes(catalog)), credentials, ...store];
}
