/** What people's buckets are like: archived, denied, deleted, oddly named, full of other things. A real server each time. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stamp } from "../../src/world/timeline.ts";
import { type BucketBench, openBucketBench } from "../support/bucket-bench.ts";
import { type EditingProxy, type Edits, editingProxy } from "../support/editing-proxy.ts";
import { type Ended, startFogbell } from "../support/fogbell.ts";

const HOUR = 3_600_000;
let bench: BucketBench;
let ceph: BucketBench["ceph"];
let folder: BucketBench["folder"];
let dump: Buffer;
beforeAll(async () => {
  bench = await openBucketBench();
  ({ ceph, folder, dump } = bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const put = (bucket: string, key: string, body: Buffer = dump) =>
  ceph.client.send(new PutObjectCommand({ Bucket: bucket, Key: `backups/${key}`, Body: body }));
/** Names of five nights, newest first. */
const nights = () => [1, 25, 49, 73, 97].map((hours) => `shop-${stamp(Date.now() - hours * HOUR)}.dump`);

async function bucketOf(name: string, keys: readonly string[], versioned = false): Promise<void> {
  await ceph.client.send(new CreateBucketCommand({ Bucket: name }));
  if (versioned) {
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await ceph.client.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration }));
  }
  // The oldest first, as nights write them.
  for (const key of [...keys].reverse()) await put(name, key);
}

interface Said extends Ended {
  readonly all: string;
}

/** One call of the built program on a bucket, as a user types it. */
async function typed(words: readonly string[], url: string, name: string): Promise<Said> {
  const env = {
    AWS_ACCESS_KEY_ID: ceph.accessKey,
    AWS_SECRET_ACCESS_KEY: ceph.secretKey,
    XDG_CACHE_HOME: join(folder.path, "cache"),
  };
  const ended = await startFogbell([...words, "--store", url], env, folder.path).ended;
  const all = ended.stdout + ended.stderr;
  expect(all).not.toMatch(/FB_DEFECT|defect/);
  expect(all, name).not.toContain(ceph.secretKey);
  return { ...ended, all };
}

/** `init`, `verify` and `backups` of a bucket, through a server that edits answers when it is told to. */
async function judged(
  bucket: string,
  { edits, query = "", prefix = "backups" }: { edits?: Edits; query?: string; prefix?: string } = {},
) {
  let proxy: EditingProxy | null = null;
  try {
    if (edits !== undefined) proxy = await editingProxy(ceph.port, edits);
    const url = ceph.url(bucket, prefix).replace(`:${ceph.port}`, `:${proxy?.port ?? ceph.port}`) + query;
    const out = join(folder.path, `out-${bucket}`);
    const init = await typed(["init", "--out", "-"], url, "init");
    const verify = await typed(["verify", "--sandbox", "local", "--trust-backups", "--out", out], url, "verify");
    const backups = await typed(["backups", "--results", out], url, "backups");
    return { init, verify, backups, url };
  } finally {
    await proxy?.[Symbol.asyncDispose]();
  }
}

const glacier = (keys: readonly string[]): Edits => ({
  object: (path) =>
    keys.some((key) => path.endsWith(`/${key}`))
      ? {
          status: 403,
          xml: "<Error><Code>InvalidObjectState</Code><Message>The operation is not valid for the object's storage class</Message><StorageClass>GLACIER</StorageClass></Error>",
        }
      : null,
  listing: (xml) =>
    xml.replaceAll(/<Contents>.*?<\/Contents>/gs, (one) =>
      keys.some((key) => one.includes(`/${key}<`))
        ? one.replace(/<StorageClass>.*?<\/StorageClass>/, "<StorageClass>GLACIER</StorageClass>")
        : one,
    ),
});
const denied = (key: string): Edits => ({
  object: (path) =>
    path.endsWith(`/${key}`)
      ? { status: 403, xml: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" }
      : null,
});

describe("in an archive class", () => {
  test("s01: old ones: the newest is judged, and backups says what the old ones need", async () => {
    const keys = nights();
    await bucketOf("s01", keys);
    const { init, verify, backups } = await judged("s01", { edits: glacier(keys.slice(3)) });
    expect([init.code, verify.code, backups.code]).toEqual([0, 0, 0]);
    for (const key of keys.slice(3)) {
      const line = backups.stdout.split("\n").find((one) => one.includes(`  ${key}  `));
      expect(line).toMatch(
        /CAN'T READ: it lies in GLACIER and has to be restored from there first.*storage class GLACIER/,
      );
    }
    expect(backups.stdout).toMatch(
      /2 can't be read\. To read shop-.*:\n +aws s3api restore-object --bucket s01 --key backups\/shop-\S+ --endpoint-url/,
    );
    expect(init.all + verify.all + backups.all).not.toMatch(/credential|AWS_ACCESS_KEY/i);
  });
  test("s02: the newest: void, with the command that restores it, and the newest that can be read", async () => {
    const keys = nights();
    await bucketOf("s02", keys);
    const { verify, backups } = await judged("s02", { edits: glacier(keys.slice(0, 1)) });
    expect(verify.code).toBe(4);
    expect(verify.all).toContain(`${keys[0]} couldn't be judged: it lies in GLACIER`);
    expect(verify.all).toMatch(/next: aws s3api restore-object --bucket s02 --key backups\/shop-/);
    expect(verify.all).toContain(`The newest good one is ${keys[1]}`);
    expect(verify.all + backups.all).not.toMatch(/credential/i);
  });
  test("all of them: void in each command, and not nothing", async () => {
    const keys = nights();
    await bucketOf("s02-all", keys);
    const { init, verify, backups } = await judged("s02-all", { edits: glacier(keys) });
    expect([init.code, verify.code, backups.code]).toEqual([4, 4, 4]);
    expect(verify.all).toMatch(/GLACIER[\s\S]*FB_OBJECT_ARCHIVED/);
  });
});

describe("denied", () => {
  test("s03: an old one: the newest is judged, the one is named", async () => {
    const keys = nights();
    await bucketOf("s03", keys);
    const { init, verify, backups } = await judged("s03", { edits: denied(keys[3] ?? "") });
    expect([init.code, verify.code, backups.code]).toEqual([0, 0, 0]);
    expect(backups.stdout).toMatch(new RegExp(`${keys[3]} +CAN'T READ: access to it is denied`));
  });
  test("s04: the newest: void, named, with what to grant", async () => {
    const keys = nights();
    await bucketOf("s04", keys);
    const { verify } = await judged("s04", { edits: denied(keys[0] ?? "") });
    expect(verify.code).toBe(4);
    expect(verify.all).toContain(`${keys[0]} couldn't be judged: access to it is denied`);
    expect(verify.all).toMatch(/grant s3:GetObject on this object, and kms:Decrypt/);
    expect(verify.all).toContain(`The newest good one is ${keys[1]}`);
  });
});

describe("with versions", () => {
  const query = "&versions=true";
  test("s05: the two newest were deleted: the newest living one is the newest, and the deleted ones are said", async () => {
    const keys = nights();
    await bucketOf("s05", keys, true);
    for (const key of keys.slice(0, 2))
      await ceph.client.send(new DeleteObjectCommand({ Bucket: "s05", Key: `backups/${key}` }));
    const { verify, backups } = await judged("s05", { query });
    // Two days old: the objective is missed.
    expect(verify.code).toBe(3);
    expect(verify.all).toMatch(new RegExp(`newer, and deleted: ${keys[0]}@\\S+ \\(deleted 20`));
    expect(verify.all).toMatch(new RegExp(`source +${keys[2]}`));
    expect(backups.stdout).toMatch(
      new RegExp(`${keys[1]}@\\S+ +DELETED 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d; an old version still exists`),
    );
    expect(backups.stdout).toMatch(/now you'd lose 2d/);
  });
  test("every one was deleted: a version is looked at, and it is not well", async () => {
    const keys = nights();
    await bucketOf("s05-all", keys, true);
    for (const key of keys)
      await ceph.client.send(new DeleteObjectCommand({ Bucket: "s05-all", Key: `backups/${key}` }));
    const { verify } = await judged("s05-all", { query });
    expect(verify.code).toBe(4);
    expect(verify.all).toMatch(/every backup was deleted/);
  });
  test("s06: the newest version is empty: bad, and the older version is named", async () => {
    const keys = nights();
    await bucketOf("s06", keys, true);
    await put("s06", keys[0] ?? "", Buffer.alloc(0));
    const { verify } = await judged("s06", { query });
    expect(verify.code).toBe(1);
    expect(verify.all).toMatch(/empty/);
    expect(verify.all).toMatch(new RegExp(`The newest good one is ${keys[0]}@`));
  });
});

describe("other things in the bucket", () => {
  test("s07: a sibling whose name begins alike is another place", async () => {
    const keys = nights();
    await bucketOf(
      "s07",
      keys.map((key) => `shop/${key}`),
    );
    // Younger, and empty: judged, it would be bad.
    await put("s07", `shop-archive/shop-${stamp(Date.now())}.dump`, Buffer.alloc(0));
    const { verify, backups } = await judged("s07", { prefix: "backups/shop" });
    expect(verify.code).toBe(0);
    expect(backups.all).not.toContain("archive");
    expect(backups.stdout).toContain("5 backups");
  });
  test("s09: an upload that never ended is no object", async () => {
    const keys = nights();
    await bucketOf("s09", keys);
    const where = { Bucket: "s09", Key: `backups/shop-${stamp(Date.now())}.dump` };
    const { UploadId } = await ceph.client.send(new CreateMultipartUploadCommand(where));
    await ceph.client.send(new UploadPartCommand({ ...where, UploadId, PartNumber: 1, Body: dump }));
    const { verify, backups } = await judged("s09");
    expect(verify.code).toBe(0);
    expect(backups.stdout).toContain("5 backups");
  });
  test("s10: 2,500 foreign objects, within a minute", async () => {
    const keys = nights();
    await bucketOf("s10", keys);
    const names = Array.from({ length: 2500 }, (_, index) => `logs/2026/${index}.txt`);
    for (let at = 0; at < names.length; at += 50)
      await Promise.all(names.slice(at, at + 50).map((key) => put("s10", key, Buffer.from(`line of ${key}\n`))));
    const beganMs = performance.now();
    const { verify } = await judged("s10");
    expect(verify.code).toBe(0);
    expect(performance.now() - beganMs).toBeLessThan(180_000);
  }, 300_000);
  test("s11: all written today, in another order than the names': the newest by name counts", async () => {
    const keys = nights();
    await bucketOf("s11", []);
    const order = [2, 0, 4, 1, 3].map((index) => keys[index] ?? "");
    for (const key of order) await put("s11", key, key === keys[0] ? dump.subarray(0, dump.length - 700) : dump);
    const { verify } = await judged("s11");
    expect(verify.code).toBe(1);
    expect(verify.all).toContain(`${keys[0]} is bad`);
  });
});

describe("s08: odd keys", () => {
  const odd = [
    "größe ü.dump",
    "nfd-u\u0308.dump",
    "a+b.dump",
    "a b (1).dump",
    "10:30:00.dump",
    "%41.dump",
    "a//b.dump",
    "/leading.dump",
    "ta'g\"s.dump",
    "日本.dump",
    "tab\there.dump",
    "esc\u001b[31mred.dump",
    "bidi\u202egnp.dump",
    `${"long/".repeat(20)}${"x".repeat(60)}.dump`,
  ];
  test("each is listed, judged and fetched; a folder's own object is nothing", async () => {
    await bucketOf("s08", []);
    for (const key of odd) await put("s08", key);
    await put("s08", "folder/", Buffer.alloc(0));
    const url = ceph.url("s08", "backups");
    const list = await typed(["backups", "list", "--json"], url, "list");
    const { points, unknown } = JSON.parse(list.stdout) as { points: { id: string }[]; unknown: unknown[] };
    expect(points.map(({ id }) => id).sort()).toEqual([...odd].sort());
    expect(unknown).toEqual([]);
    for (const [index, key] of odd.entries()) {
      const to = join(folder.path, `fetched-${index}`);
      const fetched = await typed(["backups", "fetch", key, "--to", to, "--json"], url, key);
      expect(fetched.code, key).toBe(0);
      const { files } = JSON.parse(fetched.stdout) as { files: { path: string }[] };
      expect((await readFile(files[0]?.path ?? "")).equals(dump)).toBe(true);
    }
    for (const words of [["backups", "list"], ["backups"], ["init", "--out", "-"]]) {
      const { all } = await typed(words, url, words.join(" "));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there.
      expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
  }, 400_000);
});
