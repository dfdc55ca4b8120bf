/** Whether a backup that does not hold is still being written: then nothing can be said about it yet. */
import { setTimeout as pause } from "node:timers/promises";
import { formatBytes, formatDuration } from "../host/units.ts";
import type { StoredObject } from "../parts.ts";
import type { Candidate } from "./task.ts";

/** What was written last before this is judged as it is. */
const RECENT_MS = 15 * 60_000;
/** How long it is watched, and how often it is looked at: longer where its last bytes are new. */
const STEP_MS = 1000;
const STEPS = 2;
const STEPS_WHEN_NEW = 5;
const NEW_MS = 60_000;

async function asItIs({ store }: Candidate, { key, version }: StoredObject): Promise<StoredObject | null> {
  for await (const object of store.list(key)) if (object.key === key && object.version === version) return object;
  return null;
}

const isOther = (a: StoredObject, b: StoredObject) =>
  a.sizeBytes !== b.sizeBytes || a.modifiedAt !== b.modifiedAt || a.tag !== b.tag;

async function changed(candidate: Candidate): Promise<string | null> {
  for (const object of candidate.point.objects) {
    const now = await asItIs(candidate, object);
    if (now === null || !isOther(object, now)) continue;
    const grew = now.sizeBytes > object.sizeBytes ? `, and ${formatBytes(now.sizeBytes)} by now` : "";
    return `${object.key} is still being written: it was ${formatBytes(object.sizeBytes)} when it was listed${grew}`;
  }
  return null;
}

const writtenMs = ({ point }: Candidate) => Math.max(...point.objects.map(({ modifiedAt }) => Date.parse(modifiedAt)));

/** How long the job writes, by what its names and its objects' times told in other nights; null when they do not. */
function usualMs(older: readonly Candidate[]): number | null {
  const needed = older
    .filter(({ point }) => point.moment.from === "name" && point.moment.latest === undefined)
    .map((one) => writtenMs(one) - Date.parse(one.point.moment.at))
    .filter((ms) => ms >= 0 && ms < 12 * 3_600_000)
    .sort((a, b) => a - b);
  return needed.length < 2 ? null : (needed[Math.floor(needed.length / 2)] ?? null);
}

/** Why it cannot be judged yet; null when whatever wrote it has ended. `older` are the job's other nights. */
export async function stillWritten(
  candidate: Candidate,
  older: readonly Candidate[],
  signal: AbortSignal,
): Promise<string | null> {
  const agoMs = Date.now() - writtenMs(candidate);
  if (!(agoMs < RECENT_MS)) return null;
  const steps = agoMs < NEW_MS ? STEPS_WHEN_NEW : STEPS;
  for (let step = 0; step <= steps; step++) {
    if (step > 0) await pause(STEP_MS, undefined, { signal });
    const because = await changed(candidate);
    if (because !== null) return because;
  }
  const { moment, id } = candidate.point;
  const usual = moment.from === "name" ? usualMs(older) : null;
  const begunMs = Date.now() - Date.parse(moment.at);
  if (usual === null || usual < NEW_MS || begunMs < 0 || begunMs >= usual) return null;
  return `${id} may still be being written: its job began ${formatDuration(begunMs)} ago and usually takes ${formatDuration(usual)}`;
}
