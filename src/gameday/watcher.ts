/**
 * What people reached, told from one look at the world after another: however they did it, by hand, by a script, by a
 * function or from another client. Pure.
 */
import type { Milestone } from "../record.ts";
import type { Sample, SeenFile } from "./sample.ts";

/** What the world itself shows. Of the rest only words and typing tell. */
export const STATE_SHOWS = ["contained", "preserved", "reopened", "normal"] as const satisfies readonly Milestone[];
export type StateShows = (typeof STATE_SHOWS)[number];
export const isShownByState = (milestone: Milestone): milestone is StateShows =>
  STATE_SHOWS.some((one) => one === milestone);

export interface Sighting {
  readonly milestone: Milestone;
  /** By the wall clock: when it happened, as nearly as two looks and a file's time tell. */
  readonly atMs: number;
  readonly because: string;
}

export interface Watcher {
  /** `atMs`: when the look was taken, by the wall clock. Null: nothing could be seen. */
  look(sample: Sample | null, atMs: number): readonly Sighting[];
  /** Files that may be a fresh backup, once the application is in again: whoever can read them says which is. */
  candidates(): readonly SeenFile[];
  /** Whether one of them is a backup. Each is asked of once, while it stays as it is. */
  told(file: SeenFile, isBackup: boolean): readonly Sighting[];
  /** How often was looked, how often in vain, and what can be seen here at all. */
  readonly watched: Watched;
}

export interface Watched {
  readonly looks: number;
  readonly failed: number;
  readonly canSee: readonly StateShows[];
}

export interface WatcherKit {
  /** Sizes of the objects in the store: a file of such a size is a copy that was fetched, not a fresh one. */
  readonly storedSizes: () => ReadonlySet<number>;
}

const isOut = ({ closed }: Sample) => closed === "yes" || closed === "down";

/** Looks at the world and remembers the first, the last, and what was seen. A class, because all of it is one memory. */
/** A look has one moment and takes longer: what happened while it was taken may be of before it by its own clock. */
const LOOK_TAKES_MS = 400;

class WorldWatcher implements Watcher {
  readonly #kit: WatcherKit;
  #first: Sample | null = null;
  #last: Sample | null = null;
  #lastAtMs = 0;
  #looks = 0;
  #failed = 0;
  #wasClosed = false;
  /** Not earlier than this: the last look at which it was closed. */
  #reopenedAtMs: number | null = null;
  readonly #seen = new Set<Milestone>();
  readonly #asked = new Set<string>();

  constructor(kit: WatcherKit) {
    this.#kit = kit;
  }

  look(sample: Sample | null, atMs: number): readonly Sighting[] {
    this.#looks += 1;
    if (sample === null) {
      this.#failed += 1;
      return [];
    }
    const [before, beforeAtMs] = [this.#last, this.#lastAtMs];
    this.#last = sample;
    this.#lastAtMs = atMs;
    if (this.#first === null || before === null) {
      this.#first = sample;
      // What was closed or gone from the beginning is reopened when somebody gets in.
      this.#wasClosed = sample.closed !== "no";
      return [];
    }
    return [
      ...this.#contained(sample, before, atMs),
      ...this.#preserved(sample, before, atMs),
      ...this.#restoring(sample, this.#first, atMs),
      ...this.#reopened(sample, atMs, beforeAtMs),
    ];
  }

  #once(milestone: Milestone, atMs: number, because: string): Sighting[] {
    if (this.#seen.has(milestone)) return [];
    this.#seen.add(milestone);
    return [{ milestone, atMs, because }];
  }

  /** The name of a database that was there from the beginning, and has another one now: put aside, not lost. */
  #renamed(sample: Sample): boolean {
    return [...(this.#first?.databases ?? [])].some(
      ([id, name]) => sample.databases.get(id) !== undefined && sample.databases.get(id) !== name && id !== name,
    );
  }

  #contained(sample: Sample, before: Sample, atMs: number): Sighting[] {
    if (isOut(sample) || (sample.closed === "gone" && this.#renamed(sample))) {
      const wasOpen = this.#first?.closed === "no";
      this.#wasClosed = true;
      if (!wasOpen) return [];
      const how = sample.closed === "yes" ? "nobody but administrators may come in" : "the application can't connect";
      return this.#once("contained", atMs, how);
    }
    // Closed and opened again between two looks: the database is the same, and who may come in was changed.
    const [now, then] = [sample.access, before.access];
    const isSame = now !== null && then !== null && now.split(".")[0] === then.split(".")[0];
    if (isSame && now !== then && sample.closed === "no" && before.closed === "no") {
      this.#wasClosed = true;
      return this.#once("contained", atMs, "the database's access was changed and changed back");
    }
    return [];
  }

  #preserved(sample: Sample, before: Sample, atMs: number): Sighting[] {
    const { files, sizeBytes, changedAtMs } = sample.evidence;
    const grew = sizeBytes > (this.#first?.evidence.sizeBytes ?? 0) && files > 0;
    const isStable = before.evidence.sizeBytes === sizeBytes && before.evidence.files === files;
    if (grew && isStable) {
      const what = files === 1 ? "a file" : `${files} files`;
      return this.#once("preserved", Math.min(atMs, changedAtMs), `${what} in the evidence folder`);
    }
    return this.#renamed(sample) ? this.#once("preserved", atMs, "the damaged database was renamed, not removed") : [];
  }

  #restoring(sample: Sample, first: Sample, atMs: number): Sighting[] {
    const isNew = [...sample.databases].some(([id]) => !first.databases.has(id));
    if (isNew) return this.#once("restore-began", atMs, "a database that wasn't there before");
    return sample.configuration === first.configuration
      ? []
      : this.#once("restore-began", atMs, "the application's configuration was changed");
  }

  #reopened(sample: Sample, atMs: number, beforeAtMs: number): Sighting[] {
    if (!this.#wasClosed || sample.closed !== "no") return [];
    this.#wasClosed = false;
    this.#reopenedAtMs = beforeAtMs - LOOK_TAKES_MS;
    return [{ milestone: "reopened", atMs, because: "the application can connect again" }];
  }

  candidates(): readonly SeenFile[] {
    const since = this.#reopenedAtMs;
    const sizes = this.#kit.storedSizes();
    if (since === null || this.#seen.has("normal")) return [];
    return (this.#last?.files ?? [])
      .filter((one) => one.changedAtMs >= since && !sizes.has(one.sizeBytes))
      .filter((one) => !this.#asked.has(`${one.path} ${one.sizeBytes}`))
      .slice(0, 5);
  }

  told(file: SeenFile, isBackup: boolean): readonly Sighting[] {
    this.#asked.add(`${file.path} ${file.sizeBytes}`);
    return isBackup ? this.#once("normal", file.changedAtMs, "a fresh backup was written") : [];
  }

  get watched(): Watched {
    const sawEnough = this.#looks > 0 && this.#failed * 2 < this.#looks;
    const first = this.#first;
    const canSee = STATE_SHOWS.filter((one) => sawEnough && (one !== "contained" || first?.closed === "no"));
    return { looks: this.#looks, failed: this.#failed, canSee };
  }
}

export const createWatcher = (kit: WatcherKit): Watcher => new WorldWatcher(kit);
