/**
 * A copy that is not whole yet: the file, and beside it which of its ranges are on the disk. What the state file says is
 * there was flushed before, so that neither kill -9 nor a power cut makes a hole look like data.
 */
import { type FileHandle, open, readFile, rm, stat } from "node:fs/promises";
import { z } from "zod";
import { writeAtomic } from "../host/atomic-file.ts";

const stateSchema = z.strictObject({
  of: z.string(),
  done: z.array(z.int().nonnegative()),
  /** Known once all of it had arrived. */
  sha256: z.string().nullable(),
});

export interface PartialRequest {
  /** Where the whole copy will lie; the unfinished one lies beside it. */
  readonly path: string;
  /** What makes the object this object: another identity begins anew. */
  readonly of: string;
  readonly sizeBytes: number;
  readonly rangeBytes: number;
}

export interface Partial extends AsyncDisposable {
  readonly file: string;
  /** Numbers of the ranges that are there. */
  readonly done: ReadonlySet<number>;
  /** Writes all of the bytes, in as many pieces as the disk takes. */
  write(bytes: Uint8Array, at: number): Promise<void>;
  /** A range is whole. Throws when the state of an earlier one could not be kept. */
  record(range: number): void;
  /** Everything recorded is on the disk; with the hash of the whole. */
  finish(sha256: string | null): Promise<void>;
}

export const statePath = (path: string) => `${path}.state.json`;
const partPath = (path: string) => `${path}.part`;

async function readState({ path, of, sizeBytes, rangeBytes }: PartialRequest) {
  const text = await readFile(statePath(path), "utf8").catch(() => "");
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { success, data } = stateSchema.safeParse(json);
  const ranges = Math.ceil(sizeBytes / rangeBytes);
  return success && data.of === of && data.done.every((range) => range < ranges) ? data : null;
}

/** The hash of a whole copy that an earlier call left at `path`, or null. */
export async function finishedBefore(request: PartialRequest): Promise<string | null> {
  const found = await stat(request.path).catch(() => null);
  return found?.size === request.sizeBytes ? ((await readState(request))?.sha256 ?? null) : null;
}

/** Opens what an interrupted fetch left of this very object, or begins anew. */
export async function openPartial(request: PartialRequest): Promise<Partial> {
  const { path, of, sizeBytes, rangeBytes } = request;
  const file = partPath(path);
  const before = await readState(request);
  const bytes = (await stat(file).catch(() => null))?.size ?? 0;
  const reaches = Math.max(0, ...(before?.done ?? []).map((range) => Math.min(sizeBytes, (range + 1) * rangeBytes)));
  const goesOn = before !== null && before.done.length > 0 && bytes >= reaches;
  // Before the file is cut to nothing: a state that outlived its file would vouch for another object's bytes.
  if (!goesOn) await rm(statePath(path), { force: true });
  const handle: FileHandle = await open(file, goesOn ? "r+" : "w", 0o600);
  const done = new Set(goesOn ? before.done : []);

  let isStale = false;
  let saving: Promise<void> | null = null;
  let fault: unknown = null;
  /** Several ranges may end while one state is being kept; the next keeps them all. */
  const save = async () => {
    while (isStale) {
      isStale = false;
      const text = JSON.stringify({ of, done: [...done], sha256: null });
      await handle.datasync();
      await writeAtomic(statePath(path), text);
    }
  };
  return {
    file,
    done,
    async write(all, at) {
      for (let from = 0; from < all.length; ) {
        const { bytesWritten } = await handle.write(all, from, all.length - from, at + from);
        from += bytesWritten;
      }
    },
    record(range) {
      if (fault !== null) throw fault;
      done.add(range);
      isStale = true;
      saving ??= save()
        .catch((error: unknown) => {
          fault = error;
        })
        .finally(() => {
          saving = null;
        });
    },
    async finish(sha256) {
      await saving;
      if (fault !== null) throw fault;
      await handle.sync();
      await writeAtomic(statePath(path), JSON.stringify({ of, done: [...done], sha256 }));
    },
    async [Symbol.asyncDispose]() {
      await saving;
      // What arrived since the last state was kept is worth keeping when the fetch is cut off.
      await save().catch(() => {});
      await handle.close();
    },
  };
}
