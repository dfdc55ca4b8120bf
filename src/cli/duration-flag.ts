/** A flag that takes a duration as people write it. */
import { Errors } from "@oclif/core";
import { parseDuration } from "../host/units.ts";
import { measureFlags } from "./measure-flag.ts";

async function parse(text: string): Promise<number> {
  const ms = parseDuration(text);
  if (ms === null) throw new Errors.CLIError(`"${text}" isn't a duration; write 90d, 12h or 30m`);
  return ms;
}

/** `--max-age 30d`: milliseconds in code. */
export const { withDefault: durationFlag, optional: optionalDurationFlag } = measureFlags(parse, "30m");
