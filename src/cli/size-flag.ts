/** A flag that takes a size as people write it. */
import { Errors } from "@oclif/core";
import { parseSize } from "../host/units.ts";
import { measureFlags } from "./measure-flag.ts";

async function parse(text: string): Promise<number> {
  const bytes = parseSize(text);
  if (bytes === null || !(bytes > 0)) throw new Errors.CLIError(`"${text}" isn't a size; write 400GB or 200GiB`);
  return bytes;
}

/** `--disk 400GB`: bytes in code. */
export const { withDefault: sizeFlag, optional: optionalSizeFlag } = measureFlags(parse, "400GB");
