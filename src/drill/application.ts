/** An application of the user's beside a server, told where its database is. */
import { UnavailableError } from "../errors.ts";
import type { ApplicationSpec, Engine, Sandbox } from "../parts.ts";

export interface Attaching {
  readonly box: Sandbox;
  readonly engine: Engine;
  readonly database: string;
  /** What to type so that it can be started. */
  readonly next: string;
}

/** Throws UnavailableError where no application can be started. */
export function assertAttaches({ box, engine, next }: Pick<Attaching, "box" | "engine" | "next">): void {
  if (engine.loopback === undefined) {
    throw new UnavailableError(`no application can reach ${engine.name} over the sandbox's own loopback`, {
      code: "FB_NO_APPLICATION",
      next: ["take out what starts the application"],
    });
  }
  if (box.attach !== undefined) return;
  throw new UnavailableError(`the ${box.kind} sandbox starts no application in a container`, {
    code: "FB_NO_APPLICATION",
    next: [next],
  });
}

/** Starts it; what it returns stops it again. Throws UnavailableError where that cannot be. */
export async function attach(application: ApplicationSpec, given: Attaching): Promise<AsyncDisposable> {
  const { box, engine, database } = given;
  assertAttaches(given);
  const env = { DATABASE_HOST: "127.0.0.1", DATABASE_NAME: database, ...engine.loopback?.environment(database) };
  const started = await box.attach?.({ ...application, env: { ...env, ...application.env } });
  return started ?? { [Symbol.asyncDispose]: async () => {} };
}
