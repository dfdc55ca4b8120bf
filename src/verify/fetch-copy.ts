/** A copy with what lies beside it, from the store to this host: fetched, decrypted, recognised. Nothing of it is run. */

import { join } from "node:path";
import { fetchProgress, fetchToScratch } from "../backups/fetch.ts";
import { takeStock } from "../backups/locate.ts";
import { formWords, isFault } from "../backups/unrecognised.ts";
import { fetchLine, fetchPoint } from "../drill/fetch-point.ts";
import { LostError, UnavailableError } from "../errors.ts";
import type { BackupFacts, StoredObject } from "../parts.ts";
import { compareSums } from "./compare-sums.ts";
import { decrypt } from "./decrypt.ts";
import type { AttemptKit } from "./kit.ts";
import type { Candidate } from "./task.ts";

/** Fetches the copy and what goes with it, and decrypts it. Nothing of it was opened by then. */
export async function fetchCandidate(kit: AttemptKit, { store, point, encryption }: Candidate) {
  const { link = null } = kit.task;
  const folder = join(kit.folder, "fetched");
  const fetched = await fetchPoint({ ...kit, link }, point, { store, folder, index: kit.index });
  const { sha256 } = fetched;
  const sums = await compareSums(store, point, fetched.files);
  if (sums > 0 && kit.index === 0) {
    kit.write({
      kind: "note",
      text: `${sums === 1 ? "the checksum" : `${sums} checksums`} beside it in the store agreed`,
    });
  }
  const onProgress = fetchProgress(fetchLine.say, kit.onProgress);
  const beside = async (object: StoredObject | undefined, name: string): Promise<string | null> => {
    if (object === undefined) return null;
    const request = { store, objects: [object], folder: join(kit.folder, name), signal: kit.signal, onProgress, link };
    return (await fetchToScratch(request)).files[0]?.path ?? null;
  };
  const globals = await beside(point.globals, "globals");
  const ledger = await beside(point.ledger, "ledger");
  const paths = fetched.files.map(({ path }) => path);
  const plain =
    encryption === null
      ? paths
      : await decrypt({ encryption, paths, folder: kit.folder, environment: kit.environment, signal: kit.signal });
  return {
    folder: encryption === null ? folder : join(kit.folder, "plain"),
    paths: plain,
    sha256,
    globals,
    ledger,
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
    throw new UnavailableError(`once decrypted, it is ${formWords(form)}`, { code: "FB_NOT_JUDGED", next: form.next });
  }
  throw new LostError(`once decrypted, it is ${unknown[0]?.because ?? "empty"}`, { code: "FB_COPY_SEALED" });
}
