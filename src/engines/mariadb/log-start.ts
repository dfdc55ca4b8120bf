/**
 * What the first events of a binary log tell: which server wrote it, and after which transactions it begins. Total over any
 * bytes. Source: MariaDB manual, "Binary Log Event Header", "FORMAT_DESCRIPTION_EVENT", "GTID_LIST_EVENT".
 */
import type { BackupFacts, Content, LogTimes } from "../../parts.ts";

const HEADER_BYTES = 19;
const FORMAT_DESCRIPTION = 15;
const GTID_LIST = 163;
/** Of more servers than that no log is. */
const MOST = 1000;

interface Gtid {
  readonly domain: number;
  readonly server: number;
  readonly number: bigint;
}

export interface LogStart {
  readonly server: number;
  /** The last transactions before it; null where it does not say. */
  readonly before: readonly Gtid[] | null;
}

function startOf(head: Buffer): LogStart | null {
  if (head.length < 4 + HEADER_BYTES || head.toString("latin1", 0, 4) !== "\xfebin") return null;
  if (head[4 + 4] !== FORMAT_DESCRIPTION) return null;
  const server = head.readUInt32LE(4 + 5);
  const next = 4 + head.readUInt32LE(4 + 9);
  const count = next + HEADER_BYTES;
  if (count + 4 > head.length || head[next + 4] !== GTID_LIST) return { server, before: null };
  // The highest bits are flags.
  const many = head.readUInt32LE(count) & 0x0fffffff;
  if (many > MOST || count + 4 + many * 16 > head.length) return { server, before: null };
  const before = Array.from({ length: many }, (_, index): Gtid => {
    const at = count + 4 + index * 16;
    return { domain: head.readUInt32LE(at), server: head.readUInt32LE(at + 4), number: head.readBigUInt64LE(at + 8) };
  });
  return { server, before };
}

/**
 * When a file of the log was begun, and when its last event was written, where that is whole: a copying of files changes their
 * times, and not these. The last event ends where the file does, and says so.
 */
export function timesIn({ head, tail }: Pick<Content, "head" | "tail">, sizeBytes: number): LogTimes | null {
  if (startOf(head) === null) return null;
  const begunMs = head.readUInt32LE(4) * 1000;
  if (begunMs === 0) return null;
  const endedMs = tail === null ? null : lastEventMs(tail, sizeBytes);
  return { begunMs, ...(endedMs === null || endedMs < begunMs ? {} : { endedMs }) };
}

function lastEventMs(tail: Buffer, sizeBytes: number): number | null {
  for (let at = tail.length - HEADER_BYTES; at >= 0; at--) {
    const isLast = tail.readUInt32LE(at + 9) === tail.length - at && tail.readUInt32LE(at + 13) === sizeBytes % 2 ** 32;
    const seconds = isLast ? tail.readUInt32LE(at) : 0;
    if (seconds > 0) return seconds * 1000;
  }
  return null;
}

/** `0-7-123,1-8-4`. */
const gtids = (text: string): Gtid[] =>
  [...text.matchAll(/(\d{1,10})-(\d{1,10})-(\d{1,20})/g)].map(([, domain, server, number]) => ({
    domain: Number(domain),
    server: Number(server),
    number: BigInt(number ?? "0"),
  }));

/**
 * A backup's place as transactions: those that its first piece begins after must be in it, and be of servers that it knows.
 * One that begins after later ones is of another server, or of another life of it.
 */
export function isOfServer(head: Buffer, { logOf }: BackupFacts, isFirst: boolean): boolean | null {
  const start = startOf(head);
  const own = gtids(logOf ?? "");
  if (start?.before == null || own.length === 0) return null;
  const { server, before } = start;
  const later = before.some(({ domain, number }) => own.every((one) => one.domain !== domain || one.number < number));
  if (isFirst && later) return false;
  return own.some(
    (one) =>
      one.server === server || before.some(({ domain, server: of }) => one.domain === domain && one.server === of),
  );
}
