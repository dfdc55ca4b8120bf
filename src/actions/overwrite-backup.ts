/** `> file` empties the file before the command even connects: the last good copy is the first thing to go (entry 12). */
import { z } from "zod";
import { defineAction } from "../define.ts";

const options = z.strictObject({
  backup: z
    .string()
    .min(1)
    .describe("The backup that is written over, by name.")
    .meta({ examples: ["nightly"] }),
});

export const overwriteBackup = defineAction<z.infer<typeof options>>({
  name: "overwrite-backup",
  summary: "Writes over a backup in the store with what a failed dump prints.",
  options,
  store: (told) => ({ kind: "overwrite", backup: told.backup, content: "connection to server failed\n" }),
  lines: () => [],
});
