/** A suite cut into parts for several machines: the same cut everywhere, whatever the order in which drills were named. */
import { UsageError } from "../errors.ts";

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/**
 * `2/5`; or `index/5` in an Indexed Job of Kubernetes, which tells each pod its number, from 0. Throws UsageError FB_SHARD for
 * anything else.
 */
export function parseShard(
  text: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Shard {
  const own = Number(environment.JOB_COMPLETION_INDEX ?? Number.NaN) + 1;
  const told = text.replace(/^index(?=\/)/, Number.isNaN(own) ? "index" : String(own));
  const [, index, of] = (/^(\d{1,6})\/(\d{1,6})$/.exec(told) ?? []).map(Number);
  if (index === undefined || of === undefined || index < 1 || index > of) {
    throw new UsageError(`"${text}" is no shard`, { code: "FB_SHARD", next: ["--shard 1/3, then 2/3 and 3/3"] });
  }
  return { index, of };
}

/**
 * The drills of one shard. Sorted by name and dealt out like cards, so that every drill is in exactly one shard and
 * neighbours (one scenario on several engines) are spread. Throws UsageError FB_SHARD when a shard would be empty:
 * running nothing is not a pass.
 */
export function shardOf<T>(drills: readonly T[], { index, of }: Shard, nameOf: (drill: T) => string): T[] {
  if (of > drills.length) {
    throw new UsageError(
      `${drills.length} ${drills.length === 1 ? "drill" : "drills"} cannot be cut into ${of} shards: one would run nothing`,
      {
        code: "FB_SHARD",
        next: [`--shard ${Math.min(index, drills.length)}/${drills.length}, or fewer`],
      },
    );
  }
  const sorted = [...drills].sort((a, b) => compare(nameOf(a), nameOf(b)));
  return sorted.filter((_, position) => position % of === index - 1);
}

/** By code units: a machine's locale must not move the cut. */
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
