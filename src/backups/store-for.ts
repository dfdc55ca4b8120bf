/** Which store is meant by what was typed: a URL that a driver knows, or a plain path. */
import { resolve } from "node:path";
import { UsageError } from "../errors.ts";
import { isOfWindows, urlOf } from "../host/path-url.ts";
import type { Catalog, Store, StoreDriver } from "../parts.ts";
import { patient } from "./patience.ts";

/** What is typed is canonical here, wherever it is typed: the same path is the same store. */
export const storeUrl = (text: string): string => urlOf(text, process.cwd());

const S3_EXAMPLE = "s3://bucket/prefix?endpoint=https://s3.example.org&path-style=true";

/** An address that somebody typed, without what may log in with it: the message ends in a job's mail. */
const withoutSecrets = (text: string) =>
  text.replace(/(:\/\/)[^/?#]*@/, "$1•••@").replace(/([?&;][^=&;#]{0,200}=)[^&;#]*/g, "$1•••");

/**
 * The driver and the options of a store's URL, or of a path from the working directory. Throws UsageError for what no
 * driver knows.
 */
export function storeFor(catalog: Catalog, text: string): { driver: StoreDriver; options: unknown } {
  const meant = storeUrl(text);
  const url = URL.canParse(meant) ? new URL(meant) : null;
  for (const driver of catalog.stores) {
    const options = url === null || isOfWindows(text) ? null : driver.fromUrl(url);
    if (options !== null) return { driver, options };
  }
  if (isOfWindows(text)) {
    throw new UsageError(`"${text}" is a path of Windows, and Fogbell runs on Linux and macOS`, {
      code: "FB_STORE_URL",
      next: ["/mnt/c/path/to/backups   # in WSL: drive C", S3_EXAMPLE],
    });
  }
  const isWord = text !== "" && url === null;
  const typed = withoutSecrets(text);
  throw new UsageError(
    isWord ? `no store understands "${typed}", and there is no such folder here` : `no store understands "${typed}"`,
    {
      code: "FB_STORE_URL",
      next: [
        ...(isWord ? [`ls -ld ${resolve(text)}`] : []),
        "./path/to/backups",
        "directory:/path/to/backups",
        S3_EXAMPLE,
      ],
    },
  );
}

/** Opens it for reading, with the patience that a look has. */
export async function openToRead(catalog: Catalog, url: string, signal: AbortSignal): Promise<Store> {
  const { driver, options } = storeFor(catalog, url);
  return patient(await driver.open(driver.options.parse(options), signal));
}
