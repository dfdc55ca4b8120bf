/** A worker of a fleet's tests in a process of its own, to be stopped and killed: the real one, on the stub for `fogbell verify`. */
import { fileURLToPath } from "node:url";
import { catalog } from "../../src/catalog.ts";
import { configOf } from "../../src/fleet/inventory.ts";
import { runWorker } from "../../src/fleet/run-worker.ts";
import { onInterrupt } from "../../src/run/signals.ts";

const [name = "", configFile = "", state = "", fleet = "main"] = process.argv.slice(2);
// A clock that jumps while it works.
const jump = process.env.JUMP_MS;
if (jump !== undefined) {
  const now = Date.now.bind(Date);
  setTimeout(() => {
    Date.now = () => now() + Number(jump);
  }, 5000);
}

using interruption = onInterrupt(() => {});
await runWorker({
  url: process.env.FOGBELL_QUEUE,
  fleet,
  name,
  slots: Number(process.env.SLOTS ?? 1),
  diskBytes: 1e12,
  labels: [],
  catalog,
  config: () => configOf(configFile),
  configFile,
  state,
  program: [process.execPath, fileURLToPath(new URL("stub-verify.ts", import.meta.url))],
  words: [],
  version: "0.1.0",
  once: false,
  signal: interruption.signal,
  say: (text) => process.stdout.write(`${text}\n`),
  sweep: async () => {},
});
