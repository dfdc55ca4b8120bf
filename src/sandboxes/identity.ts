/** How a command that destroys makes sure, in the very process that will do it, that it stands in this run's sandbox. */
import { RefusedError } from "../errors.ts";
import type { Command } from "../parts.ts";

/** An exit code that no tool of ours uses. */
const NOT_OURS = 97;

/** Environment that the check reads: a file that only this run's sandbox holds, and what must be in it. */
export function identityPlaces(file: string, runId: string): Record<string, string> {
  return { FOGBELL_IDENTITY: file, FOGBELL_RUN: runId };
}

/** The script, behind the check when it destroys. */
export function guarded(command: Command): string {
  if (!command.destroys) return command.script;
  return `[ "$(cat "$FOGBELL_IDENTITY" 2>/dev/null)" = "$FOGBELL_RUN" ] || exit ${NOT_OURS}\n${command.script}`;
}

/** Throws RefusedError when the check said no. */
export function assertOurs(command: Command, exitCode: number): void {
  if (!command.destroys || exitCode !== NOT_OURS) return;
  throw new RefusedError(`"${command.say}" was refused: this place does not carry this run's identity`, {
    code: "FB_NOT_OURS",
    next: ["fogbell gc", "run again"],
  });
}
