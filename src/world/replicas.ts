/** Replicas of a world: made on the timeline, held where their delay keeps them, and there when damage is found. */
import type { RecoveryPoint } from "../parts.ts";
import type { PlannedBackup } from "../plan/plan.ts";
import type { WorldKit } from "./kit.ts";

/** A server that follows, as it stands when the damage is found. */
export interface Replica {
  readonly backup: PlannedBackup;
  /** Simulated moment up to which it has applied everything, Unix milliseconds; null while it applies at once. */
  readonly heldAtMs: number | null;
}

export interface Replicas {
  readonly all: readonly Replica[];
  make(backup: PlannedBackup, atMs: number): Promise<void>;
  hold(backup: PlannedBackup, atMs: number): Promise<void>;
  /** Lets every replica receive what was committed, as time would. A server that is gone sends nothing more. */
  arrive(): Promise<void>;
  /** Every replica dies, with its disk; whoever lists replicas still knows its name. */
  lose(): Promise<void>;
}

const stepOf = ({ name }: PlannedBackup) => ({ phase: "world", name: `replica-${name}` }) as const;

export function openReplicas({ runner, beside, write }: WorldKit): Replicas {
  const all: Replica[] = [];
  const gone = new Set<PlannedBackup>();
  return {
    all,
    async make(backup, atMs) {
      await beside(backup.name, async () => {
        for (const line of backup.method.backup(backup.name, backup.options)) await runner.must(line, stepOf(backup));
      });
      all.push({ backup, heldAtMs: null });
      write({
        kind: "note",
        text: `replica ${backup.name} follows since ${new Date(atMs).toISOString()} of the simulated timeline`,
      });
    },
    async hold(backup, atMs) {
      const { live } = backup.method;
      const index = all.findIndex((one) => one.backup === backup);
      if (live === undefined || index < 0) return;
      await beside(backup.name, () => runner.must(live.hold(), stepOf(backup)));
      all[index] = { backup, heldAtMs: atMs };
      write({
        kind: "note",
        text: `replica ${backup.name} is held at ${new Date(atMs).toISOString()} of the simulated timeline, where its delay keeps it when the damage is found`,
      });
    },
    async arrive() {
      for (const { backup, heldAtMs } of all) {
        const line = gone.has(backup) ? undefined : backup.method.live?.arrive(heldAtMs !== null);
        if (line !== undefined) await beside(backup.name, () => runner.run(line, stepOf(backup)));
      }
    },
    async lose() {
      for (const { backup } of all) {
        gone.add(backup);
        await beside(backup.name, async () => {
          for (const line of backup.method.removeSide?.() ?? [])
            await runner.must(line, { ...stepOf(backup), phase: "damage" });
        });
        write({ kind: "note", text: `replica ${backup.name} is gone, and its disk with it` });
      }
    },
  };
}

/** The replicas as recovery points: each reaches up to the newest commit, and stands where it is held. */
export function replicaPoints(
  replicas: readonly Replica[],
  now: { foundAtMs: number; bytes: number },
): RecoveryPoint[] {
  const found = new Date(now.foundAtMs).toISOString();
  return replicas.map(({ backup, heldAtMs }) => ({
    id: `replica:${backup.name}`,
    name: backup.name,
    store: "a running server",
    objects: [],
    log: [],
    moment: { at: heldAtMs === null ? found : new Date(heldAtMs).toISOString(), from: "content" },
    reach: { at: found, from: "content" },
    sizeBytes: now.bytes,
    facts: { ...backup.method.facts(backup.options), isLive: true },
  }));
}
