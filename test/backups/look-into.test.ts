/** What was packed before it was packed again: its first block is larger than what is looked at first. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { lookInto } from "../../src/backups/look-into.ts";
import type { Store, StoredObject } from "../../src/parts.ts";

test.each([
  ["zstd", "zstd -qc"],
  ["bzip2", "bzip2 -c"],
  ["lz4", "lz4 -qc"],
])("an archive that is packed itself is seen below %s", async (layer, pack) => {
  const archive = Buffer.concat([Buffer.from("PGDMP"), randomBytes(5_000_000)]);
  const bytes = execFileSync("sh", ["-c", pack], { input: archive, maxBuffer: 1 << 26 });
  let read = 0;
  const store = {
    async *read(_object: StoredObject, from: number, to: number) {
      read += to - from;
      yield bytes.subarray(from, to);
    },
  } as unknown as Store;
  const { views } = await lookInto(store, { key: "x", sizeBytes: bytes.length } as StoredObject);
  expect(views.some((view) => view.packing.join() === layer && view.bytes.toString("latin1", 0, 5) === "PGDMP")).toBe(
    true,
  );
  expect(read).toBeLessThan(6_000_000);
});
