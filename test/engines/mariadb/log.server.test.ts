/** A binary log whose files changed places, were cut or spoiled: no program minds, so it must be seen before the replay. */
import { chmod, cp, mkdtemp, readdir, rm, stat, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mariadb } from "../../../src/engines/mariadb/engine.ts";
import { MARIADB } from "../../../src/engines/mariadb/flavour.ts";
import { checkLog } from "../../../src/engines/mariadb/log.ts";
import type { BackupFacts } from "../../../src/parts.ts";
import { type Bench, openBench } from "../../support/dumps.ts";
import { spoilByte, swap } from "../../support/spoil.ts";

const FACTS = { logFrom: "binlog.000001", logPosition: "4" } as BackupFacts;

let bench: Bench;
let base: string;
beforeAll(async () => {
  bench = await openBench(mariadb, mariadb.log?.settings);
  // Nothing else of this machine is seen in there.
  base = await mkdtemp(join(bench.scratch, "logs-"));
  await chmod(base, 0o755);
  // The text of a statement may look like the program's own lines.
  await bench.sh(`mkdir "$SCRATCH/log" && client() { mariadb --socket="$DB_SOCKET" -BN "$@"; }
client -e 'CREATE DATABASE shop; CREATE TABLE shop.t (i INT, x TEXT)'
for i in 1 2 3 4; do
  client -e "SET SESSION binlog_format = 'STATEMENT'; INSERT INTO shop.t VALUES ($i, '
# at 4
x'); FLUSH BINARY LOGS" || exit 1
done
for piece in $(client -e 'SHOW BINARY LOGS' | cut -f1 | sed '$d'); do cp "$DATADIR/$piece" "$SCRATCH/log/"; done`);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** The check of a log that was spoiled so; what it printed and how it ended. */
async function checked(spoil: (at: (number: number) => string) => Promise<unknown>, facts: BackupFacts = FACTS) {
  const folder = await mkdtemp(join(base, "log-"));
  await cp(join(bench.scratch, "log"), folder, { recursive: true });
  await chmod(folder, 0o755);
  const pieces = (await readdir(folder)).sort();
  expect(pieces.length).toBeGreaterThanOrEqual(4);
  for (const name of pieces) await chmod(join(folder, name), 0o644);
  await spoil((number) => join(folder, pieces[number - 1] ?? ""));
  return bench.try(`LOG=${folder}; export LOG\n${checkLog(MARIADB, facts).script}`);
}

describe("the check of the log", () => {
  test("passes one that is whole, whatever its statements say", async () =>
    expect(await checked(async () => {})).toMatchObject({ exitCode: 0, stdout: "" }));

  test.each<[string, (at: (number: number) => string) => Promise<unknown>, RegExp]>([
    ["two files that changed places", (at) => swap(at(2), at(3)), /^binlog\.00000\d does not go on where/],
    ["the first two that changed places", (at) => swap(at(1), at(2)), /^binlog\.00000\d does not go on where/],
    ["a file that is missing", (at) => rm(at(2)), /^the log has a hole before binlog\.000003/],
    ["one bit that is wrong", (at) => spoilByte(at(3), 500), /^binlog\.000003 cannot be read to its end/],
    [
      "a file that is cut",
      async (at) => truncate(at(2), (await stat(at(2))).size - 10),
      /^binlog\.000002 cannot be read/,
    ],
    ["a file that another one was copied over", (at) => cp(at(2), at(3)), /^binlog\.000003 does not go on where/],
  ])("finds %s", async (_what, spoil, says) => {
    const { exitCode, stdout } = await checked(spoil);
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(says);
  });

  test("finds a log that ends before the place of the backup, and one that is not there", async () => {
    const before = await checked(async () => {}, { ...FACTS, logPosition: "999999" });
    expect(before.stdout).toMatch(/^binlog\.000001 ends before the place of the backup/);
    const nothing = await checked((at) => rm(dirname(at(1)), { recursive: true }));
    expect(nothing.exitCode).not.toBe(0);
  });
});
