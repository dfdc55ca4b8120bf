/** Which disaster it will be: named, one of a family, or any. Chosen by the keeper, which tells nobody. */
import { randomInt } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { Catalog } from "../parts.ts";
import { listScenarios, resolveScenario } from "../scenario/library.ts";
import { loadScenario } from "../scenario/load.ts";
import type { Scenario } from "../scenario/schema.ts";
import { all, type Level } from "./events.ts";
import { dayFolders, readLog } from "./session.ts";

export interface Wanted {
  readonly scenario?: string | undefined;
  readonly family?: string | undefined;
  readonly engine?: string | undefined;
}

export const levelOf = ({ scenario, family }: Wanted): Level =>
  scenario !== undefined ? "known" : family !== undefined ? "family" : "blind";

/** Every scenario that it may be. Throws UsageError when there is none. */
export async function candidates(catalog: Catalog, wanted: Wanted): Promise<Scenario[]> {
  if (wanted.scenario !== undefined) return [await loadScenario(await resolveScenario(wanted.scenario), catalog)];
  const engine = wanted.engine?.split("@")[0];
  const shipped = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const found = shipped.filter(
    (scenario) =>
      (wanted.family === undefined || scenario.tags.includes(wanted.family)) &&
      (engine === undefined || scenario.engines[engine] !== undefined),
  );
  if (found.length > 0) return found;
  const families = [...new Set(shipped.flatMap(({ tags }) => tags))].sort();
  throw new UsageError(
    `no scenario of the family "${wanted.family ?? "any"}"${engine === undefined ? "" : ` runs on ${engine}`}`,
    {
      code: "FB_NOTHING_TO_RUN",
      next: families.map((family) => `fogbell gameday start --family ${family}`),
    },
  );
}

/** One of them, by lot; what was played last comes only when there is nothing else. */
export async function chooseScenario(catalog: Catalog, wanted: Wanted, out: string): Promise<Scenario> {
  const found = await candidates(catalog, wanted);
  const days = await Promise.all((await dayFolders(out)).map(readLog));
  const last = days.flatMap((events) => all(events, "revealed").map(({ scenario }) => scenario)).at(-1);
  const fresh = found.filter(({ id }) => id !== last);
  const pool = fresh.length > 0 ? fresh : found;
  return pool[randomInt(pool.length)] as Scenario;
}
