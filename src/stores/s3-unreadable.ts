/** Answers that are about one object of a bucket and no other: it lies in an archive, or is not for whoever asks. */
import { UnreadableError } from "../errors.ts";
import { quote } from "../host/sh.ts";
import { tameName } from "../host/tame.ts";

/** What the SDK throws, as far as it is read. */
export interface Thrown {
  readonly name?: string;
  readonly Code?: string;
  readonly code?: string;
  readonly message?: string;
  readonly StorageClass?: string;
  readonly AccessTier?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** One object, as the AWS command line is told of it. */
export interface ObjectPlace {
  readonly bucket: string;
  readonly key: string;
  readonly version?: string | undefined;
  /** Null: Amazon's own. */
  readonly endpoint: string | null;
}

/** An `aws s3api` line about this object, to be typed. */
function awsLine(what: string, { bucket, key, version, endpoint }: ObjectPlace, more: readonly string[] = []): string {
  return [
    `aws s3api ${what} --bucket ${quote(bucket)} --key ${quote(key)}`,
    ...(version === undefined ? [] : [`--version-id ${quote(version)}`]),
    ...(endpoint === null ? [] : [`--endpoint-url ${quote(endpoint)}`]),
    ...more,
  ].join(" ");
}

/** What brings an object back from an archive class. A tier of an object that stays in its class knows no days. */
function thawing(object: ObjectPlace, isTier: boolean): string[] {
  const request = { ...(isTier ? {} : { Days: 7 }), GlacierJobParameters: { Tier: "Standard" } };
  return [
    awsLine("restore-object", object, ["--restore-request", quote(JSON.stringify(request))]),
    `${awsLine("head-object", object)}   # "Restore" says when it is there: hours, usually`,
  ];
}

/** The rights that reading takes. */
function rightsFor({ version }: ObjectPlace): string[] {
  const action = version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  return [`grant ${action} on this object, and kms:Decrypt on the key that it is encrypted with`];
}

const CODE_OF_KEY = /^KMS\./;

/** What an answer to reading says against this one object; null when it may be about more than that. */
export function unreadableObject(
  { Code = "", name = "", message = "", StorageClass, AccessTier, $metadata }: Thrown,
  { doing, object }: { readonly doing: string; readonly object: ObjectPlace },
): UnreadableError | null {
  const code = Code === "" ? name : Code;
  const detail = message === "" || message === "UnknownError" ? "" : ` (${tameName(message, 300)})`;
  if (code === "InvalidObjectState") {
    const because = `it lies in ${AccessTier ?? StorageClass ?? "an archive class"} and has to be restored from there first`;
    const next = thawing(object, AccessTier !== undefined);
    return new UnreadableError(`${doing}: ${because}`, { kind: "archived", because, next, cause: message });
  }
  const isNameless = $metadata?.httpStatusCode === 403 && (code === "" || code === "Unknown" || code === "403");
  if (code === "AccessDenied" || isNameless || CODE_OF_KEY.test(code)) {
    const because = `access to it is denied${detail}`;
    return new UnreadableError(`${doing}: ${because}`, { kind: "denied", because, next: rightsFor(object) });
  }
  // Encrypted with a key that every request would have to bring.
  if (code === "InvalidRequest" || code === "InvalidArgument") {
    const because = `the server does not give it out${detail}`;
    return new UnreadableError(`${doing}: ${because}`, {
      kind: "denied",
      because,
      next: [awsLine("head-object", object)],
    });
  }
  return null;
}
