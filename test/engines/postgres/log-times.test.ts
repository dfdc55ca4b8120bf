/** What a piece of PostgreSQL's log says of its own time: by commits, restore points and checkpoints, across pages. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { timesIn } from "../../../src/engines/postgres/log-times.ts";

const PAGE = 8192;
const SIZE = 16 * 1024 * 1024;

interface Written {
  readonly manager: number;
  readonly info: number;
  readonly data: Buffer;
}

const ticks = (atMs: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(atMs - Date.UTC(2000, 0, 1)) * 1000n);
  return bytes;
};
const commit = (atMs: number): Written => ({ manager: 1, info: 0x80, data: ticks(atMs) });
const rows = (bytes: number): Written => ({ manager: 10, info: 0, data: Buffer.alloc(bytes, 7) });
const closed: Written = { manager: 0, info: 0x40, data: Buffer.alloc(0) };
function checkpoint(atMs: number): Written {
  const data = Buffer.alloc(88);
  data.writeBigInt64LE(BigInt(atMs / 1000), 64);
  return { manager: 0, info: 0x10, data };
}

/** As the server lays them out: from page to page, each with its header. `left`: bytes of a record of the piece before. */
function piece(records: readonly Written[], left = 0): Buffer {
  const body = [Buffer.alloc((left + 7) & ~7, 9)];
  for (const { manager, info, data } of records) {
    const long = data.length > 255;
    const record = Buffer.alloc((24 + (long ? 5 : 2) + data.length + 7) & ~7);
    record.writeUInt32LE(24 + (long ? 5 : 2) + data.length, 0);
    record[16] = info;
    record[17] = manager;
    record[24] = long ? 254 : 255;
    if (long) record.writeUInt32LE(data.length, 25);
    else record[25] = data.length;
    data.copy(record, long ? 29 : 26);
    body.push(record);
  }
  const bytes = Buffer.concat(body);
  const out = Buffer.alloc(SIZE);
  for (let at = 0, from = 0; from < bytes.length || at === 0; at += PAGE) {
    const head = at === 0 ? 40 : 24;
    out.writeUInt16LE(0xd110, at);
    out.writeUInt16LE((at === 0 ? 2 : 0) | (at === 0 && left > 0 ? 1 : 0), at + 2);
    if (at === 0) {
      out.writeUInt32LE(left, 16);
      out.writeUInt32LE(SIZE, 32);
      out.writeUInt32LE(PAGE, 36);
    }
    bytes.copy(out, at + head, from, from + PAGE - head);
    from += PAGE - head;
  }
  return out;
}

const said = (bytes: Buffer) =>
  timesIn({ head: bytes.subarray(0, 65_536), tail: bytes.subarray(bytes.length - PAGE) }, bytes.length);

const [one, two] = [Date.UTC(2026, 2, 1, 3, 0, 0), Date.UTC(2026, 2, 1, 3, 20, 0)];

describe("a piece of the log", () => {
  test.each<[string, readonly Written[], number]>([
    ["commits", [commit(one), commit(two), closed], 0],
    [
      "a record of the piece before, and commits behind rows over several pages",
      [commit(one), rows(20_000), commit(two)],
      9_000,
    ],
    ["a checkpoint, and a commit", [checkpoint(one), rows(300), commit(two)], 0],
    ["nothing behind its close counts", [commit(one), commit(two), closed, commit(two + 9_000_000)], 0],
  ])("is timed by %s", (_, records, left) => {
    expect(said(piece(records, left))).toEqual({ begunMs: one, seenMs: two });
  });

  test("of rows alone says nothing, and neither does one whose record is cut or whose clock was never set", () => {
    expect(said(piece([rows(400), closed]))).toBeNull();
    expect(said(piece([rows(90_000), commit(one)]))).toBeNull();
    expect(said(piece([commit(Date.UTC(2000, 0, 1))]))).toBeNull();
  });

  test("is shown its last page by its end", () => {
    const bytes = piece([commit(one)]);
    const last = piece([commit(two)]);
    last.copy(bytes, SIZE - PAGE, 0, PAGE);
    expect(said(bytes)).toEqual({ begunMs: one, seenMs: two });
  });

  test("is read whatever its bytes are", () => {
    const valid = piece([commit(one), rows(20_000), commit(two)], 100).subarray(0, 65_536);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(40_000), fc.nat(255)), { maxLength: 30 }), fc.nat(65_536), (flips, cut) => {
        const bytes = Buffer.from(valid.subarray(0, cut));
        for (const [at, value] of flips) if (at < bytes.length) bytes[at] = value;
        const times = timesIn({ head: bytes, tail: bytes.subarray(-PAGE) }, SIZE);
        expect(times === null || times.begunMs <= (times.seenMs ?? 0)).toBe(true);
      }),
    );
  });
});
