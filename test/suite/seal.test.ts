/** A record that was changed is found out: by its chain, by what follows from it, by its seal. */
import { generateKeyPairSync } from "node:crypto";
import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { seal, verifyRun } from "../../src/suite/seal.ts";

let folder = "";
let key = "";
let trusted = "";

const pair = async (name: string) => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const files = [join(folder, `${name}.pem`), join(folder, `${name}.pub`)] as const;
  await writeFile(files[0], privateKey.export({ type: "pkcs8", format: "pem" }));
  await writeFile(files[1], publicKey.export({ type: "spki", format: "pem" }));
  return files;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seal-"));
  await cp("reports/samples/drop-table", folder, { recursive: true });
  [key, trusted] = await pair("own");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a run as it was written is whole; signed, it is whole by that key", async () => {
  expect(await verifyRun(folder, null)).toMatchObject({ sealed: null, faults: [] });
  await seal(folder, key);
  expect(await verifyRun(folder, trusted)).toMatchObject({ sealed: true, faults: [] });
});
test("a key that is asked for and a run that nobody signed", async () =>
  expect((await verifyRun(folder, trusted)).faults).toEqual(["it is not signed"]));
test("the seal of somebody else", async () => {
  const [other] = await pair("other");
  await seal(folder, other);
  expect((await verifyRun(folder, trusted)).faults.join()).toMatch(/not that of this key/);
});
test("a line that was changed, cut off, or added", async () => {
  await seal(folder, key);
  const journal = await readFile(join(folder, "journal.jsonl"), "utf8");
  await writeFile(join(folder, "journal.jsonl"), journal.replace('"rows"', '"Rows"'));
  expect((await verifyRun(folder, trusted)).faults.join()).toMatch(/chain breaks at line \d+ of \d+.*signature/);
  await writeFile(join(folder, "journal.jsonl"), journal.split("\n").slice(0, -4).join("\n"));
  expect((await verifyRun(folder, null)).faults.join()).toMatch(/does not come to its end/);
  await writeFile(join(folder, "journal.jsonl"), journal);
  await appendFile(join(folder, "journal.jsonl"), '{"kind":"note","text":"all was well"}\n');
  expect((await verifyRun(folder, null)).faults.join()).toMatch(/chain breaks/);
});
test("a result that was made prettier", async () => {
  const file = join(folder, "result.json");
  await writeFile(file, (await readFile(file, "utf8")).replace(/"rtaMs": \d+/, '"rtaMs": 1'));
  expect((await verifyRun(folder, null)).faults).toEqual(["result.json does not follow from the journal"]);
});
test("a key that is none is said, and nothing of it shown", async () => {
  await writeFile(join(folder, "bad.pem"), "secret words");
  const error = await seal(folder, join(folder, "bad.pem")).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: "FB_KEY" });
  expect(String((error as Error).message)).not.toContain("secret");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  await writeFile(join(folder, "rsa.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await expect(seal(folder, join(folder, "rsa.pem"))).rejects.toMatchObject({ code: "FB_KEY" });
  await expect(verifyRun(join(folder, "nowhere"), null)).rejects.toMatchObject({ code: "FB_NO_JOURNAL" });
});
