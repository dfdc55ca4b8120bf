/** Backups in any S3-compatible store. Opened for recovery it only reads; a world writes below its own prefix. */
import { defineStore } from "../define.ts";
import type { RunLabel, Store, WorldStore } from "../parts.ts";
import type { Place } from "./s3-client.ts";
import { type S3Options, s3FromUrl, s3Options, s3PlaceOf } from "./s3-url.ts";

async function connect(told: S3Options, prefix: string): Promise<Place> {
  const { createClient } = await import("./s3-client.ts");
  return {
    client: createClient(told),
    endpoint: told.endpoint ?? "https://s3.amazonaws.com",
    isAmazon: told.endpoint === undefined,
    url: s3PlaceOf(told, told.prefix),
    bucket: told.bucket,
    prefix,
    versions: told.versions,
    seen: { accepted: false },
    told: new Map(),
  };
}

function withSlash(prefix: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}

function reader(place: Place, told: S3Options, signal: AbortSignal): Store {
  return {
    place: s3PlaceOf(told, place.prefix),
    ...(told.versions ? {} : { withVersions: s3PlaceOf({ ...told, versions: true }, place.prefix) }),
    async *list(prefix) {
      const { listObjects } = await import("./s3-read.ts");
      yield* listObjects(place, prefix, signal);
    },
    async *read(object, from = 0, to = object.sizeBytes) {
      const { readObject } = await import("./s3-read.ts");
      yield* readObject(place, object, { from, to, signal });
    },
    keeping: async () => (await import("./s3-keeping.ts")).keepingOf(place, signal),
    // The client belongs to whoever opened it: a closed view must not cut off the world that gave it.
    [Symbol.asyncDispose]: async () => {},
  };
}

async function open(told: S3Options, signal: AbortSignal): Promise<Store> {
  const place = await connect(told, withSlash(told.prefix));
  return { ...reader(place, told, signal), [Symbol.asyncDispose]: async () => place.client.destroy() };
}

async function openForWorld(told: S3Options, label: RunLabel, signal: AbortSignal): Promise<WorldStore> {
  const place = await connect(told, `${withSlash(told.prefix)}${label.runId}/`);
  const { putLabel, removeAll, removeObject, writeObject } = await import("./s3-world.ts");
  try {
    await putLabel(place, label, signal);
  } catch (error) {
    place.client.destroy();
    throw error;
  }
  return {
    ...reader(place, told, signal),
    write: (key, body) => writeObject(place, { key, body, signal }),
    remove: (key) => removeObject(place, key, signal),
    readOnly: () => reader(place, told, signal),
    // Without the run's signal: clean-up has to work after Ctrl-C, too.
    [Symbol.asyncDispose]: async () => {
      try {
        await removeAll(place);
      } finally {
        place.client.destroy();
      }
    },
  };
}

async function sweep(
  told: S3Options,
  isOver: (label: RunLabel) => boolean,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const place = await connect(told, withSlash(told.prefix));
  const { labelledPrefixes, removeAll } = await import("./s3-world.ts");
  const gone: string[] = [];
  try {
    for await (const { prefix, label } of labelledPrefixes(place, signal)) {
      if (!isOver(label)) continue;
      await removeAll({ ...place, prefix });
      gone.push(`backups in s3://${place.bucket}/${prefix}`);
    }
  } finally {
    place.client.destroy();
  }
  return gone;
}

export const s3 = defineStore<S3Options>({
  name: "s3",
  summary: "Any S3-compatible store, with credentials from the usual chain.",
  options: s3Options as never,
  fromUrl: s3FromUrl,
  open,
  openForWorld,
  sweep,
});
