/** A log that is broken in its middle: the server takes the break for the end, so it must be seen before. */
import { chmod, cp, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { checkLog, throughLog } from "../../../src/engines/postgres/log.ts";
import { type Bench, openBench } from "../../support/dumps.ts";
import { spoilByte } from "../../support/spoil.ts";

const PIECE = /^[0-9A-F]{24}$/;

let bench: Bench;
let base: string;
beforeAll(async () => {
  bench = await openBench(postgres, postgres.log?.settings);
  // Nothing else of this machine is seen in there.
  base = await mkdtemp(join(bench.scratch, "logs-"));
  await chmod(base, 0o755);
  // Four commits, each in a piece of its own; the last but one is larger than a piece.
  await bench.sh(`createdb shop && export PGDATABASE=shop &&
psql -Xqc 'CREATE TABLE t (i int, x text)' && mkdir "$SCRATCH/base" "$SCRATCH/log" &&
pg_basebackup -D "$SCRATCH/base/data" -c fast -X none 2>/dev/null
for i in 1 2 3 4; do
  psql -Xqc "INSERT INTO t SELECT $i, repeat('x', 100) FROM generate_series(1, CASE $i WHEN 3 THEN 200000 ELSE 500 END)" &&
  psql -XAtqc 'SELECT pg_switch_wal()' >/dev/null || exit 1
done
for try in $(seq 100); do
  [ "$(psql -XAtc "SELECT last_archived_wal >= pg_walfile_name(pg_current_wal_lsn() - 1) FROM pg_stat_archiver")" = t ] && break
  sleep 0.1
done
from=$(sed -n 's/^START WAL LOCATION: .*(file \\(.*\\))$/\\1/p' "$SCRATCH/base/data/backup_label")
for piece in $(ls "$ARCHIVE" | grep -E '^[0-9A-F]{24}$'); do
  [ "$piece" \\< "$from" ] || cp "$ARCHIVE/$piece" "$SCRATCH/log/"
done`);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

/** The check of a log that was spoiled so; what it printed and how it ended. */
async function checked(spoil: (pieces: string[], folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(base, "log-"));
  await cp(join(bench.scratch, "log"), folder, { recursive: true });
  await chmod(folder, 0o755);
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644);
  await spoil((await readdir(folder)).filter((name) => PIECE.test(name)).sort(), folder);
  const { script } = checkLog('cat "$BACKUP/data/global/pg_control"');
  return bench.try(`BACKUP="$SCRATCH/base" LOG=${folder}; export BACKUP LOG\n${script}`);
}

describe("the check of the log", () => {
  test("passes one that is whole", async () =>
    expect(await checked(async () => {})).toMatchObject({ exitCode: 0, stdout: "" }));
  test("passes one that ends in the middle of a record, as an archive may", async () =>
    expect(await checked((pieces, folder) => rm(join(folder, pieces.at(-1) ?? "")))).toMatchObject({ exitCode: 0 }));

  test("does not pass where it can see nothing", async () => {
    const { exitCode, stdout } = await checked((pieces, folder) =>
      Promise.all(pieces.map((piece) => rm(join(folder, piece)))).then(() => undefined),
    );
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(/^no piece of the log/);
  });

  test.each([
    [1, 3000],
    [2, 20_000],
    [3, 9_000_000],
    [-1, 2000],
  ])("finds one bit that is wrong, in piece %i at %i", async (index, at) => {
    const { exitCode, stdout } = await checked(async (pieces, folder) =>
      spoilByte(join(folder, pieces.at(index) ?? ""), at),
    );
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(/^a piece of the log is spoiled:\n.*\b[0-9A-F]+\/[0-9A-F]+/);
  });
  test("finds two pieces that are swapped", async () => {
    const { exitCode, stdout } = await checked(async (pieces, folder) => {
      const [a, b] = [join(folder, pieces[1] ?? ""), join(folder, pieces[2] ?? "")];
      await rename(a, `${a}.x`);
      await rename(b, a);
      await rename(`${a}.x`, b);
    });
    expect(exitCode).not.toBe(0);
    expect(stdout).toMatch(/unexpected pageaddr .* in log segment/);
  });
  test("finds a piece that is missing, and a half that is zeros", async () => {
    const missing = await checked((pieces, folder) => rm(join(folder, pieces[2] ?? "")));
    expect(missing.stdout).toMatch(/^the log has a hole before/);
    const zeros = await checked(async (pieces, folder) => {
      const handle = await open(join(folder, pieces[4] ?? ""), "r+");
      await handle.write(Buffer.alloc(8_388_608), 0, 8_388_608, 8_388_608);
      await handle.close();
    });
    expect(zeros.stdout).toMatch(/^a piece of the log is spoiled/);
  });
});

test("a replay that ended before the last piece is no recovery, whatever the server says", async () => {
  const [, , , ran] = throughLog({ to: "end-of-log" });
  expect(ran?.say).toMatch(/end of the log/);
  const reached = await bench.sh('psql -XAtqd postgres -c "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 9)"');
  // A server that never went through a log: it has come nowhere, and every piece lies beyond.
  const asked = (pieces: string) =>
    bench.try(`SIDE_HOST=$PGHOST SIDE_DATA="$SCRATCH" LOG="$SCRATCH/pieces"; export SIDE_HOST SIDE_DATA LOG
rm -rf "$LOG"; mkdir "$LOG"; for one in ${pieces}; do : >"$LOG/$one"; done
${ran?.script.replace("pg_last_wal_replay_lsn()", "pg_current_wal_lsn()")}`);
  expect((await asked(`00000001${reached.trim()}`)).exitCode).toBe(0);
  const beyond = await asked("0000000100000000000000FF");
  expect(beyond.exitCode).not.toBe(0);
  expect(beyond.stdout).toMatch(/the log goes on to 0000000100000000000000FF/);
});
