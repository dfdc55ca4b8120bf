/** Bytes by number out of a stream of chunks: for formats whose headers say how much follows. */

/** The stream ended before what was asked for. */
export class Cut extends Error {
  constructor() {
    super("it was cut off");
  }
}

export class Pull {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }

  /** Whether everything was taken. */
  async isOver(): Promise<boolean> {
    while (this.#rest.length === 0) if (!(await this.#more())) return true;
    return false;
  }

  /** As many as there are, up to `count`. */
  async upTo(count: number): Promise<Buffer> {
    while (this.#rest.length < count && (await this.#more()));
    const taken = Buffer.from(this.#rest.buffer, this.#rest.byteOffset, Math.min(count, this.#rest.length));
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Exactly `count`. Throws Cut when there are fewer. */
  async take(count: number): Promise<Buffer> {
    const taken = await this.upTo(count);
    if (taken.length < count) throw new Cut();
    return taken;
  }

  /** Whatever is at hand, when it is not over. */
  async some(): Promise<Uint8Array> {
    await this.isOver();
    const taken = this.#rest;
    this.#rest = new Uint8Array();
    return taken;
  }

  /** Passes over `count` bytes. Throws Cut when there are fewer. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) left -= (await this.take(Math.min(left, 65_536))).length;
  }

  /** Ends the source. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
