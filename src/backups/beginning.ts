/** A look into the beginning of a backup's text, where names leave open what is in it. Reads a little of few objects. */
import type { BackupFacts, Engine, Store, StoredObject } from "../parts.ts";
import type { Beginning, ReadBeginning } from "./entries.ts";
import { lookInto } from "./look-into.ts";

async function beginningOf(store: Store, object: StoredObject, engine: Engine, facts: BackupFacts) {
  const reader = engine.dumpReader?.(facts) ?? null;
  if (reader === null) return null;
  const packing = JSON.stringify(facts.packing);
  const { views } = await lookInto(store, object);
  const view = views.find((one) => JSON.stringify(one.packing) === packing);
  if (view === undefined) return null;
  reader.push(view.bytes);
  const { tables, hasRows } = reader.end();
  return { tables: tables.map(({ name }) => name), hasRows, isAll: view.isWhole };
}

/** Null for what cannot be read, or is no text that an engine reads. */
export function beginningsOf(store: Store, engines: readonly Engine[]): ReadBeginning {
  return async ({ facts, objects }): Promise<Beginning | null> => {
    const engine = engines.find(({ name }) => name === facts.engine);
    const [object] = objects;
    if (engine === undefined || object === undefined) return null;
    // Whatever keeps it from being read is said when it is judged.
    return beginningOf(store, object, engine, facts).catch(() => null);
  };
}
