/** Compares what was fetched with the sums that lie beside it in the store. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type Sum, sumIn } from "../backups/sums.ts";
import { LostError } from "../errors.ts";
import type { RecoveryPoint, Store, StoredObject } from "../parts.ts";

async function textOf(store: Store, object: StoredObject): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(object)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function digestOf(path: string, { algorithm }: Sum): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}

/** Throws LostError when a file is not what its sum says. Returns how many were compared. */
export async function compareSums(
  store: Store,
  { sums = [] }: RecoveryPoint,
  files: readonly { readonly key: string; readonly path: string }[],
): Promise<number> {
  let compared = 0;
  for (const { of, object } of sums) {
    const path = files.find(({ key }) => key === of)?.path;
    // A sum that cannot be read says nothing against the backup.
    const text = path === undefined ? "" : await textOf(store, object).catch(() => "");
    const told = sumIn(text, of);
    if (path === undefined || told === null) continue;
    const hex = await digestOf(path, told);
    if (hex !== told.hex) {
      throw new LostError(
        `${of} is not what was once written down of it: ${object.key} says ${told.algorithm} ${told.hex.slice(0, 12)}…, and it hashes to ${hex.slice(0, 12)}…`,
        { code: "FB_COPY_SUM" },
      );
    }
    compared += 1;
  }
  return compared;
}
