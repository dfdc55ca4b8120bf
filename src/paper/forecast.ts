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
/** Two standard errors: about 95 in 100. */
const ERRORS = 2;

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
      /** Plus or minus, two standard errors of a prediction at the largest size, in milliseconds. */
      readonly errorMs: number;
      /** Size at which the line crosses the objective, in bytes; null when it never does. */
      readonly crossesAtBytes: number | null;
      /** The same with the error against us: the size up to which the objective is safe. */
      readonly safeUntilBytes: number | null;
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
  const sigma = Math.sqrt(left / Math.max(1, n - 2));
  const errorAt = (gb: number) => ERRORS * sigma * Math.sqrt(1 + 1 / n + (gb - meanX) ** 2 / sxx);
  const crossing = (extraMs: number) =>
    msPerGb <= 0 ? null : Math.max(0, ((rtoMs - fixedMs - extraMs) / msPerGb) * GB);
  const crosses = crossing(0);
  return {
    kind: "line",
    drills: n,
    sizes,
    fromBytes,
    toBytes,
    fixedMs,
    msPerGb,
    errorMs: errorAt(toBytes / GB),
    crossesAtBytes: crosses,
    safeUntilBytes: crosses === null ? null : crossing(errorAt(crosses / GB)),
  };
}
