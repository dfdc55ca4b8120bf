/**
 * The header of pg_dump's archives: custom, tar and directory. Total over any bytes. Source: ReadHead in
 * src/bin/pg_dump/pg_backup_archiver.c, archive versions 1.10 to 1.16; tarCreateHeader for the tar format.
 */
import { isTar } from "../../host/packing.ts";
import { endsInReturns } from "../../host/unpack-head.ts";
import type { BackupFacts, Content } from "../../parts.ts";

export type ArchiveFacts = Pick<
  BackupFacts,
  "format" | "packing" | "serverVersion" | "toolVersion" | "database" | "made"
>;

const MAGIC = "PGDMP";
/** A name or a version is no longer; what is longer was damaged. */
const LONGEST = 1024;
/** Where a tar archive's first member begins. */
const FIRST_MEMBER = 512;

/** What a reader of bytes gives, or throws: only `headerFacts` sees it. */
class Damaged extends Error {}

class Reader {
  readonly #bytes: Buffer;
  readonly #intSize: number;
  #at: number;

  constructor(bytes: Buffer, intSize: number, at: number) {
    this.#bytes = bytes;
    this.#intSize = intSize;
    this.#at = at;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new Damaged();
    return value;
  }

  integer(): number {
    const isNegative = this.byte() === 1;
    let value = 0;
    for (let index = 0; index < this.#intSize; index++) value += this.byte() * 256 ** index;
    return isNegative ? -value : value;
  }

  text(): string | undefined {
    const length = this.integer();
    if (length < 0) return undefined;
    if (length > LONGEST || this.#at + length > this.#bytes.length) throw new Damaged();
    const value = this.#bytes.toString("utf8", this.#at, this.#at + length);
    this.#at += length;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with one was damaged.
    if (/[\u0000-\u001f\u007f]/.test(value)) throw new Damaged();
    return value;
  }
}

const two = (number: number) => String(number).padStart(2, "0");

/** As the clock of the machine that dumped showed it; it does not say of which zone. */
function madeAt([second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0]: readonly number[]) {
  const isClock = second <= 60 && minute < 60 && hour < 24 && day >= 1 && day <= 31 && month >= 0 && month < 12;
  if (!isClock || year < 90 || year > 200 || Math.min(second, minute, hour) < 0) throw new Damaged();
  return `${1900 + year}-${two(month + 1)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}

type Header = Omit<ArchiveFacts, "format" | "packing"> & { readonly isCustom: boolean };

function readHeader(bytes: Buffer): Header {
  const [major, minor = 0, , intSize = 0, , format] = bytes.subarray(MAGIC.length);
  if (major !== 1 || minor < 10 || intSize < 1 || intSize > 6) throw new Damaged();
  const reader = new Reader(bytes, intSize, 11);
  if (minor >= 15) reader.byte();
  else reader.integer();
  const clock = Array.from({ length: 7 }, () => reader.integer());
  const [database, server, tool] = [reader.text(), reader.text(), reader.text()];
  const [serverVersion, toolVersion] = [server?.split(" ")[0], tool?.split(" ")[0]];
  return {
    isCustom: format === 1,
    ...(database === undefined ? {} : { database }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(toolVersion === undefined ? {} : { toolVersion }),
    made: { text: madeAt(clock), at: "begin" },
  };
}

/** Null: no header, or one that was damaged or cut off. */
function headerFacts(bytes: Buffer): Header | null {
  if (bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) return null;
  try {
    return readHeader(bytes);
  } catch (error) {
    if (error instanceof Damaged) return null;
    throw error;
  }
}

/** pg_dump writes its table of contents first, under this name and nothing before it; a folder's archive does not. */
const isOwnTar = (bytes: Buffer) =>
  isTar(bytes) &&
  bytes.toString("latin1", 0, 8) === "toc.dat\0" &&
  bytes.toString("latin1", FIRST_MEMBER, FIRST_MEMBER + MAGIC.length) === MAGIC;

/** A member of a directory, when the table of contents is not among the first. */
const DATA_FILE = /^(?:(.*)\/)?\d+\.dat(?:\.(?:gz|lz4|zst))?$/;

/** An archive of any format, by its start. */
export function archiveFacts({ head, packing, members }: Content): ArchiveFacts | null {
  if (isOwnTar(head)) {
    const header = headerFacts(head.subarray(FIRST_MEMBER));
    if (header === null) return null;
    const { isCustom: _, ...facts } = header;
    return { ...facts, format: "tar", packing };
  }
  const [, folder] = (members ?? []).map((name) => DATA_FILE.exec(name)).find((match) => match !== null) ?? [];
  const isFolder = members !== undefined && members.length > 0 && members.every((name) => inFolder(name));
  if (isFolder && !members.some((name) => /(^|\/)toc\.dat$/.test(name)))
    return { format: "directory", packing: [...packing, { tar: folder ?? "." }] };
  const header = headerFacts(head);
  // A terminal put a carriage return before every line feed: no chance does that to so many bytes.
  if (header === null || endsInReturns(head, 4)) return null;
  const { isCustom, ...facts } = header;
  if (isCustom) return { ...facts, format: "custom", packing };
  const last = packing.at(-1);
  if (typeof last !== "object") return { ...facts, format: "directory", packing };
  // The table of contents of a folder that was packed whole.
  if (!("tar" in last) || !/(^|\/)toc\.dat$/.test(last.tar)) return null;
  return {
    ...facts,
    format: "directory",
    packing: [...packing.slice(0, -1), { tar: last.tar.replace(/\/?toc\.dat$/, "") || "." }],
  };
}

const inFolder = (name: string) =>
  name.endsWith("/") || DATA_FILE.test(name) || /(^|\/)blobs?(_\d+)?\.(dat|toc)(\.\w+)?$/.test(name);
