/** The server that a copy is to be restored on instead of its own: a newer one, so that an upgrade is rehearsed. */
import { UnavailableError, UsageError } from "../errors.ts";
import type { BackupFacts, Catalog, Engine } from "../parts.ts";
import { engineNamed } from "./engine-named.ts";

export interface OnServer {
  readonly engine: Engine;
  readonly version: string;
}

/** `postgres@18`. Throws UsageError for an engine or a version that nobody knows. */
export function onServer(catalog: Pick<Catalog, "engines">, text: string): OnServer {
  const [name = "", version = "", ...more] = text.split("@");
  const engine = engineNamed(catalog, name);
  if (more.length > 0 || !engine.versions.includes(version))
    throw new UsageError(`${text} is no server that is known here`, {
      code: "FB_ENGINE_UNKNOWN",
      next: engine.versions.map((one) => `--on ${engine.name}@${one}`),
    });
  return { engine, version };
}

/** Throws UsageError when none of the databases is of that engine: then nothing would be looked at, and nothing said. */
export function assertMeant(on: OnServer, engines: readonly Engine[]): void {
  if (engines.length === 0 || engines.includes(on.engine)) return;
  throw new UsageError(`no database here is of ${on.engine.name}`, {
    code: "FB_ENGINE_UNKNOWN",
    next: [...new Set(engines)].map((one) => `--on ${one.name}@${one.versions.at(-1) ?? ""}`),
  });
}

/** Throws UnavailableError for what no other server opens: files, and what a newer server wrote. */
export function assertMoves(facts: BackupFacts, on: string, isNewEnough: boolean): void {
  if (facts.isDump === true && isNewEnough) return;
  const because =
    facts.isDump === true
      ? `it was made by version ${facts.serverVersion ?? facts.toolVersion ?? "unknown"}, which is newer than ${on}`
      : "copies of files are opened by a server of their own version only";
  throw new UnavailableError(because, {
    code: "FB_NO_VERSION",
    next: facts.isDump === true ? ["leave --on out"] : ["leave --on out", "rehearse the upgrade with a dump"],
  });
}

/** What is said of a copy that was restored on another server than its own. */
export const movedWords = ({ serverVersion }: BackupFacts, on: string): string =>
  `an upgrade rehearsed: made on ${serverVersion ?? "an unknown version"}, restored on ${on}`;
