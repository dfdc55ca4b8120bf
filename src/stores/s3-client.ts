/** The client of an S3-compatible store, and what its errors mean. One door to the AWS SDK, with s3-world.ts. */
import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { FogbellError, UnavailableError } from "../errors.ts";
import { LABEL_NAME } from "../host/label.ts";
import type { StoredObject } from "../parts.ts";
import type { S3Options } from "./s3.ts";

export function createClient(options: S3Options): S3Client {
  const config: S3ClientConfig = {
    region: options.region,
    forcePathStyle: options["path-style"],
    // Our own reader resumes where it stopped; the SDK's retries cover what comes before the first byte.
    maxAttempts: 3,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    // Servers that speak an older dialect answer 411 or 501 to the SDK's trailing checksums.
    ...(options.checksums === "when_required"
      ? { requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" }
      : {}),
  };
  return new S3Client(config);
}

interface Meaning {
  readonly code: `FB_${string}`;
  readonly why: string;
  readonly next: readonly string[];
}

const CREDENTIALS = ["check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"];

const MEANINGS: Readonly<Record<string, Meaning>> = {
  SignatureDoesNotMatch: { code: "FB_S3_CREDENTIALS", why: "the secret key is wrong", next: CREDENTIALS },
  InvalidAccessKeyId: { code: "FB_S3_CREDENTIALS", why: "the access key is unknown there", next: CREDENTIALS },
  AccessDenied: {
    code: "FB_S3_CREDENTIALS",
    why: "these credentials may not do that",
    next: [...CREDENTIALS, "grant s3:ListBucket and s3:GetObject"],
  },
  UserSuspended: { code: "FB_S3_CREDENTIALS", why: "the account is suspended", next: CREDENTIALS },
  CredentialsProviderError: {
    code: "FB_S3_CREDENTIALS",
    why: "no credentials were found",
    next: ["set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"],
  },
  ExpiredToken: { code: "FB_S3_CREDENTIALS", why: "the session has expired", next: ["log in again"] },
  NoSuchBucket: {
    code: "FB_S3_BUCKET",
    why: "there is no such bucket",
    next: ["check the bucket's name, region and endpoint"],
  },
  RequestTimeTooSkewed: { code: "FB_S3_CLOCK", why: "this machine's clock is wrong", next: ["set the clock"] },
  PreconditionFailed: {
    code: "FB_OBJECT_CHANGED",
    why: "the object changed while it was being read",
    next: ["find out who writes to this store, then run again"],
  },
  NoSuchKey: { code: "FB_OBJECT_CHANGED", why: "the object is gone", next: ["fogbell backups list"] },
  ECONNREFUSED: { code: "FB_S3_UNREACHABLE", why: "nothing answers at this endpoint", next: ["check the endpoint"] },
  ENOTFOUND: { code: "FB_S3_UNREACHABLE", why: "the endpoint's name is unknown", next: ["check the endpoint"] },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    code: "FB_S3_TLS",
    why: "its certificate is not trusted",
    next: ["set NODE_EXTRA_CA_CERTS to the authority's file"],
  },
};

const DIALECT: Meaning = {
  code: "FB_S3_DIALECT",
  why: "it does not understand the SDK's checksums",
  next: ["add checksums=when_required to the store's URL"],
};
const UNREADABLE: Meaning = {
  code: "FB_STORE_UNREADABLE",
  why: "the connection broke or the answer made no sense",
  next: ["try again"],
};

/** What an SDK error means, in our words. Fogbell's own errors and cancellations pass unchanged. */
export function explain(thrown: unknown, doing: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (thrown instanceof FogbellError) return thrown;
  const error = thrown as {
    name?: string;
    Code?: string;
    code?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = error.$metadata?.httpStatusCode;
  const meaning =
    MEANINGS[error.Code ?? ""] ??
    MEANINGS[error.name ?? ""] ??
    MEANINGS[error.code ?? ""] ??
    (status === 412
      ? MEANINGS.PreconditionFailed
      : status === 403
        ? MEANINGS.AccessDenied
        : status === 411 || status === 501
          ? DIALECT
          : undefined) ??
    UNREADABLE;
  const detail =
    error.message === undefined || error.message === "" || error.message === "UnknownError"
      ? ""
      : ` (${error.message})`;
  return new UnavailableError(`${doing}: ${meaning.why}${detail}`, {
    code: meaning.code,
    next: meaning.next,
    cause: thrown,
  });
}

/** The key as the store's users see it: below the prefix. */
export interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly versions: boolean;
}

const isOurs = (key: string) => key === LABEL_NAME || key.endsWith(`/${LABEL_NAME}`);

/** Every object below a prefix, page after page; with `versions`, older versions too, newest first. */
export async function* listObjects(
  { client, bucket, prefix, versions }: Place,
  below: string,
  signal?: AbortSignal,
): AsyncIterable<StoredObject> {
  const doing = `listing s3://${bucket}/${prefix}`;
  let token: string | undefined;
  let versionMarker: string | undefined;
  do {
    const common = { Bucket: bucket, Prefix: prefix + below };
    const send = { ...(signal === undefined ? {} : { abortSignal: signal }) };
    try {
      if (versions) {
        const page = await client.send(
          new ListObjectVersionsCommand({ ...common, KeyMarker: token, VersionIdMarker: versionMarker }),
          send,
        );
        for (const found of page.Versions ?? []) {
          if (found.Key !== undefined && !isOurs(found.Key)) yield toObject(found.Key.slice(prefix.length), found);
        }
        token = page.IsTruncated ? page.NextKeyMarker : undefined;
        versionMarker = page.NextVersionIdMarker;
      } else {
        const page = await client.send(new ListObjectsV2Command({ ...common, ContinuationToken: token }), send);
        for (const found of page.Contents ?? []) {
          if (found.Key !== undefined && !isOurs(found.Key)) yield toObject(found.Key.slice(prefix.length), found);
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      }
    } catch (error) {
      throw explain(error, doing, signal);
    }
  } while (token !== undefined);
}

interface Found {
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
}

function toObject(key: string, { Size, LastModified, ETag, VersionId }: Found): StoredObject {
  return {
    key,
    sizeBytes: Size ?? 0,
    modifiedAt: (LastModified ?? new Date(0)).toISOString(),
    ...(ETag === undefined ? {} : { tag: ETag }),
    ...(VersionId === undefined || VersionId === "null" ? {} : { version: VersionId }),
  };
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 100;

/** Reads a range of one object; goes on where a connection broke, never with other content, never short. */
export async function* readObject(
  { client, bucket, prefix }: Place,
  object: StoredObject,
  range: { from: number; to: number; signal?: AbortSignal },
): AsyncIterable<Uint8Array> {
  const doing = `reading s3://${bucket}/${prefix}${object.key}`;
  const { to, signal } = range;
  let at = range.from;
  let failures = 0;
  while (at < to) {
    const before = at;
    try {
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: bucket,
          Key: prefix + object.key,
          Range: `bytes=${at}-${to - 1}`,
          ...(object.tag === undefined ? {} : { IfMatch: object.tag }),
          ...(object.version === undefined ? {} : { VersionId: object.version }),
        }),
        signal === undefined ? {} : { abortSignal: signal },
      );
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        at += chunk.length;
        yield chunk;
      }
      if (at < to) throw new Error(`ended at byte ${at} of ${to}`);
    } catch (error) {
      const explained = explain(error, doing, signal);
      if (at > before) failures = 0;
      failures += 1;
      const isPassing =
        explained instanceof FogbellError &&
        (explained.code === "FB_STORE_UNREADABLE" || explained.code === "FB_S3_UNREACHABLE");
      if (!isPassing || failures >= ATTEMPTS) throw explained;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** failures));
    }
  }
}
