/**
 * Which engine a scenario is drilled on where nobody named one: the first that it offers whose servers this machine can make.
 * One that needs nothing but Node is always among them, where the scenario has meaning for it.
 */
import type { Catalog, Engine } from "../parts.ts";
import type { Scenario } from "../scenario/schema.ts";

export interface FallBack {
  /** The sandbox that was asked for, or `auto`. */
  readonly sandbox: string;
  readonly signal: AbortSignal;
  /** Told once for each scenario that is drilled on another engine than its first. */
  readonly say: (text: string) => void;
}

async function isUsable(catalog: Catalog, engine: Engine, version: string, { sandbox, signal }: FallBack) {
  const drivers = catalog.sandboxes.filter(({ name }) => sandbox === "auto" || name === sandbox);
  for (const driver of drivers) {
    const spec = engine.server(version, engine.options.parse({}));
    if ((await driver.available(spec, signal)).usable) return true;
  }
  return false;
}

/** What to plan it on; undefined leaves it to the plan, which then says what is missing. */
export async function usableEngine(
  { id, engines }: Pick<Scenario, "id" | "engines">,
  catalog: Catalog,
  wanted: FallBack,
): Promise<string | undefined> {
  const offered = Object.entries(engines).flatMap(([name, versions]) => {
    const engine = catalog.engines.find((one) => one.name === name);
    return engine === undefined ? [] : versions.map((version) => ({ engine, version }));
  });
  for (const [at, { engine, version }] of offered.entries()) {
    if (!(await isUsable(catalog, engine, version, wanted))) continue;
    if (at === 0) return undefined;
    const first = offered[0]?.engine;
    if (first !== engine) {
      const passed = [...new Set(offered.slice(0, at).map((one) => one.engine.name))].filter(
        (name) => name !== engine.name,
      );
      wanted.say(
        `no Docker image and no server of ${passed.join(" or ")} here: this drill of ${id} is ${engine.name}'s; fogbell doctor tells what yours needs`,
      );
    }
    return `${engine.name}@${version}`;
  }
  return undefined;
}

/** An engine whose programs Fogbell's own Node can stand in for, with its newest version: it can be drilled anywhere. */
export function everywhere({ engines }: Pick<Catalog, "engines">): string | undefined {
  for (const { name, versions, server, options } of engines) {
    const version = versions.at(-1) ?? "";
    const { binaries, standIns = {} } = server(version, options.parse({}));
    if (binaries.every((program) => standIns[program] !== undefined)) return `${name}@${version}`;
  }
  return undefined;
}
