/** What an engine has to know for what somebody asks of its copies: asked before anything is fetched, and refused by name. */
import type { ConfiguredCheck } from "../config/database.ts";
import { UsageError } from "../errors.ts";
import type { Capability, Engine } from "../parts.ts";
import { lacking } from "../plan/capabilities.ts";
import type { VerifyTask } from "./task.ts";

interface Need {
  readonly who: string;
  readonly need: Capability;
}

/** Throws UsageError FB_ENGINE_LACKS with everything that is lacking. */
export function assertGives(engine: Engine, needs: readonly Need[]): void {
  const missing = lacking(engine, needs);
  if (missing.length === 0) return;
  throw new UsageError(missing.join("; "), {
    code: "FB_ENGINE_LACKS",
    next: ["docs/engines.md has what each capability is"],
  });
}

/** What a verify may be told to ask. */
interface Asks extends Pick<VerifyTask, "fresh" | "canary" | "proveChecks"> {
  readonly checks: readonly ConfiguredCheck[];
}

/** What a verify asks for beside what every copy is asked. */
export function needsOf({ fresh, canary, checks, proveChecks }: Asks): Need[] {
  const when = (isSo: boolean, who: string, need: Capability): Need[] => (isSo ? [{ who, need }] : []);
  return [
    { who: "verify", need: "copies" },
    ...when(fresh !== null, "fresh", "moments"),
    ...when(canary !== null, "canary", "moments"),
    ...when(
      checks.some(({ app }) => app === undefined),
      "checks",
      "own-questions",
    ),
    ...when(
      checks.some(({ app }) => app !== undefined),
      "an application among checks",
      "applications",
    ),
    ...when(proveChecks, "--prove-checks", "mutations"),
  ];
}
