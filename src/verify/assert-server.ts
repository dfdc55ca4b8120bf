/** Whether there is a sandbox for a copy, asked before gigabytes are fetched. */
import { UnavailableError } from "../errors.ts";
import type { AttemptKit } from "./kit.ts";
import { type Candidate, serverFor } from "./task.ts";

interface Asking extends Pick<AttemptKit, "chooseSandbox"> {
  readonly task: Pick<AttemptKit["task"], "engine" | "on">;
}

/** Throws UnavailableError where none can be had; it says what made the copy, which may be older than any that is known. */
export async function assertServer(
  { task, chooseSandbox }: Asking,
  { point }: Pick<Candidate, "point">,
): Promise<void> {
  const { serverVersion } = point.facts;
  const { spec } = serverFor(task.engine, point.facts, { on: task.on ?? null });
  try {
    await chooseSandbox(spec);
  } catch (error) {
    if (!(error instanceof UnavailableError) || serverVersion === undefined) throw error;
    const { code, next } = error;
    throw new UnavailableError(`made by ${task.engine.name} ${serverVersion}: ${error.message}`, {
      code,
      next,
      cause: error,
    });
  }
}
