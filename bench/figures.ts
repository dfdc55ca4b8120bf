/** What a benchmark yields: a ratio with its target, and enough beside it to doubt it. */

export interface Figure {
  readonly name: string;
  /** Plain words: this divided by that. */
  readonly what: string;
  readonly value: number;
  readonly unit: "×" | "MB" | "s";
  /** At most this; null where nothing is promised, and the number is there to be compared. */
  readonly target: number | null;
  /** The numbers that it was made of. */
  readonly from: Readonly<Record<string, string | number>>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error("the median of nothing");
  return (low + high) / 2;
}

/** Smallest to largest, as a share of the median: how noisy the machine was. */
export function spread(values: readonly number[]): string {
  return `${Math.round(((Math.max(...values) - Math.min(...values)) / median(values)) * 100)} %`;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Whether it keeps what was promised; one that promises nothing does. */
export const isMet = ({ value, target }: Figure): boolean => target === null || value <= target;
