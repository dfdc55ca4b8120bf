import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { LEDGER_VERSION, readLedger } from "../../src/verify/copy-ledger.ts";

const ledger = {
  version: LEDGER_VERSION,
  engine: "mariadb",
  serverVersion: "10.11",
  database: "shop",
  takenAt: "2026-11-20T03:00:00.000Z",
  tables: [],
};

async function read(content: object): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "fogbell-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.ledger.json.gz");
  await writeFile(file, gzipSync(JSON.stringify(content)));
  return readLedger(file).catch((error: unknown) => error);
}

test("a ledger of this version is read", async () => {
  expect(await read(ledger)).toMatchObject({ database: "shop", unheld: [] });
});

test("a ledger whose rows were digested in another way is never compared: every row would be called altered", async () => {
  for (const version of [1, 2, LEDGER_VERSION + 1]) {
    const error = await read({ ...ledger, version });
    expect(error).toMatchObject({ code: "FB_LEDGER", exitCode: 4 });
    expect((error as Error).message).toBe(
      `the ledger beside the backup is of version ${version}, and only version 3 compares with this Fogbell`,
    );
  }
});

test.each([[{ ...ledger, tables: "all" }], [{ ...ledger, version: "1" }], [{}]])(
  "what is no ledger, %j, cannot be read",
  async (content) => {
    expect(await read(content)).toMatchObject({ message: "the ledger beside the backup cannot be read" });
  },
);
