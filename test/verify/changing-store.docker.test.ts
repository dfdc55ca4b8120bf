/** A real S3 server that changes between the listing and the fetch: keys withdrawn, objects removed and overwritten. */
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request as ask, createServer } from "node:http";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketLifecycleConfigurationCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import type { LoadedConfig } from "../../src/config/config.ts";
import type { DrillEvent, DrillResult, Progress } from "../../src/record.ts";
import { fetchPoint, openStock } from "../../src/verify/stock.ts";
import { overviews, verifyAll } from "../../src/verify/verify-all.ts";
import { stamp } from "../../src/world/timeline.ts";
import { type BucketBench, openBucketBench } from "../support/bucket-bench.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";

const { signal } = new AbortController();
const HOUR = 3_600_000;
const ago = (hours: number) => stamp(Date.now() - hours * HOUR);
const [newest, older] = [`shop-${ago(1)}.dump`, `shop-${ago(25)}.dump`];

let bench: BucketBench;
let ceph: BucketBench["ceph"];
let folder: BucketBench["folder"];
let dump: Buffer;
beforeAll(async () => {
  bench = await openBucketBench();
  ({ ceph, folder, dump } = bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

const put = (bucket: string, key: string, body: Buffer) =>
  ceph.client.send(new PutObjectCommand({ Bucket: bucket, Key: `drills/${key}`, Body: body }));

/** Done when it returns, for what must happen between two steps of a run. */
function putAtOnce(bucket: string, key: string, text: string): void {
  const script = `import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
    const [endpoint, Bucket, Key, Body] = process.argv.slice(1);
    await new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true }).send(new PutObjectCommand({ Bucket, Key, Body }));`;
  const words = ["--input-type=module", "-e", script, ceph.endpoint, bucket, `drills/${key}`, text];
  execFileSync(process.execPath, words, { stdio: "pipe" });
}

/** A bucket with a backup of an hour ago and one of yesterday. */
async function twoNights(bucket: string, versioned = false): Promise<string> {
  const url = await ceph.bucket(bucket, versioned);
  await put(bucket, older, dump);
  await put(bucket, newest, dump);
  return url;
}

const places = (bucket: string) => ({ outFolder: join(folder.path, bucket), names: [], catalog, config: null, signal });

/** `between` happens once the copy is chosen: everything was listed by then, and nothing fetched. */
async function verify(
  bucket: string,
  storeUrl: string,
  between = () => {},
  config: LoadedConfig | null = null,
): Promise<DrillResult> {
  const onEvent = (event: DrillEvent | Progress) => {
    if (event.kind === "source-chosen") between();
  };
  const [run] = await verifyAll({
    ...PLAINLY,
    ...places(bucket),
    config,
    storeUrl: config === null ? storeUrl : null,
    onEvent,
  });
  if (run === undefined) throw new Error("nothing ran");
  return run.result;
}

/** As a user whose key is not the server's first. */
async function withKey<T>(key: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, key);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(key)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

describe("credentials that end during the run", () => {
  const own = { AWS_ACCESS_KEY_ID: "passing", AWS_SECRET_ACCESS_KEY: "passing-planted" };
  let url = "";
  beforeAll(async () => {
    url = await twoNights("credentials");
  });
  const newKey = () =>
    ceph.admin(
      ...["key", "create", "--uid=drill", "--key-type=s3"],
      ...[`--access-key=${own.AWS_ACCESS_KEY_ID}`, `--secret=${own.AWS_SECRET_ACCESS_KEY}`],
    );
  const expectVoid = (result: DrillResult) => {
    expect(result.verdict).toBe("void");
    expect(result.reasons[0]).toMatch(/accepted before and are not any more/);
    expect(result.problems).toMatchObject([{ code: "FB_S3_CREDENTIALS", makes: "void" }]);
    expect(result.next[0]).toMatch(/renew the key/);
    // Older copies of the same store would only be refused, too: nothing is said of them.
    expect(result.notes).toEqual([]);
    expect(JSON.stringify(result)).not.toContain("passing-planted");
  };
  test("a key withdrawn after the listing: void, and no word against the backup", async () => {
    newKey();
    const gone = () => void ceph.admin("key", "rm", "--uid=drill", "--key-type=s3", "--access-key=passing");
    expectVoid(await withKey(own, () => verify("credentials", url, gone)));
    const [shop] = await overviews({ ...places("credentials"), storeUrl: url });
    expect(shop?.points.map(({ verified, unusable }) => [verified, unusable])).toEqual([
      [null, null],
      [null, null],
    ]);
  });
  test("an account suspended after the listing", async () => {
    try {
      expectVoid(await verify("credentials", url, () => void ceph.admin("user", "suspend", "--uid=drill")));
    } finally {
      ceph.admin("user", "enable", "--uid=drill");
    }
  });
});

describe("objects that change after the listing", () => {
  test("one is removed, one overwritten: void, not lost and no mix of two; the next is looked at and named", async () => {
    const url = await twoNights("changed");
    const third = `shop-${ago(49)}.dump`;
    await put("changed", third, dump);
    const result = await verify("changed", url, () => {
      ceph.admin("object", "rm", "--bucket=changed", `--object=drills/${newest}`);
      putAtOnce("changed", older, "pg_dump: error");
    });
    expect(result.verdict).toBe("void");
    expect(result.problems.map(({ code }) => code)).toEqual(["FB_OBJECT_GONE", "FB_NEWEST_UNVERIFIED"]);
    expect(result.reasons.join()).toMatch(
      new RegExp(`${newest} couldn't be judged: .*removed since it was listed.* newest good one is ${third}`),
    );
    expect(result.notes).toEqual([
      expect.stringMatching(new RegExp(`couldn't be judged either: ${older}: .*the object changed`)),
    ]);
    expect(result.verified).toMatchObject({ sourceId: third, asked: false });
  });
});

describe("a backup that was written over by a bad one of the same name", () => {
  const bad = Buffer.from("pg_dump: error: connection to server failed\n");
  let url = "";
  beforeAll(async () => {
    url = await ceph.bucket("versions", true);
    await put("versions", newest, dump);
  });
  const looked = async (storeUrl: string) => {
    const [shop] = await overviews({ ...places("versions"), storeUrl: null, config: told(storeUrl) });
    return shop?.points ?? [];
  };
  /** Without a recognised backup beside it nothing says what the bad object should have been. */
  const told = (store: string) => {
    const content = `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    sources: [{ store: "${store}", pattern: "shop-*" }]\n`;
    return configOf(content);
  };
  test("what was found of the good one is not said of the bad one; the versions are named, and looked into", async () => {
    expect((await verify("versions", url, undefined, told(url))).verdict).toBe("recovered");
    expect(await looked(url)).toMatchObject([{ id: newest, verified: { holds: true } }]);
    await put("versions", newest, Buffer.concat([dump.subarray(0, -40), Buffer.alloc(40)]));
    expect(await looked(url)).toMatchObject([{ id: newest, unusable: null, verified: null }]);
    await put("versions", newest, bad);
    expect(await looked(url)).toMatchObject([
      { id: newest, unusable: expect.stringMatching(/^it is no dump but a message of the dump program/) },
    ]);
    const lost = await verify("versions", url, undefined, told(url));
    expect(lost).toMatchObject({ verdict: "lost" });
    const hint = lost.next.find((line) => line.includes("versions=true"));
    expect(hint).toMatch(/^if the bucket keeps versions: fogbell verify --store /);
    const all = `${url}&versions=true`;
    const points = await looked(all);
    expect(points.map(({ id }) => id.split("@")[0])).toEqual([newest, newest, newest]);
    expect(new Set(points.map(({ id }) => id)).size).toBe(3);
    expect(points.map(({ unusable }) => unusable === null)).toEqual([false, true, true]);
    const found = await verify("versions", all, undefined, told(all));
    expect(found).toMatchObject({ verdict: "lost", verified: { sourceId: points[2]?.id, asked: false } });
    expect(found.reasons[0]).toContain(`The newest good one is ${points[2]?.id}`);
    expect(found.sources.filter(({ rejected }) => rejected !== null)).toHaveLength(1);
    // The command that the message names brings the good version.
    await using stock = await openStock(catalog, all, "");
    const into = join(folder.path, "fetched");
    const fetched = await fetchPoint(stock, { id: points[2]?.id ?? "", folder: into, onText: () => {} });
    expect(fetched.sha256).toBe(found.verified?.sha256);
    expect((await readFile(fetched.files[0]?.path ?? "")).equals(dump)).toBe(true);
  });
});

describe("how long a bucket keeps its backups", () => {
  test("is said of each, and who said it, without a request for each", async () => {
    const bucket = "kept";
    await ceph.client.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
    const rule = {
      ID: "nightly",
      Status: "Enabled",
      Filter: { Prefix: "drills/shop-" },
      Expiration: { Days: 1 },
    } as const;
    await ceph.client.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket: bucket, LifecycleConfiguration: { Rules: [rule] } }),
    );
    const until = new Date(Date.now() + 72 * HOUR);
    for (const hours of [1, 25, 49, 73]) await put(bucket, `shop-${ago(hours)}.dump`, dump);
    const lock = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: until } as const;
    await ceph.client.send(
      new PutObjectCommand({ Bucket: bucket, Key: `drills/shop-${ago(97)}.dump`, Body: dump, ...lock }),
    );
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const { method, url: path, headers } = request;
      const onward = ask({ port: ceph.port, host: "127.0.0.1", method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port } = proxy.address() as { port: number };
    const storeUrl = ceph.url(bucket, "drills").replace(`:${ceph.port}`, `:${port}`);
    const [shop] = await overviews({ ...places(bucket), storeUrl });
    proxy.closeAllConnections();
    proxy.close();
    const points = shop?.points ?? [];
    expect(points).toHaveLength(5);
    for (const { expiresAt, expiresBy } of points) {
      expect(expiresBy).toBe("lifecycle rule nightly");
      expect(Date.parse(expiresAt ?? "") - Date.now()).toBeGreaterThan(23 * HOUR);
    }
    expect(points.map(({ lockedBy }) => lockedBy)).toEqual([null, null, null, null, "object lock, compliance"]);
    expect(Math.abs(Date.parse(points[4]?.lockedUntil ?? "") - until.getTime())).toBeLessThan(2000);
    expect(asked.filter((line) => line.includes("lifecycle"))).toHaveLength(1);
    expect(asked.filter((line) => line.startsWith("HEAD"))).toEqual([]);
    // The inventory is taken twice where no file tells of the store: each reads the first bytes of each object.
    expect(asked.length).toBeLessThanOrEqual(2 * (1 + 5) + 1);
  });
});
