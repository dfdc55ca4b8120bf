/** A copy with what lies beside it, from the store to this host: fetched, decrypted, recognised. Nothing of it is run. */

import { join } from "node:path";
import { type Fetched, fetchProgress, fetchToScratch } from "../backups/fetch.ts";
import { takeStock } from "../backups/locate.ts";
import { formWords, isFault } from "../backups/unrecognised.ts";
import { ourselves } from "../drill/ourselves.ts";
import { fetchLine, limited } from "../drill/source.ts";
import { LostError, UnavailableError } from "../errors.ts";
import type { BackupFacts } from "../parts.ts";
import { compareSums } from "./compare-sums.ts";
import { decrypt } from "./decrypt.ts";
import type { AttemptKit } from "./kit.ts";
import type { Candidate } from "./task.ts";

/** Fetches the copy and what goes with it, and decrypts it. Nothing of it was opened by then. */
export async function fetchCandidate(kit: AttemptKit, { store, point, encryption }: Candidate) {
  const id = kit.index === 0 ? "fetch.fetch-source" : `fetch.fetch-source.${kit.index + 1}`;
  const onProgress = fetchProgress(fetchLine.say, kit.onProgress);
  const { link = null } = kit.task;
  const common = { store, signal: kit.signal, onProgress, link };
  const folder = join(kit.folder, "fetched");
  const fetched = await ourselves(kit, fetchLine, { phase: "fetch", id }, () =>
    fetchToScratch({ ...common, objects: point.objects, log: point.log, folder }),
  );
  const { bytes, sha256, retries } = fetched;
  kit.write({ kind: "source-fetched", sourceId: point.id, bytes, sha256, retries, ...limited(link) });
  const sums = await compareSums(store, point, fetched.files);
  if (sums > 0 && kit.index === 0) {
    kit.write({
      kind: "note",
      text: `${sums === 1 ? "the checksum" : `${sums} checksums`} beside it in the store agreed`,
    });
  }
  const globals: Fetched | null =
    point.globals === undefined
      ? null
      : await fetchToScratch({ ...common, objects: [point.globals], folder: join(kit.folder, "globals") });
  const ledger: Fetched | null =
    point.ledger === undefined
      ? null
      : await fetchToScratch({ ...common, objects: [point.ledger], folder: join(kit.folder, "ledger") });
  const paths = fetched.files.map(({ path }) => path);
  const plain =
    encryption === null
      ? paths
      : await decrypt({ encryption, paths, folder: kit.folder, environment: kit.environment, signal: kit.signal });
  return {
    folder: encryption === null ? folder : join(kit.folder, "plain"),
    paths: plain,
    sha256,
    globals: globals?.files[0]?.path ?? null,
    ledger: ledger?.files[0]?.path ?? null,
  };
}

/** What was encrypted is recognised now. Throws LostError when it is no backup. */
export async function recognise(kit: AttemptKit, folder: string): Promise<BackupFacts> {
  const { directory, signal, task } = kit;
  await using store = await directory.open(directory.options.parse({ path: folder }), signal);
  const { points, unknown } = await takeStock(store, [task.engine]);
  const [point] = points;
  if (point !== undefined) return point.facts;
  const form = unknown[0]?.form;
  if (form !== undefined && !isFault(form)) {
    throw new UnavailableError(`what was encrypted is ${formWords(form)}`, { code: "FB_NOT_JUDGED", next: form.next });
  }
  throw new LostError(`what was encrypted is ${unknown[0]?.because ?? "empty"}`, { code: "FB_COPY_SEALED" });
}
