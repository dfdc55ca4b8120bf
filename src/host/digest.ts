/** SHA-256 of what flows past, without holding it. */
import { createHash } from "node:crypto";

/** The digest of text or bytes at hand, in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Passes a stream on unchanged; `digest` resolves in hex when it has flowed to its end, and rejects when it did not. */
export function sha256Of(source: AsyncIterable<Uint8Array>): {
  stream: AsyncIterable<Uint8Array>;
  digest: Promise<string>;
} {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  promise.catch(() => {});
  async function* stream() {
    const hash = createHash("sha256");
    try {
      for await (const chunk of source) {
        hash.update(chunk);
        yield chunk;
      }
      resolve(hash.digest("hex"));
    } catch (error) {
      reject(error);
      throw error;
    } finally {
      // Without effect unless the reader left early: then there is no digest of the whole, and nobody waits for one.
      reject(new Error("the stream was not read to its end"));
    }
  }
  return { stream: stream(), digest: promise };
}
