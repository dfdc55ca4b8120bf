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
  readonly StorageClass?: string | undefined;
}

/** What needs not be said of an object. */
const USUAL_CLASS = "STANDARD";

/** What the server says of an object, in our words. */
export function toObject(key: string, found: Found): StoredObject {
  const { Size, LastModified, ETag, VersionId, IsLatest, StorageClass = USUAL_CLASS } = found;
  // "null" names what was written while the bucket kept no versions; it need only be said when something covers it.
  const isPlain = VersionId === undefined || (VersionId === "null" && IsLatest !== false);
  return {
    key,
    sizeBytes: Size ?? 0,
    modifiedAt: (LastModified ?? new Date(0)).toISOString(),
    ...(ETag === undefined ? {} : { tag: ETag }),
    ...(isPlain ? {} : { version: VersionId }),
    ...(StorageClass === USUAL_CLASS || StorageClass === "" ? {} : { storageClass: StorageClass }),
  };
}

/** A page of a listing: what is there, and keys whose newest version says that they are not. */
interface Page {
  readonly found: readonly Found[];
  readonly deleted: readonly Found[];
}

async function* newestPages({ client, bucket }: Place, prefix: string, signal?: AbortSignal): AsyncIterable<Page> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      sending(signal),
    );
    yield { found: page.Contents ?? [], deleted: [] };
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

async function* versionPages({ client, bucket }: Place, prefix: string, signal?: AbortSignal): AsyncIterable<Page> {
  let key: string | undefined;
  let version: string | undefined;
  do {
    const page = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker: key, VersionIdMarker: version }),
      sending(signal),
    );
    const deleted = (page.DeleteMarkers ?? []).filter(({ IsLatest }) => IsLatest === true);
    yield { found: page.Versions ?? [], deleted };
    key = page.IsTruncated ? page.NextKeyMarker : undefined;
    version = page.NextVersionIdMarker;
  } while (key !== undefined);
}

/** The folders of a browser's upload or a console: objects without a byte that end with a slash. They hold nothing. */
const isFolder = ({ Key = "", Size = 0 }: Found) => Key.endsWith("/") && Size === 0;

/**
 * Every object below a prefix, page after page; with `versions`, older versions too, newest first, and those of deleted
 * keys with the moment of their deletion.
 */
export async function* listObjects(place: Place, below: string, signal?: AbortSignal): AsyncIterable<StoredObject> {
  const { bucket, prefix, versions, seen, told } = place;
  let newer: Found | undefined;
  // A key's versions may stand on the page after its marker.
  let marker: Found | undefined;
  const pages = (versions ? versionPages : newestPages)(place, prefix + below, signal);
  try {
    for await (const page of pages) {
      seen.accepted = true;
      const deleted = new Map([marker, ...page.deleted].map((one) => [one?.Key, one?.LastModified] as const));
      marker = page.deleted.at(-1) ?? marker;
      for (const found of page.found) {
        if (found.Key === undefined || isOurs(found.Key) || isFolder(found)) continue;
        const deletedAt = deleted.get(found.Key)?.toISOString();
        const listed = toObject(found.Key.slice(prefix.length), found);
        const object = deletedAt === undefined ? listed : { ...listed, deletedAt };
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
  const key = place.prefix + object.key;
  const doing = `reading s3://${place.bucket}/${key}`;
  const { endpoint, bucket, isAmazon } = place;
  const whose = { bucket, key, version: object.version, endpoint: isAmazon ? null : endpoint };
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
      const accepted = place.seen.accepted;
      const explained = explain(error, { doing, endpoint, signal, accepted, object: whose });
      failures = at > before ? 1 : failures + 1;
      if (!isPassing(explained) || failures >= ATTEMPTS) throw explained;
      await pause(FIRST_WAIT_MS * 2 ** failures, signal);
    }
  }
}
