/**
 * What a piece of the log says of its own time: each commit carries the server's clock, and a copying of files changes theirs
 * and not these. Total over any bytes. Source: XLogPageHeaderData in xlog_internal.h, XLogRecord in xlogrecord.h,
 * xl_xact_commit in xact.h, CheckPoint in pg_control.h.
 */
import type { Content, LogTimes } from "../../parts.ts";

const SHORT_BYTES = 24;
const LONG_BYTES = 40;
const IS_CONTINUED = 1;
const IS_LONG = 2;
const RECORD_BYTES = 24;
/** Microseconds since 2000 are what the server counts in. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(2005, 0, 1), Date.UTC(2100, 0, 1)];
/** Managers of records, and what kind of record it is in the upper bits of `xl_info`. */
const [OF_LOG, OF_TRANSACTIONS] = [0, 1];
const [SHUTDOWN, ONLINE, SWITCH, RESTORE_POINT, END_OF_RECOVERY] = [0x00, 0x10, 0x40, 0x70, 0x90];
const [COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED] = [0x00, 0x20, 0x30, 0x40];
/** Where a checkpoint keeps its time, in seconds since 1970. */
const CHECKPOINT_TIME = 64;
const [DATA_SHORT, DATA_LONG, ORIGIN, TOP_LEVEL] = [255, 254, 253, 252];

const isPage = (bytes: Buffer, at: number) =>
  at + LONG_BYTES <= bytes.length && (bytes.readUInt16LE(at) & 0xfe00) === 0xd000;

const aligned = (length: number) => (length + 7) & ~7;

/** The records of whole pages without the pages' headers, from the first that begins in them. */
function recordsIn(bytes: Buffer, pageBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let left: number | null = null;
  for (let at = 0; isPage(bytes, at); at += pageBytes) {
    const info = bytes.readUInt16LE(at + 2);
    if (left === null) left = (info & IS_CONTINUED) === 0 ? 0 : aligned(bytes.readUInt32LE(at + 16));
    pieces.push(bytes.subarray(at + ((info & IS_LONG) === 0 ? SHORT_BYTES : LONG_BYTES), at + pageBytes));
  }
  return Buffer.concat(pieces).subarray(left ?? 0);
}

/** Where the main data of a record that has no pages of tables begins; null: it has some. */
function dataOf(record: Buffer): Buffer | null {
  let at = RECORD_BYTES;
  for (; record[at] === ORIGIN || record[at] === TOP_LEVEL; at += record[at] === ORIGIN ? 3 : 5);
  if (record[at] === DATA_SHORT) return record.subarray(at + 2);
  return record[at] === DATA_LONG ? record.subarray(at + 5) : null;
}

function timeOf(record: Buffer): number | null {
  const [kind, manager] = [(record[16] ?? 0) & 0xf0, record[17]];
  const data = dataOf(record);
  if (data === null) return null;
  if (manager === OF_LOG && (kind === SHUTDOWN || kind === ONLINE))
    return data.length < CHECKPOINT_TIME + 8 ? null : Number(data.readBigInt64LE(CHECKPOINT_TIME)) * 1000;
  const isTimed =
    manager === OF_TRANSACTIONS
      ? [COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED].includes(kind & 0x70)
      : manager === OF_LOG && (kind === RESTORE_POINT || kind === END_OF_RECOVERY);
  return isTimed && data.length >= 8 ? EPOCH_MS + Number(data.readBigInt64LE(0) / 1000n) : null;
}

/** The times of records one after another, as far as they can be followed. */
function timesAmong(records: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at + RECORD_BYTES <= records.length; ) {
    const length = records.readUInt32LE(at);
    if (length < RECORD_BYTES || at + length > records.length) break;
    const record = records.subarray(at, at + length);
    const timeMs = timeOf(record);
    if (timeMs !== null && timeMs > EARLIEST_MS && timeMs < LATEST_MS) found.push(timeMs);
    if (record[17] === OF_LOG && ((record[16] ?? 0) & 0xf0) === SWITCH) break;
    at += aligned(length);
  }
  return found;
}

/** When a piece's first commit was, and the last one that its start and its end show. */
export function timesIn({ head, tail }: Pick<Content, "head" | "tail">, sizeBytes: number): LogTimes | null {
  if (!isPage(head, 0) || (head.readUInt16LE(2) & IS_LONG) === 0) return null;
  const pageBytes = head.readUInt32LE(36);
  if (pageBytes < 1024 || pageBytes > 65_536) return null;
  const first = timesAmong(recordsIn(head, pageBytes));
  const [begunMs] = first;
  const isOnPage = tail !== null && sizeBytes > head.length && sizeBytes % pageBytes === 0;
  const from = isOnPage ? tail.length % pageBytes : 0;
  const last = isOnPage ? timesAmong(recordsIn(tail.subarray(from), pageBytes)) : [];
  const seen = [...first, ...last];
  return begunMs === undefined ? null : { begunMs, seenMs: seen.reduce((most, one) => Math.max(most, one), begunMs) };
}
