/** Flags that several commands take, and that mean the same in each. */
import { Flags } from "@oclif/core";

/** Those of the catalogue, which is not loaded to parse a line; a test holds the two together. */
export const SANDBOXES = ["docker", "local"] as const;

export const sandboxFlag = Flags.string({
  description: "Where the servers live.",
  options: ["auto", ...SANDBOXES],
  default: "auto",
});

export const engineFlag = Flags.string({
  description: "Engine and version, when the scenario offers several.",
  helpValue: "NAME@VERSION",
});

export const rowsFlag = Flags.integer({ description: "Rows of the preset dataset, over all its tables.", min: 1000 });

export const keepFlag = Flags.boolean({
  description: "Leave the sandbox standing, to look at; remove it later with gc.",
});

export const resultsFlag = Flags.string({
  description: "Folder that holds the run folders.",
  default: "drill-results",
});
