import { labelledFolders } from "../../src/host/scratch.ts";
import { local } from "../../src/sandboxes/local.ts";
import { processesOf } from "../../src/sandboxes/local-processes.ts";
import { sandboxContract } from "../contract/sandbox.ts";

sandboxContract(local, async (runId) => [
  ...(await processesOf(runId)).map(String),
  ...(await labelledFolders()).filter(({ label }) => label.runId === runId).map(({ folder }) => folder),
]);
