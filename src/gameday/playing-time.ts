/** Playing time: what passed since the damage, without the pauses for real incidents. Pure. */

export interface PlayingTime {
  /** The damage happened at this instant, in milliseconds of any steady clock. */
  begin(atMs: number): void;
  pause(atMs: number): void;
  resume(atMs: number): void;
  /** Milliseconds played at that instant; null before the damage. */
  at(atMs: number): number | null;
  readonly isPaused: boolean;
}

export function createPlayingTime(): PlayingTime {
  let beganMs: number | null = null;
  let pausedAtMs: number | null = null;
  const pauses: { from: number; to: number }[] = [];
  return {
    begin(atMs) {
      beganMs ??= atMs;
    },
    pause(atMs) {
      pausedAtMs ??= atMs;
    },
    resume(atMs) {
      if (pausedAtMs !== null) pauses.push({ from: pausedAtMs, to: atMs });
      pausedAtMs = null;
    },
    at(atMs) {
      if (beganMs === null) return null;
      const all = pausedAtMs === null ? pauses : [...pauses, { from: pausedAtMs, to: Math.max(atMs, pausedAtMs) }];
      const lost = all.reduce((sum, { from, to }) => {
        const [begin, end] = [Math.max(from, beganMs ?? 0), Math.min(to, atMs)];
        return sum + Math.max(0, end - begin);
      }, 0);
      return Math.max(0, Math.round(atMs - beganMs - lost));
    },
    get isPaused() {
      return pausedAtMs !== null;
    },
  };
}
