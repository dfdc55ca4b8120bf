import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkCredentials } from "../../src/suite/doctor.ts";

const NOWHERE = "/no/such/home";

test("no credentials: missing, and said that only S3 needs them", async () =>
  expect(await checkCredentials({}, NOWHERE)).toMatchObject({
    ok: false,
    because: expect.stringContaining("only S3"),
  }));
test("half of a pair, or an empty one, is none", async () => {
  expect((await checkCredentials({ AWS_ACCESS_KEY_ID: "planted" }, NOWHERE)).ok).toBe(false);
  expect((await checkCredentials({ AWS_PROFILE: "" }, NOWHERE)).ok).toBe(false);
});
test("names are shown, values are not", async () => {
  const check = await checkCredentials(
    { AWS_ACCESS_KEY_ID: "planted-id", AWS_SECRET_ACCESS_KEY: "planted-secret" },
    NOWHERE,
  );
  expect(check).toMatchObject({ ok: true, because: "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set" });
  expect(JSON.stringify(check)).not.toContain("planted");
});
test("a credentials file counts, unread", async () => {
  const home = await mkdtemp(join(tmpdir(), "home-"));
  await mkdir(join(home, ".aws"));
  await writeFile(join(home, ".aws", "credentials"), "planted", { mode: 0o000 });
  expect(await checkCredentials({}, home)).toMatchObject({ ok: true, because: expect.stringContaining("is there") });
  await rm(home, { recursive: true });
});
