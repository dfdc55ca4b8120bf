/**
 * A real S3 server behind a way that breaks: reset, 5xx, slow, truncated, wrong key, paused. Whatever happens is gone on
 * from, or said by its kind and void; it is never held against the backup.
 */
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DrillResult } from "../../src/record.ts";
import { verifyAll } from "../../src/verify/verify-all.ts";
import { type Ceph, startCeph } from "../support/ceph.ts";
import { openBench, testFolder } from "../support/dumps.ts";
import { type Fault, faultyProxy } from "../support/faulty-proxy.ts";
import { some } from "../support/long.ts";
import { configOf, PLAINLY } from "../support/verifying.ts";
import { engineOf, STAMP } from "./shops.ts";

const KEY = `shop-${STAMP}.dump`;
let ceph: Ceph;
let folder: Awaited<ReturnType<typeof testFolder>>;
let url = "";
beforeAll(async () => {
  [ceph, folder] = await Promise.all([startCeph(), testFolder()]);
  await using bench = await openBench(engineOf("postgres"));
  // Over several ranges, none of which can be packed.
  await bench.sh(
    'createdb shop && psql -Xqd shop -c "CREATE TABLE t AS SELECT g, sha512(g::text::bytea) AS b FROM generate_series(1, 200000) g" && pg_dump -Fc -Z0 -d shop -f "$SCRATCH/x"',
  );
  url = await ceph.bucket("faults");
  const body = await bench.take("x");
  await ceph.client.send(new PutObjectCommand({ Bucket: "faults", Key: `drills/${KEY}`, Body: body }));
}, 120_000);
afterAll(async () => {
  await ceph[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

let number = 0;
async function verify(storeUrl: string, timeoutMs = 60_000): Promise<DrillResult> {
  const config = configOf(
    `version: 1\ndatabases:\n  - name: Shop\n    engine: postgres\n    objectives: { rto: 1h, rpo: 25h }\n    sources: [{ store: "${storeUrl}" }]\n`,
  );
  const outFolder = join(folder.path, String(++number));
  const [run] = await verifyAll({ ...PLAINLY, config, storeUrl: null, outFolder, timeoutMs });
  if (run === undefined) throw new Error("nothing ran");
  return run.result;
}

interface Faulty {
  readonly fault: Fault;
  readonly when: "object" | "listing";
  readonly times: number;
  /** Recovered, or void with this code. */
  readonly ends: "resumed" | string;
}
const EVER = Number.POSITIVE_INFINITY;

const FAULTS: readonly Faulty[] = [
  { fault: "reset", when: "object", times: 3, ends: "resumed" },
  { fault: "reset", when: "object", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: "reset", when: "listing", times: 1, ends: "resumed" },
  { fault: 500, when: "object", times: 3, ends: "resumed" },
  { fault: 500, when: "object", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: 503, when: "object", times: 3, ends: "resumed" },
  { fault: 503, when: "object", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: 503, when: "listing", times: 2, ends: "resumed" },
  { fault: 503, when: "listing", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: "cut", when: "object", times: 3, ends: "resumed" },
  { fault: "cut", when: "object", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: "cut", when: "listing", times: EVER, ends: "FB_STORE_UNREADABLE" },
  { fault: "slow", when: "object", times: EVER, ends: "resumed" },
  { fault: "pause", when: "object", times: EVER, ends: "FB_TIME_LIMIT" },
];

const TODAY = some(
  "faults of S3",
  FAULTS.map((one) => ({ ...one, name: `${one.fault} in the ${one.when}, ${one.ends}` })),
  3,
);
const seen: string[] = [];
describe("a way that breaks", () => {
  test.each(TODAY)("$fault, $times times, in the $when: $ends", { timeout: 240_000 }, async (one) => {
    const { fault, when, times, ends } = one;
    await using proxy = await faultyProxy(ceph.port, { fault, when, times });
    const result = await verify(url.replace(`:${ceph.port}`, `:${proxy.port}`), fault === "pause" ? 12_000 : 60_000);
    seen.push(
      `${fault} ${when} ${times === EVER ? "always" : times}: ${result.verdict}, ${result.problems[0]?.code ?? "resumed"}`,
    );
    // A fault that never happened proves nothing.
    expect(proxy.happened.length).toBeGreaterThan(0);
    if (ends === "resumed") {
      expect(result.reasons).toEqual([
        expect.stringMatching(/^restored, (\d+) of \1 checks passed, within RTO and RPO$/),
      ]);
    } else {
      expect([result.verdict, result.problems[0]?.code], result.reasons[0]).toEqual(["void", ends]);
      expect(result.next.length).toBeGreaterThan(0);
    }
    expect(result.cleanup?.failed).toEqual([]);
  });

  test("a key that is wrong is named, and no word is said against the backup", async () => {
    const before = process.env.AWS_SECRET_ACCESS_KEY;
    process.env.AWS_SECRET_ACCESS_KEY = "planted-wrong-secret";
    try {
      const result = await verify(url);
      seen.push(`wrong key: ${result.verdict}, ${result.problems[0]?.code}`);
      expect([result.verdict, result.problems[0]?.code]).toEqual(["void", "FB_S3_CREDENTIALS"]);
      expect(JSON.stringify(result)).not.toContain("planted-wrong-secret");
    } finally {
      process.env.AWS_SECRET_ACCESS_KEY = before;
    }
  });
});

test("the figure", () => {
  process.stdout.write(`\nS3 faults: ${seen.length}, each typed or resumed\n  ${seen.join("\n  ")}\n`);
  expect(seen.length).toBe(TODAY.length + 1);
});
