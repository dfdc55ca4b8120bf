/** A flag that takes a size as people write it. */
import { Errors, Flags } from "@oclif/core";
import { parseSize } from "../host/units.ts";

async function parse(text: string): Promise<number> {
  const bytes = parseSize(text);
  if (bytes === null || !(bytes > 0)) throw new Errors.CLIError(`"${text}" isn't a size; write 400GB or 200GiB`);
  return bytes;
}

/** `--disk 400GB`: bytes in code. */
export function sizeFlag({ description, default: fallback }: { description: string; default: string }) {
  return Flags.custom<number>({
    description,
    helpValue: fallback,
    parse,
    default: async () => parse(fallback),
    defaultHelp: async () => fallback,
  })();
}

/** Likewise, and absent when nobody gives it. */
export function optionalSizeFlag(description: string) {
  return Flags.custom<number>({ description, helpValue: "400GB", parse })();
}
