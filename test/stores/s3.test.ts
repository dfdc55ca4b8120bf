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
  "s3://b?endpoint=ftp://server",
  "s3://b?endpoint=http://key:secret@server",
  "s3://b?endpoint=http://server/?token=secret",
  "s3://b?path-style=1",
  "s3://b?versions=yes",
  "s3://b?region=",
  "s3://b?region=a&region=b",
  "s3://b:80/x",
  "s3://b/x#y",
  "s3://b/%zz",
])("%s is refused", (url) => expect(() => s3.fromUrl(new URL(url))).toThrow(UsageError));
test.each([
  ["s3://", "the URL names no bucket"],
  ["s3:///x", "the URL names no bucket"],
  ["s3://b?region=", "region: it is empty"],
  ["s3://b?checksums=never", "checksums: neither when_supported nor when_required"],
  ["s3://b?endpoint=nonsense", "endpoint: not an http or https URL"],
])("%s: %s", (url, message) =>
  expect(() => s3.fromUrl(new URL(url))).toThrow(expect.objectContaining({ code: "FB_STORE_URL", message })),
);
test.each(["s3://key:hunter22@bucket/x", "s3://bucket?endpoint=https://key:hunter22@server"])(
  "the refusal does not repeat the secret",
  (url) => {
    try {
      s3.fromUrl(new URL(url));
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("hunter22");
    }
  },
);
test.each([
  "s3://bucket/a%20b/50%25%3F?endpoint=https://s3.example.org:8443&region=eu&path-style=true&checksums=when_required&versions=true",
  "s3://bucket/",
])("the place of an opened store can be typed again: %s", async (url) => {
  const store = await s3.open(s3.options.parse(s3.fromUrl(new URL(url))), new AbortController().signal);
  expect(s3.fromUrl(new URL(store.place))).toMatchObject(s3.fromUrl(new URL(url)) as object);
  await store[Symbol.asyncDispose]();
});
test("other schemes are for other drivers", () => {
  expect(s3.fromUrl(new URL("directory:/x"))).toBeNull();
  expect(directory.fromUrl(new URL("s3://b"))).toBeNull();
  expect(directory.fromUrl(new URL("directory:/var/back%20ups"))).toEqual({ path: "/var/back ups" });
});
