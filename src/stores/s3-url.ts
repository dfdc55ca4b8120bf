/** What an S3 store can be told, as options and as a URL. Credentials are in neither: URLs are printed and logged. */
import { z } from "zod";
import { UsageError } from "../errors.ts";

export const s3Options = z.strictObject({
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
    .url({ protocol: /^https?$/, error: "not an http or https URL" })
    .refine((text) => !URL.canParse(text) || isPlain(new URL(text)), "must be a server's address and nothing else")
    .optional()
    .describe("The server, when it is not Amazon's.")
    .meta({ examples: ["https://s3.example.org"] }),
  region: z
    .string()
    .min(1, "it is empty")
    .optional()
    .describe("The region; otherwise AWS_REGION, AWS_DEFAULT_REGION, then us-east-1."),
  "path-style": z.boolean().default(false).describe("The bucket stands in the path, not in the host's name."),
  checksums: z
    .enum(["when_supported", "when_required"], "neither when_supported nor when_required")
    .default("when_supported")
    .describe("when_required for servers of an older dialect."),
  versions: z.boolean().default(false).describe("List older versions of objects, too."),
});
export type S3Options = z.infer<typeof s3Options>;

/** No user, password, query or fragment: none of them belongs there, and any may be a secret that would be printed. */
function isPlain({ username, password, search, hash }: URL): boolean {
  return username === "" && password === "" && search === "" && hash === "";
}

/** Everything a URL may say beside bucket and prefix; credentials are not among it. */
const PARAMETERS = ["endpoint", "region", "path-style", "checksums", "versions"];
const FLAGS = ["path-style", "versions"];

function wrong(message: string): UsageError {
  return new UsageError(message, {
    code: "FB_STORE_URL",
    next: ["s3://bucket/prefix?endpoint=https://s3.example.org&region=us-east-1&path-style=true"],
  });
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname).replace(/^\/+|\/+$/g, "");
  } catch {
    throw wrong("the prefix of this s3 store cannot be decoded; write % as %25");
  }
}

/** Throws when the URL holds what would be silently left out, or a secret. Its own text is never repeated. */
function assertSayable(url: URL): void {
  if (url.username !== "" || url.password !== "") {
    throw wrong(
      "credentials do not belong in a store's URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    );
  }
  if (url.hash !== "") throw wrong("an s3 store's URL has no fragment; in the prefix, write # as %23");
  if (url.port !== "") throw wrong("an s3 store's URL begins with a bucket; the server's port goes into endpoint=");
  const names = [...url.searchParams.keys()];
  const unknown = names.filter((key) => !PARAMETERS.includes(key));
  if (unknown.length > 0)
    throw wrong(`an s3 store knows no "${unknown.join(", ")}"; it knows ${PARAMETERS.join(", ")}`);
  const twice = names.find((key, index) => names.indexOf(key) !== index);
  if (twice !== undefined) throw wrong(`${twice} stands in the store's URL twice`);
}

/** Options from `s3://bucket/prefix?…`, null for another scheme. Throws UsageError FB_STORE_URL. */
export function s3FromUrl(url: URL): S3Options | null {
  if (url.protocol !== "s3:") return null;
  assertSayable(url);
  if (url.host === "") throw wrong("the URL names no bucket");
  const told: Record<string, unknown> = Object.fromEntries(url.searchParams);
  for (const flag of FLAGS) {
    if (told[flag] === "true" || told[flag] === "false") told[flag] = told[flag] === "true";
    else if (flag in told) throw wrong(`${flag} is true or false`);
  }
  const parsed = s3Options.safeParse({ ...told, bucket: url.host, prefix: decoded(url.pathname) });
  if (!parsed.success)
    throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  return parsed.data;
}

/** The place as a URL again, so that a printed line can be typed. `prefix` may end with a slash. */
export function s3PlaceOf(told: S3Options, prefix: string): string {
  const query = new URLSearchParams();
  if (told.endpoint !== undefined) query.set("endpoint", told.endpoint);
  if (told.region !== undefined) query.set("region", told.region);
  if (told["path-style"]) query.set("path-style", "true");
  if (told.checksums === "when_required") query.set("checksums", told.checksums);
  if (told.versions) query.set("versions", "true");
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2F", "/");
  const path = prefix.replace(/\/$/, "").split("/").map(encodeURIComponent).join("/");
  return `s3://${told.bucket}/${path}${text === "" ? "" : `?${text}`}`;
}
