/** Lists and reads an S3 store: page after page, and from where a connection broke, never short and never other bytes. */
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from "@aws-sdk/client-s3";
import { FogbellError, UnavailableError } from "../errors.ts";
import { LABEL_NAME } from "../host/label.ts";
import { abortable, pause } from "../host/stream.ts";
import type { StoredObject } from "../parts.ts";
import { objectName, type Place, sending } from "./s3-client.ts";
import { explain } from "./s3-errors.ts";

const isOurs = (key: string) => key === LABEL_NAME || key.endsWith(`/${LABEL_NAME}`);

interface Found {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
}

/** What the server says of an object, in our words. */
export function toObject(key: string, { Size, LastModified, ETag, VersionId, IsLatest }: Found): StoredObject {
  // "null" names what was written while the bucket kept no versions; it need only be said when something covers it.
  const isPlain = VersionId === undefined || (VersionId === "null" && IsLatest !== false);
  return {
    key,
    sizeBytes: Size ?? 0,
    modifiedAt: (LastModified ?? new Date(0)).toISOString(),
    ...(ETag === undefined ? {} : { tag: ETag }),
    ...(isPlain ? {} : { version: VersionId }),
  };
}

async function* newestPages({ client, bucket }: Place, prefix: string, signal?: AbortSignal) {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      sending(signal),
    );
    yield page.Contents ?? [];
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

async function* versionPages({ client, bucket }: Place, prefix: string, signal?: AbortSignal) {
  let key: string | undefined;
  let version: string | undefined;
  do {
    const page = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker: key, VersionIdMarker: version }),
      sending(signal),
    );
    yield page.Versions ?? [];
    key = page.IsTruncated ? page.NextKeyMarker : undefined;
    version = page.NextVersionIdMarker;
  } while (key !== undefined);
}

/** Every object below a prefix, page after page; with `versions`, older versions too, newest first. */
export async function* listObjects(place: Place, below: string, signal?: AbortSignal): AsyncIterable<StoredObject> {
  const { bucket, prefix, versions, seen, told } = place;
  let newer: Found | undefined;
  const pages: AsyncIterable<readonly Found[]> = (versions ? versionPages : newestPages)(place, prefix + below, signal);
  try {
    for await (const page of pages) {
      seen.accepted = true;
      for (const found of page) {
        if (found.Key === undefined || isOurs(found.Key)) continue;
        const object = toObject(found.Key.slice(prefix.length), found);
        if (found.IsLatest === false && newer?.Key === found.Key) {
          told.set(objectName(object), { supersededAt: newer.LastModified });
        }
        newer = found;
        yield object;
      }
    }
  } catch (error) {
    throw explain(error, {
      doing: `listing s3://${bucket}/${prefix}`,
      endpoint: place.endpoint,
      signal,
      accepted: seen.accepted,
    });
  }
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 100;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly signal?: AbortSignal;
}

const bare = (tag: string) => tag.replace(/^W\//, "").replaceAll('"', "");

/** Throws unless the answer holds the range of the object that was asked for: some servers ignore either header. */
function assertAnswers(
  { ContentRange, ContentLength, ETag }: GetObjectCommandOutput,
  object: StoredObject,
  range: Range,
) {
  const { from, to } = range;
  if (object.tag !== undefined && ETag !== undefined && bare(ETag) !== bare(object.tag)) {
    throw Object.assign(new Error(`${object.tag} became ${ETag}`), { name: "PreconditionFailed" });
  }
  const isRange = ContentRange?.startsWith(`bytes ${from}-${to - 1}/`);
  const isWhole = ContentRange === undefined && from === 0 && ContentLength === to;
  if (!isRange && !isWhole) {
    throw new Error(`asked for bytes ${from}-${to - 1}, it sent ${ContentRange ?? `${ContentLength} from the start`}`);
  }
}

/** Keeps what an answer says of how long the object is kept: asking for it would take a request for each. */
function heed({ told }: Place, object: StoredObject, answer: GetObjectCommandOutput): void {
  const { Expiration: expiration, ObjectLockRetainUntilDate: lockedUntil, ObjectLockMode: lockMode } = answer;
  const isHeld = answer.ObjectLockLegalHoldStatus === "ON";
  if (expiration === undefined && lockedUntil === undefined && !isHeld) return;
  const name = objectName(object);
  told.set(name, { ...told.get(name), expiration, lockedUntil, lockMode, isHeld });
}

async function* readOnce(place: Place, object: StoredObject, range: Range): AsyncIterable<Uint8Array> {
  const { client, bucket, prefix } = place;
  const answer = await client.send(
    new GetObjectCommand({
      Bucket: bucket,
      Key: prefix + object.key,
      Range: `bytes=${range.from}-${range.to - 1}`,
      ...(object.tag === undefined ? {} : { IfMatch: object.tag }),
      ...(object.version === undefined ? {} : { VersionId: object.version }),
    }),
    sending(range.signal),
  );
  place.seen.accepted = true;
  heed(place, object, answer);
  const body = answer.Body as AsyncIterable<Uint8Array> & { destroy?(): void };
  try {
    assertAnswers(answer, object, range);
    yield* range.signal === undefined ? body : abortable(body, range.signal);
  } finally {
    // A body that nobody reads would hold its connection.
    body.destroy?.();
  }
}

/** Errors that a new connection may mend. */
function isPassing(error: unknown): boolean {
  return error instanceof FogbellError && ["FB_STORE_UNREADABLE", "FB_S3_UNREACHABLE"].includes(error.code);
}

/** Reads a range of one object; goes on where a connection broke, never with other content, never short. */
export async function* readObject(place: Place, object: StoredObject, range: Range): AsyncIterable<Uint8Array> {
  const { to, signal } = range;
  const doing = `reading s3://${place.bucket}/${place.prefix}${object.key}`;
  let at = range.from;
  for (let failures = 0; at < to; ) {
    const before = at;
    try {
      for await (const chunk of readOnce(place, object, { ...range, from: at })) {
        if (at + chunk.length > to) {
          throw new UnavailableError(`${doing}: it sent more than was asked for`, { code: "FB_STORE_UNREADABLE" });
        }
        at += chunk.length;
        yield chunk;
      }
      if (at < to) throw new Error(`ended at byte ${at} of ${to}`);
    } catch (error) {
      const explained = explain(error, { doing, endpoint: place.endpoint, signal, accepted: place.seen.accepted });
      failures = at > before ? 1 : failures + 1;
      if (!isPassing(explained) || failures >= ATTEMPTS) throw explained;
      await pause(FIRST_WAIT_MS * 2 ** failures, signal);
    }
  }
}
