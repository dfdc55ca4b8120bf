/** A real S3 server, a folder and one small dump of a real server: for tests of what people's buckets are like. */
import { catalog } from "../../src/catalog.ts";
import type { Engine } from "../../src/parts.ts";
import { type Ceph, startCeph } from "./ceph.ts";
import { openBench, testFolder } from "./dumps.ts";

export interface BucketBench extends AsyncDisposable {
  readonly ceph: Ceph;
  readonly folder: Awaited<ReturnType<typeof testFolder>>;
  /** Of one table with 500 rows, in the first engine's own archive. */
  readonly dump: Buffer;
}

export async function openBucketBench(): Promise<BucketBench> {
  const [ceph, folder] = await Promise.all([startCeph(), testFolder()]);
  await using bench = await openBench(catalog.engines[0] as Engine);
  await bench.sh("createdb shop && psql -Xqd shop -c 'CREATE TABLE t AS SELECT g FROM generate_series(1, 500) g'");
  await bench.sh('pg_dump -Fc -d shop -f "$SCRATCH/x"');
  return {
    ceph,
    folder,
    dump: await bench.take("x"),
    async [Symbol.asyncDispose]() {
      await ceph[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
