/** What becomes of a backup on its way to the store, though nobody is told. Streams, so that its size does not matter. */
import { createCipheriv, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { PlannedBackup } from "../plan/plan.ts";

/** Of a file that is cut off, this much arrives. */
const ARRIVES = 0.6;

/** What a dump script leaves when the dump failed and only the pipe was looked at. */
const ERROR_TEXT = "error: connection to server failed: FATAL: remaining connection slots are reserved\n";

async function* cut(body: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes;
  for await (const chunk of body) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}

async function* only(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  if (bytes.length > 0) yield bytes;
}

/** As `openssl enc` leaves it. The key is made, used, and forgotten: nobody can open this again, and neither can we. */
async function* sealed(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield Buffer.concat([Buffer.from("Salted__"), randomBytes(8)]);
  const cipher = createCipheriv("aes-256-cbc", randomBytes(32), randomBytes(16));
  for await (const chunk of body) yield cipher.update(chunk);
  yield cipher.final();
}

/** The file as it will lie in the store. `sizeBytes` is that of the whole one. */
export function withFault(
  body: AsyncIterable<Uint8Array>,
  fault: PlannedBackup["fault"],
  sizeBytes: number,
): AsyncIterable<Uint8Array> {
  if (fault === null) return body;
  if (fault === "truncated") return cut(body, Math.floor(sizeBytes * ARRIVES));
  if (fault === "key-lost") return sealed(body);
  return only(fault === "empty" ? new Uint8Array() : gzipSync(ERROR_TEXT));
}
