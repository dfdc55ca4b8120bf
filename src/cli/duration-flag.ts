/** A flag that takes a duration as people write it. */
import { Errors, Flags } from "@oclif/core";
import { parseDuration } from "../host/units.ts";

async function parse(text: string): Promise<number> {
  const ms = parseDuration(text);
  if (ms === null) throw new Errors.CLIError(`"${text}" isn't a duration; write 90d, 12h or 30m`);
  return ms;
}

/** Likewise, and absent when nobody gives it. */
export function optionalDurationFlag(description: string) {
  return Flags.custom<number>({ description, helpValue: "30m", parse })();
}

/** `--max-age 30d`: milliseconds in code. */
export function durationFlag({ description, default: fallback }: { description: string; default: string }) {
  return Flags.custom<number>({
    description,
    helpValue: fallback,
    parse,
    default: async () => parse(fallback),
    // Help says it as people write it, not in milliseconds.
    defaultHelp: async () => fallback,
  })();
}
