/** A flag that takes the speed of a link as people write it. */
import { Errors, Flags } from "@oclif/core";
import { parseRate } from "../host/units.ts";

async function parse(text: string): Promise<number> {
  const bytesPerSecond = parseRate(text);
  if (bytesPerSecond === null)
    throw new Errors.CLIError(`"${text}" isn't a speed; write 100MB/s, 50MiB/s or 800Mbit/s`);
  return bytesPerSecond;
}

/** `--bandwidth 100MB/s`: bytes per second in code; absent when nobody gives it. */
export function bandwidthFlag(description: string) {
  return Flags.custom<number>({ description, helpValue: "100MB/s", parse })();
}
