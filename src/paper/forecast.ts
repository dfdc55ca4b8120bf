/**
 * How the RTA grows with the data, from drills at several sizes, with its error. A line through few points promises much;
 * so there must be enough of them, far enough apart, or there is no forecast and a reason. Pure.
 */
import type { DrillResult } from "../record.ts";

/** Fewer sizes than this make a line and no evidence. */
const FEWEST_SIZES = 3;
/** The largest at least this many times the smallest. */
const LEAST_RANGE = 2;
/** Sizes closer than this are the same size. */
const SAME = 1.05;
/**
 * How many standard errors hold 95 in 100 predictions, by degrees of freedom from 1 on: Student's t, two-sided. Few
 * points know little of their own error; the normal law's 1.96 would promise a safety that three drills cannot give.
 * Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
 */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const errorsFor = (freedom: number) => T95[Math.max(1, freedom) - 1] ?? 2.042;
/** No size further than this times the largest drilled one is named: memory, caches and indexes change the law before. */
const REACH = 10;

export type Forecast =
  | { readonly kind: "none"; readonly because: string }
  | {
      readonly kind: "line";
      readonly drills: number;
      readonly sizes: number;
      readonly fromBytes: number;
      readonly toBytes: number;
      /** RTA = fixedMs + msPerGb × gigabytes (10⁹ bytes). */
      readonly fixedMs: number;
      readonly msPerGb: number;
      /** Plus or minus, 95 in 100, of a prediction at the largest drilled size, in milliseconds. */
      readonly errorMs: number;
      /** False when the slope cannot be told from none: its own error is larger than it. */
      readonly grows: boolean;
      /** Up to here the line is trusted to say anything, in bytes: ten times the largest drilled size. */
      readonly reachBytes: number;
      /** Size at which the line crosses the objective, in bytes; 0 when every size is over it, null beyond the reach. */
      readonly crossesAtBytes: number | null;
      /** The largest size within reach at which the objective is kept with the error against us; 0 when none is. */
      readonly safeUntilBytes: number;
    };

const GB = 1e9;

interface Point {
  readonly bytes: number;
  readonly rtaMs: number;
}

const pointsOf = (results: readonly DrillResult[]): Point[] =>
  results.flatMap(({ verdict, scenario, dataset, measured }) =>
    (verdict === "recovered" || verdict === "late") &&
    !scenario.contended &&
    dataset !== null &&
    measured.rtaMs !== null
      ? [{ bytes: dataset.databaseBytes, rtaMs: measured.rtaMs }]
      : [],
  );

function countSizes(points: readonly Point[]): number {
  const sorted = points.map(({ bytes }) => bytes).sort((a, b) => a - b);
  let sizes = 0;
  let last = 0;
  for (const bytes of sorted) {
    if (bytes <= last * SAME) continue;
    sizes += 1;
    last = bytes;
  }
  return sizes;
}

/** Least squares over drills of one scenario on one engine. */
export function forecast(results: readonly DrillResult[], rtoMs: number): Forecast {
  const points = pointsOf(results);
  const sizes = countSizes(points);
  if (sizes < FEWEST_SIZES) {
    return {
      kind: "none",
      because: `timed drills at ${sizes} of at least ${FEWEST_SIZES} sizes: use --rows to drill at others`,
    };
  }
  const bytes = points.map((point) => point.bytes);
  const [fromBytes, toBytes] = [Math.min(...bytes), Math.max(...bytes)];
  if (toBytes < fromBytes * LEAST_RANGE)
    return {
      kind: "none",
      because: `the sizes lie too close together: the largest should be ${LEAST_RANGE} times the smallest`,
    };
  const n = points.length;
  const meanX = bytes.reduce((sum, x) => sum + x, 0) / n / GB;
  const meanY = points.reduce((sum, { rtaMs }) => sum + rtaMs, 0) / n;
  const sxx = points.reduce((sum, point) => sum + (point.bytes / GB - meanX) ** 2, 0);
  const sxy = points.reduce((sum, point) => sum + (point.bytes / GB - meanX) * (point.rtaMs - meanY), 0);
  const msPerGb = sxy / sxx;
  const fixedMs = meanY - msPerGb * meanX;
  const left = points.reduce((sum, point) => sum + (point.rtaMs - fixedMs - (msPerGb * point.bytes) / GB) ** 2, 0);
  const freedom = Math.max(1, n - 2);
  const sigma = Math.sqrt(left / freedom);
  const errorAt = (gb: number) => errorsFor(freedom) * sigma * Math.sqrt(1 + 1 / n + (gb - meanX) ** 2 / sxx);
  const reachBytes = toBytes * REACH;
  const at = (gb: number) => fixedMs + msPerGb * gb;
  return {
    kind: "line",
    drills: n,
    sizes,
    fromBytes,
    toBytes,
    fixedMs,
    msPerGb,
    errorMs: errorAt(toBytes / GB),
    grows: msPerGb > errorsFor(freedom) * (sigma / Math.sqrt(sxx)),
    reachBytes,
    crossesAtBytes: largestWithin(reachBytes, (bytes) => at(bytes / GB) <= rtoMs, { wholeReach: null }),
    safeUntilBytes: largestWithin(reachBytes, (bytes) => at(bytes / GB) + errorAt(bytes / GB) <= rtoMs, {
      wholeReach: reachBytes,
    }),
  };
}

/** The largest size for which `holds`, by halving: 0 when it holds for none, `wholeReach` when it holds everywhere. */
function largestWithin<T>(
  reachBytes: number,
  holds: (bytes: number) => boolean,
  { wholeReach }: { wholeReach: T },
): number | T {
  if (holds(reachBytes)) return wholeReach;
  let [good, bad] = [0, reachBytes];
  for (let step = 0; step < 50; step++) {
    const middle = (good + bad) / 2;
    if (holds(middle)) good = middle;
    else bad = middle;
  }
  return good < 1 ? 0 : good;
}
