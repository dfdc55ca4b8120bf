/** Chance that is the same in every run: what a generator made can be made again by its number. */
export interface Chance {
  /** 0 up to `below`, without it. */
  below(below: number): number;
  pick<T>(all: readonly T[]): T;
}

/** Mulberry32: small, and good enough to choose where something is broken. */
export function seeded(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    pick(all) {
      if (all.length === 0) throw new Error("there is nothing to pick from");
      return all[below(all.length)] as (typeof all)[number];
    },
  };
}
