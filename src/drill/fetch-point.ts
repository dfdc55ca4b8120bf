/** The one way in which a copy comes to this host, of a drill and of a verify: as a line that a person would type, recorded. */
import { type Fetched, fetchProgress, fetchToScratch } from "../backups/fetch.ts";
import type { Link } from "../host/link.ts";
import type { Line, RecoveryPoint, Store, StoredObject } from "../parts.ts";
import type { EventBody, Progress } from "../record.ts";
import { ourselves } from "./ourselves.ts";

export const fetchLine: Line = {
  say: "Download the chosen copy. The store is only read.",
  script: 'fogbell backups fetch "$POINT" --store "$STORE" --to "$SCRATCH"',
  uses: ["POINT", "STORE", "SCRATCH"],
  expect: "The copy's path (this is BACKUP from here on), its size and its hash.",
  ifNot: "Run it again: it resumes where it stopped. If that fails, take the next older copy.",
  destroys: false,
};

export interface FetchKit {
  readonly signal: AbortSignal;
  readonly write: (body: EventBody) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly link: Link | null;
}

export interface FetchFrom {
  readonly store: Store;
  /** What goes with it, fetched and hashed with it. */
  readonly beside?: readonly StoredObject[];
  /** On this host. */
  readonly folder: string;
  /** How many copies were fetched before it in this run. */
  readonly index: number;
}

/** Fetches what the point consists of. Throws UnavailableError when the store or the disk fails. */
export async function fetchPoint(
  { signal, write, onProgress, link }: FetchKit,
  point: RecoveryPoint,
  { store, beside = [], folder, index }: FetchFrom,
  line: Line = fetchLine,
): Promise<Fetched> {
  const id = index === 0 ? "fetch.fetch-source" : `fetch.fetch-source.${index + 1}`;
  const { objects, log } = point;
  const progress = fetchProgress(line.say, onProgress);
  const fetched = await ourselves({ write }, line, { phase: "fetch", id }, () =>
    fetchToScratch({ store, objects, log, beside, folder, link, signal, onProgress: progress }),
  );
  const { bytes, sha256, retries } = fetched;
  const limited = link === null ? {} : { limitBytesPerSecond: link.bytesPerSecond };
  write({ kind: "source-fetched", sourceId: point.id, bytes, sha256, retries, ...limited });
  return fetched;
}
