/**
 * Copies of files that hold only what changed since another one: each is joined with those that it goes on from, told by
 * where its changes begin and end, never by a name. Pure.
 */
import type { RecoveryPoint } from "../parts.ts";

const isFull = ({ facts }: RecoveryPoint) => facts.span?.from === "0";

/** What lies there from its beginning on; null where one is missing. */
function chainOf(point: RecoveryPoint, all: readonly RecoveryPoint[]): RecoveryPoint[] | null {
  const chain = [point];
  for (let first = point; !isFull(first); ) {
    const { span, engine, method, format } = first.facts;
    const before = all
      .filter(({ facts }) => facts.engine === engine && facts.method === method && facts.format === format)
      .filter(({ facts: { span: other } }) => other !== undefined && other.to === span?.from && other.from !== other.to)
      // What begins there holds every change since, whichever of them it was made after.
      .sort((a, b) => Number(isFull(b)) - Number(isFull(a)) || (a.moment.at < b.moment.at ? 1 : -1))
      .find((one) => !chain.includes(one));
    if (before === undefined) return null;
    chain.unshift(before);
    first = before;
  }
  return chain;
}

/** What goes on from a copy was made after it, whatever time its files have since somebody prepared them. */
const AFTER_MS = 1000;

/** No copy is younger than one that goes on from it. */
function notYounger(point: RecoveryPoint, all: readonly RecoveryPoint[]): RecoveryPoint {
  const { span, engine, method, format, fileAt } = point.facts;
  // Between copies during which nothing was written no number tells which came first.
  if (span === undefined || span.from === span.to) return point;
  const written = all
    .filter(({ facts }) => facts.engine === engine && facts.method === method && facts.format === format)
    .filter((one) => one !== point && one.facts.span?.from === span.to)
    .map(({ objects }) => Date.parse(objects[0]?.modifiedAt ?? ""))
    .filter((ms) => !Number.isNaN(ms));
  if (written.length === 0) return point;
  const before = new Date(Math.min(...written) - AFTER_MS).toISOString();
  return { ...point, facts: { ...point.facts, fileAt: fileAt !== undefined && fileAt < before ? fileAt : before } };
}

/** Every such copy with the ones before it; one whose beginning is not there cannot be read by itself. */
export function withSpans(found: readonly RecoveryPoint[]): RecoveryPoint[] {
  const points = found.map((point) => notYounger(point, found));
  return points.map((point): RecoveryPoint => {
    if (point.facts.span === undefined || isFull(point)) return point;
    const chain = chainOf(point, points);
    if (chain === null)
      return {
        ...point,
        unreadable: {
          kind: "form",
          because: "it is an incremental copy, and the copy that it goes on from does not lie here",
          next: ["keep the full copy and every incremental one since beside each other"],
        },
      };
    // Its own come first: they tell its moment.
    const objects = [...chain].reverse().flatMap((one) => one.objects);
    return {
      ...point,
      objects: [...new Set(objects)],
      sizeBytes: objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      facts: { ...point.facts, isChain: true },
    };
  });
}
