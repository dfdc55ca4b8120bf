/** The job that somebody typed the beginning of. */
import { UsageError } from "../errors.ts";
import type { Queue } from "./queue.ts";
import { type FleetTask, taskNamed } from "./tasks.ts";

/** Throws UsageError when it is none, or several. */
export async function oneTask(queue: Queue, name: string): Promise<FleetTask> {
  const found = /^[0-9a-fA-F-]{4,36}$/.test(name) ? await taskNamed(queue, name) : [];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new UsageError(
    found.length === 0 ? `the fleet has no job "${name}"` : `${found.length} jobs begin with ${name}`,
    {
      code: "FB_FLEET_JOB",
      next: ["fogbell fleet status"],
    },
  );
}
