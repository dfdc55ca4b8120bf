import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "../../src/catalog.ts";
import { mariadb } from "../../src/engines/mariadb/engine.ts";
import { postgres } from "../../src/engines/postgres/engine.ts";
import type { Engine } from "../../src/parts.ts";
import { type CopyLedger, compareLedger, readLedger } from "../../src/verify/copy-ledger.ts";
import { outcome } from "../fakes/outcome.ts";

const ledger = {
  version: 4,
  engine: "mariadb",
  serverVersion: "10.11",
  database: "shop",
  takenAt: "2026-11-20T03:00:00.000Z",
  tables: [],
};

async function read(content: object, engine: Engine = mariadb): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "fogbell-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.ledger.json.gz");
  await writeFile(file, gzipSync(JSON.stringify(content)));
  return readLedger(file, engine).catch((error: unknown) => error);
}

test("a ledger of this version is read", async () => {
  expect(await read(ledger)).toMatchObject({ database: "shop", unheld: [] });
});

test("a ledger of another engine is read whatever its version is: it is told by its engine", async () => {
  expect(await read({ ...ledger, version: 3 }, postgres)).toMatchObject({ engine: "mariadb", version: 3 });
});

test.each([
  [mariadb, 4, [1, 2, 3, 5]],
  [postgres, 3, [1, 2, 4]],
])(
  "a ledger whose rows were digested in another way is never compared: every row would be called altered",
  async (engine, known, others) => {
    for (const version of others) {
      const error = await read({ ...ledger, engine: engine.name, version }, engine);
      expect(error).toMatchObject({ code: "FB_LEDGER", exitCode: 4 });
      expect((error as Error).message).toBe(
        `the ledger beside the backup is of version ${version}, and only version ${known} compares with this Fogbell`,
      );
    }
  },
);

test.each([[{ ...ledger, tables: "all" }], [{ ...ledger, version: "1" }], [{}]])(
  "what is no ledger, %j, cannot be read",
  async (content) => {
    expect(await read(content)).toMatchObject({ message: "the ledger beside the backup cannot be read" });
  },
);

test("what was not compared is said beside what is identical", async () => {
  const engine = catalog.engines[0] as Engine;
  const told = {
    ...ledger,
    engine: engine.name,
    serverVersion: "15.1",
    sequences: [],
    unheld: [],
    unread: [],
    tables: [{ table: "public.t", buckets: 4, keyColumns: ["id"], hash: "record" as const, sums: [[1, "2\t77"]] }],
  } as unknown as CopyLedger;
  const ask = async () => outcome("public.t\t1\t2\t77\n");
  const because = async (stored?: number) =>
    (await compareLedger(told, { engine, version: "15.4", ask, ...(stored === undefined ? {} : { stored }) })).because;
  expect(await because()).toMatch(/^identical to the row: 2 rows in 1 tables, as of .{19} UTC$/);
  expect(await because(2)).toMatch(/UTC; rows of 2 materialised views not compared$/);
});
