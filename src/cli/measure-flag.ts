/** Flags that take a measure as people write it: a duration, a size. Absent when nobody gives it, or with what is usual. */
import { Flags } from "@oclif/core";

/** `parse` throws for what is none; `example` is what help shows where there is no default. */
export function measureFlags(parse: (text: string) => Promise<number>, example: string) {
  return {
    optional: (description: string) => Flags.custom<number>({ description, helpValue: example, parse })(),
    withDefault: ({ description, default: fallback }: { description: string; default: string }) =>
      Flags.custom<number>({
        description,
        helpValue: fallback,
        parse,
        default: async () => parse(fallback),
        // Help says it as people write it, not in milliseconds or bytes.
        defaultHelp: async () => fallback,
      })(),
  };
}
