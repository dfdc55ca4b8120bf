import type { LifecycleRule } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { StoredObject } from "../../src/parts.ts";
import { expiryByRules, readExpiration } from "../../src/stores/s3-keeping.ts";

const object: StoredObject = { key: "daily/a.dump", sizeBytes: 1000, modifiedAt: "2026-11-20T03:00:00.000Z" };
const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  ID: "r",
  Status: "Enabled",
  Expiration: { Days: 7 },
  ...more,
});
const expiry = (rules: readonly LifecycleRule[]) => expiryByRules(rules, object, { prefix: "drills/" });

test("what a server says is read as it writes it, and nothing else", () => {
  expect(readExpiration('expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", rule-id="picture%20deletion"')).toEqual({
    at: "2012-12-21T00:00:00.000Z",
    rule: "picture deletion",
  });
  expect(readExpiration('expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"')?.rule).toBe("");
  expect(readExpiration(undefined)).toBeNull();
  expect(readExpiration('expiry-date="soon"')).toBeNull();
});
test("days end at midnight, and the earliest rule counts", () => {
  expect(expiry([rule({})])).toEqual({ at: "2026-11-28T00:00:00.000Z", rule: "r" });
  expect(expiry([rule({}), rule({ ID: "s", Expiration: { Date: new Date("2026-11-25") } })])?.rule).toBe("s");
});
test.each<[string, Partial<LifecycleRule>]>([
  ["is switched off", { Status: "Disabled" }],
  ["is about another prefix", { Filter: { Prefix: "drills/weekly/" } }],
  ["is about another prefix, written the old way", { Prefix: "daily/" }],
  ["goes by tags, which only a request for each object would tell", { Filter: { Tag: { Key: "k", Value: "v" } } }],
  ["goes by tags among others", { Filter: { And: { Prefix: "drills/", Tags: [{ Key: "k", Value: "v" }] } } }],
  ["is about larger objects", { Filter: { ObjectSizeGreaterThan: 1000 } }],
  ["is about smaller objects", { Filter: { And: { ObjectSizeLessThan: 1000 } } }],
  ["only ends uploads", { Expiration: undefined, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }],
])("a rule that %s does not count", (_name, more) => {
  expect(expiry([rule(more)])).toBeNull();
});
test("a version that was superseded goes by its own clock, from then on", () => {
  const told = { supersededAt: new Date("2026-11-22T10:00:00Z") };
  const older = (rules: readonly LifecycleRule[]) => expiryByRules(rules, object, { prefix: "", told });
  expect(older([rule({})])).toBeNull();
  expect(older([rule({ NoncurrentVersionExpiration: { NoncurrentDays: 3 } })])?.at).toBe("2026-11-26T00:00:00.000Z");
});
