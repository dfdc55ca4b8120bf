/** Ways to back up that consist of more than one file, through a real S3 server. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { s3 } from "../../src/stores/s3.ts";
import { type Ceph, startCeph } from "../support/ceph.ts";
import { some } from "../support/long.ts";
import { play } from "../support/play.ts";

const MINUTE = 60_000;

describe("through a real S3 server", () => {
  let ceph: Ceph;
  beforeAll(async () => {
    ceph = await startCeph();
  });
  afterAll(() => ceph[Symbol.asyncDispose]());

  const ways = [
    ["postgres", "repository", 0],
    ["postgres", "physical + log", 0],
    ["mariadb", "physical, incremental", 40 * MINUTE],
    ["mariadb", "logical + log", 0],
  ] as const;
  test.each(some("ways to back up, through S3", ways, 2))("%s, %s", async (engine, variant, rpaMs) => {
    const url = await ceph.bucket(`${engine}-${variant.replace(/\W+/g, "-")}`, true);
    const { result } = await play({
      sandbox: "docker",
      engine,
      variant,
      store: { driver: s3, options: s3.options.parse(s3.fromUrl(new URL(url))) },
      secrets: [ceph.secretKey, ceph.accessKey],
    });
    expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
    expect(result.measured).toMatchObject({ rpaMs, rowsExtra: 0 });
    expect(result.findings.find(({ probe }) => probe === "source-unchanged")?.held).toBe("yes");
    expect(result.cleanup?.failed).toEqual([]);
  });
});
