/** A world's own corner of a bucket: writes below its prefix, and removes all of it, every version, when it closes. */
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { RefusedError, UnavailableError } from "../errors.ts";
import { assertInner } from "../host/inner-key.ts";
import { LABEL_NAME, parseLabel } from "../host/label.ts";
import { quote } from "../host/sh.ts";
import { abortable } from "../host/stream.ts";
import type { RunLabel, StoredObject } from "../parts.ts";
import { type Place, sending } from "./s3-client.ts";
import { explain, isUnimplemented } from "./s3-errors.ts";
import { toObject } from "./s3-read.ts";

/** The first object of a run, and the last to go: what lies beside it can always be told to be the run's. */
export async function putLabel(
  { client, bucket, prefix, endpoint }: Place,
  label: RunLabel,
  signal: AbortSignal,
): Promise<void> {
  assertInner(label.runId, `s3://${bucket}`);
  const request = new PutObjectCommand({ Bucket: bucket, Key: prefix + LABEL_NAME, Body: JSON.stringify(label) });
  await client.send(request, sending(signal)).catch((error: unknown) => {
    throw explain(error, { doing: `writing to s3://${bucket}/${prefix}`, endpoint, signal, isUpload: true });
  });
}

export interface NewObject {
  readonly key: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** Streams a body up in parts; memory holds a few of them. When it fails, its parts are taken back. */
export async function writeObject(
  { client, bucket, prefix, endpoint }: Place,
  { key, body, signal }: NewObject,
): Promise<StoredObject> {
  assertInner(key, `s3://${bucket}/${prefix}`);
  const where = { Bucket: bucket, Key: prefix + key };
  let upload: Upload | undefined;
  const stop = () => void upload?.abort();
  try {
    signal.throwIfAborted();
    upload = new Upload({ client, params: { ...where, Body: Readable.from(abortable(body, signal)) } });
    signal.addEventListener("abort", stop, { once: true });
    await upload.done();
    const head = await client.send(new HeadObjectCommand(where), sending(signal));
    return toObject(key, { ...head, Size: head.ContentLength });
  } catch (error) {
    throw explain(error, { doing: `writing s3://${bucket}/${prefix}${key}`, endpoint, signal, isUpload: true });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** As a pruning job does it: a bucket that keeps versions keeps this one. */
export async function removeObject(
  { client, bucket, prefix, endpoint }: Place,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  assertInner(key, `s3://${bucket}/${prefix}`);
  const request = new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key });
  await client.send(request, sending(signal)).catch((error: unknown) => {
    throw explain(error, { doing: `removing s3://${bucket}/${prefix}${key}`, endpoint, signal });
  });
}

/** The first page of what lies below the prefix, in every version; without, where the server keeps none. */
async function firstPage({ client, bucket, prefix }: Place): Promise<ObjectIdentifier[]> {
  const where = { Bucket: bucket, Prefix: prefix };
  try {
    const { Versions = [], DeleteMarkers = [] } = await client.send(new ListObjectVersionsCommand(where));
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
      Key,
      ...(VersionId === undefined ? {} : { VersionId }),
    }));
  } catch (error) {
    if (!isUnimplemented(error)) throw error;
    const { Contents = [] } = await client.send(new ListObjectsV2Command(where));
    return Contents.map(({ Key }) => ({ Key }));
  }
}

/** Uploads that a killed run never ended: no list of objects shows them, but they take room and are billed. */
async function abortUploads({ client, bucket, prefix }: Place): Promise<void> {
  const { Uploads = [] } = await client
    .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }))
    .catch((error: unknown) => {
      if (isUnimplemented(error)) return { Uploads: [] };
      throw error;
    });
  for (const { Key, UploadId } of Uploads) {
    if (Key?.startsWith(prefix)) await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  }
}

/** Removes every version of everything below the prefix. The label goes last, so that an interrupted removal is found again. */
export async function removeAll(place: Place): Promise<void> {
  const { client, bucket, prefix } = place;
  if (prefix === "") throw new RefusedError("a whole bucket is never removed", { code: "FB_KEY_ESCAPES" });
  const doing = `removing s3://${bucket}/${prefix}`;
  const stays = (key: string | undefined, why: string) =>
    new UnavailableError(`${doing}: ${key} stays: ${why}`, {
      code: "FB_STORE_CLEANUP",
      next: [`fogbell gc --store ${quote(place.url)}`],
    });
  let before = "";
  try {
    await abortUploads(place);
    for (let found = await firstPage(place); found.length > 0; found = await firstPage(place)) {
      const others = found.filter(({ Key }) => Key !== prefix + LABEL_NAME);
      const Objects = (others.length > 0 ? others : found).slice(0, 1000);
      const { Errors = [] } = await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
      );
      const [first] = Errors;
      if (first !== undefined) throw stays(first.Key, first.Message ?? first.Code ?? "no reason given");
      // A server that says yes and removes nothing would keep us here for ever.
      const now = JSON.stringify(Objects);
      if (now === before) throw stays(Objects[0]?.Key, "the server said it was removed");
      before = now;
    }
  } catch (error) {
    throw explain(error, { doing, endpoint: place.endpoint });
  }
}

/** Prefixes of runs that carry a label, with it. A label that was copied elsewhere does not make that place a run's. */
export async function* labelledPrefixes(
  { client, bucket, prefix, endpoint }: Place,
  signal: AbortSignal,
): AsyncIterable<{ prefix: string; label: RunLabel }> {
  let token: string | undefined;
  try {
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
        sending(signal),
      );
      for (const { Key = "" } of page.Contents ?? []) {
        if (!Key.endsWith(`/${LABEL_NAME}`)) continue;
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key }), sending(signal));
        const label = parseLabel((await answer.Body?.transformToString()) ?? "");
        if (label !== null && Key === `${prefix}${label.runId}/${LABEL_NAME}`) {
          yield { prefix: Key.slice(0, -LABEL_NAME.length), label };
        }
      }
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  } catch (error) {
    throw explain(error, { doing: `listing s3://${bucket}/${prefix}`, endpoint, signal });
  }
}
