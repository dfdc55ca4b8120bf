/** Where a value of a parsed file stands in its text, so that every complaint has a line and a column. Pure. */
import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from "yaml";

export type Path = readonly PropertyKey[];

/** A place in a text; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds where a path of the parsed value stands in the text. */
export interface Positions {
  /** Of the value, or of the nearest thing around it when it is not there. */
  at(path: Path): Position;
  /** Of the key itself, for keys that should not be there. */
  atKey(path: Path, key: string): Position;
}

/** `offset` counts characters of the text. */
export function positionAt(counter: LineCounter, offset: number): Position {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

export function positionsOf(document: Document, counter: LineCounter): Positions {
  const where = (node: unknown) => positionAt(counter, isNode(node) ? (node.range?.[0] ?? 0) : 0);
  const nodeAt = (path: Path): unknown => {
    let node: unknown = document.contents;
    for (const part of path) {
      const inner = isMap(node) || isSeq(node) ? node.get(part, true) : undefined;
      if (inner === undefined) return node;
      node = inner;
    }
    return node;
  };
  // A map is looked through once, however many of its keys are asked for.
  const keysOf = new Map<unknown, ReadonlyMap<string, unknown>>();
  const keyIn = (node: unknown, key: string): unknown => {
    const known =
      keysOf.get(node) ?? new Map(isMap(node) ? node.items.map((item) => [nameOf(item.key), item.key]) : []);
    keysOf.set(node, known);
    return known.get(key);
  };
  return {
    at: (path) => where(nodeAt(path)),
    atKey: (path, key) => {
      const node = nodeAt(path);
      return where(keyIn(node, key) ?? node);
    },
  };
}

const nameOf = (key: unknown) => String(isScalar(key) ? key.value : key);

/** What stands at a path of a parsed value; undefined when nothing does. Inherited properties are not looked at. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}
