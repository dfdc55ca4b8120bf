/** The engine that somebody named on the command line. */
import { UsageError } from "../errors.ts";
import { nearest } from "../host/near-miss.ts";
import type { Catalog, Engine } from "../parts.ts";

/** Throws UsageError FB_ENGINE_UNKNOWN with the nearest name. */
export function engineNamed({ engines }: Pick<Catalog, "engines">, name: string): Engine {
  const engine = engines.find((one) => one.name === name);
  if (engine !== undefined) return engine;
  const names = engines.map((one) => one.name);
  const near = nearest(name, names);
  throw new UsageError(`there is no engine "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`, {
    code: "FB_ENGINE_UNKNOWN",
    next: names.map((one) => `--engine ${one}`),
  });
}
