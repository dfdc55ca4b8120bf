/** A world's own corner of a bucket: writes below its prefix, and removes all of it, every version, when it closes. */

import { Readable } from "node:stream";
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { RefusedError, UnavailableError } from "../errors.ts";
import { LABEL_NAME, parseLabel } from "../host/label.ts";
import type { RunLabel, StoredObject } from "../parts.ts";
import { explain, type Place } from "./s3-client.ts";

export async function putLabel({ client, bucket, prefix }: Place, label: RunLabel): Promise<void> {
  await client
    .send(new PutObjectCommand({ Bucket: bucket, Key: prefix + LABEL_NAME, Body: JSON.stringify(label) }))
    .catch((error: unknown) => {
      throw explain(error, `writing to s3://${bucket}/${prefix}`);
    });
}

/** Streams a body up in parts; memory holds a few of them. */
export async function writeObject(
  { client, bucket, prefix }: Place,
  key: string,
  body: AsyncIterable<Uint8Array>,
): Promise<StoredObject> {
  if (key.split("/").includes("..") || key.startsWith("/")) {
    throw new RefusedError(`the key "${key}" leads out of the run's prefix`, { code: "FB_KEY_ESCAPES" });
  }
  const doing = `writing s3://${bucket}/${prefix}${key}`;
  try {
    await new Upload({ client, params: { Bucket: bucket, Key: prefix + key, Body: Readable.from(body) } }).done();
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: prefix + key }));
    return {
      key,
      sizeBytes: head.ContentLength ?? 0,
      modifiedAt: (head.LastModified ?? new Date(0)).toISOString(),
      ...(head.ETag === undefined ? {} : { tag: head.ETag }),
      ...(head.VersionId === undefined || head.VersionId === "null" ? {} : { version: head.VersionId }),
    };
  } catch (error) {
    throw explain(error, doing);
  }
}

/** Removes every version of everything below the prefix. The label goes last, so that an interrupted removal is found again. */
export async function removeAll({ client, bucket, prefix }: Place): Promise<void> {
  if (prefix === "") throw new RefusedError("a whole bucket is never removed", { code: "FB_KEY_ESCAPES" });
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) return;
    const others = found.filter(({ Key }) => Key !== prefix + LABEL_NAME);
    const batch = (others.length > 0 ? others : found).slice(0, 1000);
    const { Errors } = await client.send(
      new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: {
          Objects: batch.map(({ Key, VersionId }) => ({
            Key: Key as string,
            ...(VersionId === undefined ? {} : { VersionId }),
          })),
          Quiet: true,
        },
      }),
    );
    const [first] = Errors ?? [];
    if (first !== undefined) {
      throw new UnavailableError(`s3://${bucket}/${first.Key} could not be removed: ${first.Message ?? first.Code}`, {
        code: "FB_STORE_CLEANUP",
        next: [`fogbell gc --store 's3://${bucket}/${prefix}'`],
      });
    }
  }
}

/** Prefixes of runs that carry a label, with it. */
export async function* labelledPrefixes(place: Place): AsyncIterable<{ prefix: string; label: RunLabel }> {
  const { client, bucket, prefix } = place;
  let marker: string | undefined;
  do {
    const page = await client
      .send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker: marker }))
      .catch((error: unknown) => {
        throw explain(error, `listing s3://${bucket}/${prefix}`);
      });
    for (const { Key, IsLatest } of page.Versions ?? []) {
      if (Key === undefined || !IsLatest || !Key.endsWith(`/${LABEL_NAME}`)) continue;
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const label = parseLabel((await answer.Body?.transformToString()) ?? "");
      if (label !== null) yield { prefix: Key.slice(0, -LABEL_NAME.length), label };
    }
    marker = page.IsTruncated ? page.NextKeyMarker : undefined;
  } while (marker !== undefined);
}
