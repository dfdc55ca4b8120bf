/** What a repository of pgBackRest says of its backups' moments, and which of its objects are its log. */
import { expect, test } from "vitest";
import { repositoryMethod } from "../../../src/engines/postgres/repository.ts";

const MANIFEST = `[backrest]
backrest-format=5
backrest-version="2.54"

[backup]
backup-archive-start="000000010000000000000002"
backup-label="20260314-020000F"
backup-timestamp-copy-start=1773453600
backup-timestamp-start=1773453600
backup-timestamp-stop=1773457200
backup-type="full"

[backup:db]
db-version="15"
`;
const inspect = (text: string) => repositoryMethod.inspect({ head: Buffer.from(text), tail: null, packing: [] });

test("its manifest says when a backup was complete, whatever its objects' times", () => {
  expect(inspect(MANIFEST)).toMatchObject({
    label: "20260314-020000F",
    made: { text: "2026-03-14T03:00:00.000Z", at: "end" },
  });
  expect(inspect(MANIFEST.replace(/^backup-timestamp-stop.*\n/m, ""))?.made).toBeUndefined();
});

test("pieces of its log have a checksum behind their names, packed or not", () => {
  const sum = "0123456789abcdef0123456789abcdef01234567";
  const named = (key: string) => repositoryMethod.repository?.pieceAmong?.(key) ?? null;
  const piece = "000000010000000000000003";
  for (const ending of ["", ".gz", ".zst", ".lz4"])
    expect(named(`r/archive/main/15-1/0000000100000000/${piece}-${sum}${ending}`)).toBe(piece);
  expect(named(`archive/main/15-1/0000000100000000/${piece}.partial-${sum}.gz`)).toBeNull();
  expect(named("archive/main/15-1/00000002.history")).toBeNull();
  expect(named(`backup/main/20260314-020000F/pg_data/${piece}-${sum}`)).toBeNull();
});
