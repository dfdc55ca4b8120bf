/** A dump's mode lets a value come in that its column cannot hold, changed: such a restore is none of what was backed up. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mariadb } from "../../../src/engines/mariadb/engine.ts";
import { type Bench, openBench } from "../../support/dumps.ts";

let bench: Bench;
let dump = "";
beforeAll(async () => {
  bench = await openBench(mariadb);
  await bench.sh(`mariadb --socket="$DB_SOCKET" <<'SQL'
CREATE DATABASE shop; USE shop; SET sql_mode = '';
CREATE TABLE t (id int PRIMARY KEY, word varchar(8), size enum('a', 'b'), at datetime, f float);
INSERT INTO t VALUES (1, 'one', '', '0000-00-00', 1e38), (2, 'two', 'b', '2026-01-01', 1 / 3);
SQL`);
  dump = await bench.sh('mariadb-dump --socket="$DB_SOCKET" --skip-extended-insert shop');
});
afterAll(() => bench[Symbol.asyncDispose]());

const FACTS = {
  engine: "mariadb",
  method: "logical",
  format: "plain",
  packing: [],
  complete: "yes",
  because: "",
} as const;
let number = 0;
async function restore(text: string) {
  const [make, load] =
    mariadb.methods.find(({ name }) => name === "logical")?.recover(FACTS, { to: "end-of-log" }) ?? [];
  await bench.sh(`printf %s '${Buffer.from(text).toString("base64")}' | base64 -d >"$SCRATCH/backup"`);
  const places = `export BACKUP="$SCRATCH/backup" SIDE_SOCKET="$DB_SOCKET" SIDE_DATABASE=side_${++number}`;
  const { exitCode, stdout, stderrTail } = await bench.try(`${places}\n${make?.script} &&\n${load?.script}`);
  return { exitCode, stdout, errors: mariadb.readErrors(stderrTail) };
}

test("what a server once held comes back, an enum's own empty value and a day of zeros too", async () =>
  expect(await restore(dump)).toEqual({ exitCode: 0, stdout: "", errors: [] }));

test.each([
  ["text for a number", "(1,'one'", "('x','one'", "1366"],
  ["a number that is too large", "(1,'one'", "(99999999999,'one'", "1264"],
])("%s is no row of the backup, and no value is printed", async (_, from, to, code) => {
  const changed = dump.replace(from, to);
  expect(changed).not.toBe(dump);
  const { exitCode, stdout, errors } = await restore(changed);
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(errors).toMatchObject([{ code, message: expect.not.stringContaining("one") }]);
});
