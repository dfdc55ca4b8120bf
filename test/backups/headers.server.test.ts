/** Real backups by the real programs, spoiled a byte or a block at a time: no reader throws, and none hangs. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takeStock } from "../../src/backups/locate.ts";
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { stockText } from "../../src/verify/stock.ts";
import { memoryStore } from "../fakes/memory-store.ts";
import { openBench } from "../support/dumps.ts";
import { LONG } from "../support/long.ts";

const MANY = LONG ? 2000 : 200;
const real = new Map<string, Buffer>();
beforeAll(async () => {
  const [postgres, mariadb] = ["postgres", "mariadb"].map((name) =>
    catalog.engines.find((engine) => engine.name === name),
  ) as [Engine, Engine];
  {
    await using bench = await openBench(postgres);
    await bench.sh(
      "createdb shop && psql -Xqd shop -c 'CREATE TABLE t AS SELECT g, md5(g::text) FROM generate_series(1, 300) g'",
    );
    const ways = { "a.sql": "-Fp", "a.dump": "-Fc", "a.tar": "-Ft" };
    for (const [name, way] of Object.entries(ways)) {
      await bench.sh(`pg_dump ${way} -d shop -f "$SCRATCH/${name}"`);
      real.set(name, await bench.take(name));
    }
    await bench.sh('pg_dumpall -f "$SCRATCH/all.sql" && pg_dump -Fd -d shop -f "$SCRATCH/dir"');
    real.set("all.sql", await bench.take("all.sql"));
    real.set("dir/toc.dat", await bench.take("dir/toc.dat"));
    await bench.sh('pg_basebackup -Ft -z -Xfetch -D "$SCRATCH/base"');
    real.set("base/base.tar.gz", await bench.take("base/base.tar.gz"));
    real.set("base/backup_manifest", await bench.take("base/backup_manifest"));
  }
  {
    await using bench = await openBench(mariadb);
    await bench.sh(
      'mariadb --socket="$DB_SOCKET" -e \'CREATE DATABASE shop; CREATE TABLE shop.t (a int, b text); INSERT INTO shop.t VALUES (1, "x")\'',
    );
    await bench.sh('mariadb-dump --socket="$DB_SOCKET" --databases shop >"$SCRATCH/m.sql"');
    await bench.sh(
      'mariadb-backup --backup --socket="$DB_SOCKET" --stream=xbstream --target-dir="$SCRATCH/mb" >"$SCRATCH/m.xb" 2>"$SCRATCH/log" || tail -3 "$SCRATCH/log" >&2',
    );
    real.set("m.sql", await bench.take("m.sql"));
    real.set("m.xb", (await bench.take("m.xb")).subarray(0, 400_000));
  }
  real.set("a.sql.gz", gzipSync(real.get("a.sql") as Buffer));
  for (const [ending, program] of [
    ["bz2", "bzip2"],
    ["xz", "xz"],
    ["zst", "zstd"],
    ["lz4", "lz4"],
  ] as const) {
    try {
      real.set(`a.sql.${ending}`, execFileSync(program, ["-c"], { input: real.get("a.sql") }));
    } catch {
      process.stdout.write(`no ${program} here: what it packs is not spoiled in this run\n`);
    }
  }
});
afterAll(() => real.clear());

let seed = 1;
/** The same in every run. */
function next(below: number): number {
  seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
  return Math.floor((seed / 2 ** 31) * below);
}

/** Mostly where readers look: at the start. */
function placeIn(bytes: Buffer): number {
  return next(4) > 0 ? next(Math.min(bytes.length, 600)) : next(bytes.length);
}

const SPOILERS: readonly ((bytes: Buffer, at: number) => Buffer)[] = [
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from([next(256)]), bytes.subarray(at + 1)]),
  (bytes, at) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from([(bytes[at] ?? 0) ^ (1 << next(8))]), bytes.subarray(at + 1)]),
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + next(9000)), bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(next(70_000), "A"), bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from("ffffff7f01", "hex"), bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(300))]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), Buffer.from("\u001b[2J\u202e\r\0", "utf8"), bytes.subarray(at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), randomBytes(1 + next(500)), bytes.subarray(at)]),
];

test(
  `${MANY} of them: each is a point or is named, within a moment`,
  async () => {
    const names = [...real.keys()];
    for (let count = 0; count < MANY; count++) {
      const name = names[count % names.length] ?? "";
      const bytes = real.get(name) as Buffer;
      const spoiled = SPOILERS[next(SPOILERS.length)]?.(bytes, placeIn(bytes)) as Buffer;
      const beganMs = performance.now();
      const inventory = await takeStock(memoryStore({ [name]: spoiled }), catalog.engines);
      expect(performance.now() - beganMs, `${name}, number ${count}`).toBeLessThan(3000);
      expect(inventory.points.length + inventory.unknown.length).toBe(1);
      const said = stockText(inventory, 0);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be there.
      expect(said.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      expect(said.length).toBeLessThan(2000);
    }
  },
  LONG ? 600_000 : 120_000,
);
