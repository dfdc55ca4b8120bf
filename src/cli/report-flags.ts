/** Flags of every command that drills: who reports. */
import { Flags } from "@oclif/core";

export const reportFlags = {
  reporter: Flags.string({
    description:
      "Who reports, and into which file: pretty, line, json, junit, ctrf, markdown, github, metrics. Several may be " +
      "named. Default: pretty on a terminal, line elsewhere, and github in a GitHub job.",
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME[=FILE]",
  }),
};
