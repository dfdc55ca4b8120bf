import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { directory } from "../../src/stores/directory.ts";
import { s3 } from "../../src/stores/s3.ts";

test("a URL says everything but the credentials", () =>
  expect(
    s3.fromUrl(
      new URL(
        "s3://bucket/a/b/?endpoint=http://127.0.0.1:7480&path-style=true&checksums=when_required&versions=true&region=eu",
      ),
    ),
  ).toEqual({
    bucket: "bucket",
    prefix: "a/b",
    endpoint: "http://127.0.0.1:7480",
    "path-style": true,
    checksums: "when_required",
    versions: true,
    region: "eu",
  }));
test.each([
  "s3://key:secret@bucket/x",
  "s3://bucket?colour=red",
  "s3://bucket?checksums=never",
  "s3:///x",
  "s3://b?endpoint=nonsense",
])("%s is refused", (url) => expect(() => s3.fromUrl(new URL(url))).toThrow(UsageError));
test("the refusal does not repeat the secret", () => {
  try {
    s3.fromUrl(new URL("s3://key:hunter22@bucket/x"));
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain("hunter22");
  }
});
test("other schemes are for other drivers", () => {
  expect(s3.fromUrl(new URL("directory:/x"))).toBeNull();
  expect(directory.fromUrl(new URL("s3://b"))).toBeNull();
  expect(directory.fromUrl(new URL("directory:/var/back%20ups"))).toEqual({ path: "/var/back ups" });
});
