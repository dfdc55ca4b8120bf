/**
 * One table at one moment, as the ledger keeps it: a file of fixed-width lines, sorted by bucket, so that a bucket is found
 * by arithmetic and memory stays flat however many rows there are.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { basename } from "node:path";
import type { Buckets } from "../buckets.ts";
import { UnavailableError } from "../errors.ts";
import type { DigestRequest, Keys, TableState } from "../parts.ts";

/** `bucket(8) key(16) row(16) newline`, as `Phrases.keyDigests` prints it. */
const LINE_BYTES = 41;

function keysIn(lines: Buffer): Keys {
  const keys = new Map<string, string[]>();
  for (let at = 0; at < lines.length; at += LINE_BYTES) {
    const key = lines.toString("latin1", at + 8, at + 24);
    const row = lines.toString("latin1", at + 24, at + 40);
    const rows = keys.get(key);
    if (rows === undefined) keys.set(key, [row]);
    else rows.push(row);
  }
  return keys;
}

/** A table's digests in a file; reads only the lines of the buckets asked for. */
export class StoredTable implements TableState {
  readonly request: DigestRequest;
  readonly buckets: Buckets;
  readonly rows: number;
  readonly #file: string;
  readonly #offsets = new Map<number, { first: number; count: number }>();

  constructor(request: DigestRequest, buckets: Buckets, file: string) {
    this.request = request;
    this.buckets = buckets;
    this.#file = file;
    let first = 0;
    for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
      const count = Number((buckets.get(bucket) ?? "0").split("\t")[0]);
      this.#offsets.set(bucket, { first, count });
      first += count;
    }
    this.rows = first;
  }

  save(): { request: DigestRequest; buckets: [number, string][]; file: string } {
    return { request: this.request, buckets: [...this.buckets], file: basename(this.#file) };
  }

  get table(): string {
    return this.request.table;
  }

  keys(buckets: readonly number[]): ReadonlyMap<number, Keys> {
    const held = buckets.filter((bucket) => this.#offsets.has(bucket));
    if (held.length === 0) return new Map();
    using file = this.#open();
    return new Map(held.map((bucket) => [bucket, keysIn(file.lines(bucket))]));
  }

  /** Writes its file: the buckets that `news` holds from there, all others from `before`. */
  assemble(news: StoredTable, before: StoredTable): void {
    using newer = news.#open();
    using older = before.#open();
    const file = openSync(this.#file, "w");
    try {
      for (const bucket of this.#offsets.keys())
        writeSync(file, (news.#offsets.has(bucket) ? newer : older).lines(bucket));
    } finally {
      closeSync(file);
    }
  }

  /** `lines` are none for a bucket without rows. It throws UnavailableError when the file is shorter than its buckets. */
  #open(): { lines(bucket: number): Buffer } & Disposable {
    const file = openSync(this.#file, "r");
    return {
      lines: (bucket) => {
        const { first, count } = this.#offsets.get(bucket) ?? { first: 0, count: 0 };
        const bytes = Buffer.alloc(count * LINE_BYTES);
        if (readSync(file, bytes, 0, bytes.length, first * LINE_BYTES) !== bytes.length)
          throw new UnavailableError(`the ledger of ${this.table} is cut off`, { code: "FB_LEDGER" });
        return bytes;
      },
      [Symbol.dispose]: () => closeSync(file),
    };
  }
}
