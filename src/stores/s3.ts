/** Backups in any S3-compatible store. Opened for recovery it only reads; a world writes below its own prefix. */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import { defineStore, type RunLabel, type Store, type WorldStore } from "../parts.ts";

const options = z.strictObject({
  bucket: z
    .string()
    .min(1)
    .describe("The bucket.")
    .meta({ examples: ["backups"] }),
  prefix: z
    .string()
    .default("")
    .describe("Only keys below this.")
    .meta({ examples: ["shop/nightly"] }),
  endpoint: z
    .url()
    .optional()
    .describe("The server, when it is not Amazon's.")
    .meta({ examples: ["https://s3.example.org"] }),
  region: z
    .string()
    .default(process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1")
    .describe("The region."),
  "path-style": z.boolean().default(false).describe("The bucket stands in the path, not in the host's name."),
  checksums: z
    .enum(["when_supported", "when_required"])
    .default("when_supported")
    .describe("when_required for servers of an older dialect."),
  versions: z.boolean().default(false).describe("List older versions of objects, too."),
});
export type S3Options = z.infer<typeof options>;

/** Everything a URL may say beside bucket and prefix; credentials are not among it. */
const PARAMETERS = ["endpoint", "region", "path-style", "checksums", "versions"];

function fromUrl(url: URL): unknown | null {
  if (url.protocol !== "s3:") return null;
  const wrong = (message: string) =>
    new UsageError(message, {
      code: "FB_STORE_URL",
      next: ["s3://bucket/prefix?endpoint=https://s3.example.org&region=us-east-1&path-style=true"],
    });
  if (url.username !== "" || url.password !== "") {
    throw wrong(
      "credentials do not belong in a store's URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    );
  }
  const unknown = [...url.searchParams.keys()].filter((key) => !PARAMETERS.includes(key));
  if (unknown.length > 0)
    throw wrong(`an s3 store knows no "${unknown.join(", ")}"; it knows ${PARAMETERS.join(", ")}`);
  const parameters = Object.fromEntries(url.searchParams);
  const raw = {
    ...parameters,
    bucket: url.host,
    prefix: decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, ""),
    ...("path-style" in parameters ? { "path-style": parameters["path-style"] === "true" } : {}),
    ...("versions" in parameters ? { versions: parameters.versions === "true" } : {}),
  };
  const parsed = options.safeParse(raw);
  if (!parsed.success)
    throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  return parsed.data;
}

async function connect(told: S3Options, prefix: string) {
  const { createClient } = await import("./s3-client.ts");
  return { client: createClient(told), bucket: told.bucket, prefix, versions: told.versions };
}
type Connected = Awaited<ReturnType<typeof connect>>;

function withSlash(prefix: string): string {
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/** The place as a URL again, so that a printed line can be typed. */
function placeOf(told: S3Options, prefix: string): string {
  const query = new URLSearchParams();
  if (told.endpoint !== undefined) query.set("endpoint", told.endpoint);
  if (told["path-style"]) query.set("path-style", "true");
  if (told.checksums === "when_required") query.set("checksums", told.checksums);
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  return `s3://${told.bucket}/${prefix.replace(/\/$/, "")}${text === "" ? "" : `?${text}`}`;
}

function reader(place: Connected, told: S3Options, signal: AbortSignal): Store {
  return {
    place: placeOf(told, place.prefix),
    async *list(prefix) {
      const { listObjects } = await import("./s3-client.ts");
      yield* listObjects(place, prefix, signal);
    },
    async *read(object, from = 0, to = object.sizeBytes) {
      const { readObject } = await import("./s3-client.ts");
      yield* readObject(place, object, { from, to, signal });
    },
    [Symbol.asyncDispose]: async () => place.client.destroy(),
  };
}

async function openForWorld(told: S3Options, label: RunLabel, signal: AbortSignal): Promise<WorldStore> {
  const place = await connect(told, `${withSlash(told.prefix)}${label.runId}/`);
  const { putLabel, removeAll, writeObject } = await import("./s3-world.ts");
  await putLabel(place, label);
  return {
    ...reader(place, told, signal),
    write: (key, body) => writeObject(place, key, body),
    readOnly: () => reader(place, told, signal),
    [Symbol.asyncDispose]: async () => {
      await removeAll(place);
      place.client.destroy();
    },
  };
}

async function sweep(told: S3Options, isOver: (label: RunLabel) => boolean): Promise<readonly string[]> {
  const place = await connect(told, withSlash(told.prefix));
  const { labelledPrefixes, removeAll } = await import("./s3-world.ts");
  const gone: string[] = [];
  for await (const { prefix, label } of labelledPrefixes(place)) {
    if (!isOver(label)) continue;
    await removeAll({ ...place, prefix });
    gone.push(`backups in s3://${place.bucket}/${prefix}`);
  }
  place.client.destroy();
  return gone;
}

export const s3 = defineStore<S3Options>({
  name: "s3",
  summary: "Any S3-compatible store, with credentials from the usual chain.",
  options: options as never,
  gives: [],
  needs: [],
  fromUrl,
  open: async (told, signal) => reader(await connect(told, withSlash(told.prefix)), told, signal),
  openForWorld,
  sweep,
});
