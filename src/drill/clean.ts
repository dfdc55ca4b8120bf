/**
 * The clean point: when damage is found late, newer recovery points hold it as well. What they hold is asked of each, in
 * a restored copy, by halves: damage that is in one is in all that came later.
 */
import { formatDuration } from "../host/units.ts";
import type { Line, RecoveryPoint } from "../parts.ts";
import { fetchLine } from "./fetch-point.ts";
import { fetchCopy, noneWhole, type RejectedPoint, readFetched, type Source, type SourceKit } from "./source.ts";

export interface CleanKit extends SourceKit {
  /** Restores the chosen copy beside, asks it, and removes it again. Null when it is clean, else why not. */
  readonly askCopy: () => Promise<string | null>;
  /** Told again where the copy of the one that is taken lies. */
  readonly onBest: (point: RecoveryPoint) => void;
}

/** What a person does with the answer is the search itself. */
const halfLine: Line = {
  ...fetchLine,
  say: "Fetch the copy in the middle of those that may be clean. The store is only read.",
  expect:
    "The copy's path (this is BACKUP from here on). Restore and ask it: when it is clean, look at the newer half next, else at the older half. The newest clean one is taken.",
};

interface Best {
  readonly point: RecoveryPoint;
  readonly sha256: string | null;
}

/** The newest candidate that is whole and clean; `candidates` newest first. Throws when there is none. */
export async function fetchClean(kit: CleanKit, candidates: readonly RecoveryPoint[]): Promise<Source> {
  const rejected: RejectedPoint[] = [];
  const left = [...candidates];
  let best: Best | null = null;
  let tried = 0;
  while (left.length > 0) {
    const middle = Math.floor((left.length - 1) / 2);
    const point = left[middle] as RecoveryPoint;
    kit.write({
      kind: "source-chosen",
      sourceId: point.id,
      because: `looking for the newest clean one: ${left.length} left to tell apart`,
    });
    kit.onCopy(point, null);
    const fetched = point.facts.isLive === true ? null : await fetchCopy(kit, point, tried, halfLine);
    const sha256 = fetched?.sha256 ?? null;
    tried += 1;
    const id = `fetch.check-copy${tried === 1 ? "" : `.${tried}`}`;
    const { fault, point: meant } = await readFetched(kit, point, fetched, id);
    if (fault !== null) {
      rejected.push({ point, ...fault });
      kit.write({ kind: "source-rejected", sourceId: point.id, because: fault.because });
      left.splice(middle, 1);
      continue;
    }
    const because = await kit.askCopy();
    if (because === null) {
      best = { point: meant, sha256 };
      left.splice(middle);
    } else {
      rejected.push({ point, because: `it holds the damage: ${because}`, leaves: false });
      kit.write({ kind: "source-rejected", sourceId: point.id, because: `it holds the damage: ${because}` });
      left.splice(0, middle + 1);
    }
  }
  if (best === null) throw noneWhole(rejected);
  return take(kit, best, tried);
}

function take(kit: CleanKit, { point, sha256 }: Best, tried: number): Source {
  const ageMs = kit.usefulUntilMs - Date.parse(point.moment.at);
  kit.write({
    kind: "source-chosen",
    sourceId: point.id,
    because: `the newest clean one, found by restoring ${tried}: restored whole, it would lose the last ${formatDuration(ageMs)}`,
  });
  kit.onBest(point);
  kit.mark("T4");
  return { point, sha256 };
}
