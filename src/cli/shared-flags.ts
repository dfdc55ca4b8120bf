/** Flags that several commands take, and that mean the same in each. */
import { Flags } from "@oclif/core";

/** Those of the catalogue, which is not loaded to parse a line; a test holds the two together. */
export const SANDBOXES = ["docker", "local"] as const;

export const sandboxFlag = Flags.string({
  description: "Where to run the database servers.",
  options: ["auto", ...SANDBOXES],
  default: "auto",
});

export const engineFlag = Flags.string({
  description: "Engine and version, if the scenario supports several.",
  helpValue: "NAME@VERSION",
});

export const rowsFlag = Flags.integer({ description: "Total number of rows in the preset dataset.", min: 1000 });

export const keepFlag = Flags.boolean({
  description: "Keep the sandbox so that you can inspect it; remove it later with fogbell gc.",
});

export const resultsFlag = Flags.string({
  description: "Results folder.",
  default: "drill-results",
});
