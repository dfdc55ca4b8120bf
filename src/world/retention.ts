/**
 * The pruning job of a world: it goes by age alone, as most do, and runs again while people recover. Stories 000 and 001
 * lost what they needed to it.
 */
import type { Line, StoredObject } from "../parts.ts";
import { LOG_FOLDER } from "./archive.ts";
import type { WorldKit } from "./kit.ts";

export interface Retention {
  /** Removes what is too old at this simulated moment, unless the job was frozen. */
  prune(atMs: number): Promise<void>;
}

const step = { phase: "world", name: "retention" } as const;

const schedule: Line = {
  say: "Schedule the job that prunes backups.",
  script: 'echo "*/10 * * * * prune-backups" >"$PRUNE_JOB"',
  uses: ["PRUNE_JOB"],
  destroys: false,
};

const isScheduled: Line = {
  say: "Is the pruning job still scheduled?",
  script: 'if [ -e "$PRUNE_JOB" ]; then echo yes; else echo no; fi',
  uses: ["PRUNE_JOB"],
  destroys: false,
};

/** `writtenAt`: the simulated moment at which each object came to the store. Null when the world prunes nothing. */
export async function openRetention(
  { plan, runner, store, write }: WorldKit,
  writtenAt: ReadonlyMap<string, string>,
): Promise<Retention | null> {
  const { retention } = plan.scenario.world;
  if (retention === null) return null;
  await runner.must(schedule, step);
  const { keepMs, keepNewest } = retention;

  return {
    async prune(atMs) {
      const at = new Date(atMs).toISOString();
      if ((await runner.must(isScheduled, step)).stdout.trim() !== "yes") {
        write({ kind: "note", text: `the pruning job was due at ${at} of the simulated timeline, and is frozen` });
        return;
      }
      const objects: StoredObject[] = [];
      for await (const object of store.list("")) objects.push(object);
      const bornMs = ({ key }: StoredObject) => Date.parse(writtenAt.get(key) ?? at);
      // The log since the oldest backup that stays is needed by it.
      const born = [...new Set(objects.filter(({ key }) => !key.startsWith(`${LOG_FOLDER}/`)).map(bornMs))];
      const sparedMs =
        born
          .sort((a, b) => b - a)
          .slice(0, keepNewest)
          .at(-1) ?? Number.POSITIVE_INFINITY;
      const old = objects.filter((object) => atMs - bornMs(object) > keepMs && bornMs(object) < sparedMs);
      for (const { key } of old) await store.remove(key);
      const what = old.length === 0 ? "nothing" : old.map(({ key }) => key).join(", ");
      write({ kind: "note", text: `the pruning job ran at ${at} of the simulated timeline and removed ${what}` });
    },
  };
}
