#!/usr/bin/env node
// The way in. Only syntax that an old Node understands: it has to be able to say that it is too old.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 22)) {
  // In a checkout the right Node lies beside us; use it rather than refuse.
  const { existsSync } = await import("node:fs");
  const { spawnSync } = await import("node:child_process");
  const { fileURLToPath } = await import("node:url");
  const pinned = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (process.env.FOGBELL_NODE === undefined && existsSync(pinned)) {
    const env = { ...process.env, FOGBELL_NODE: "pinned" };
    // Ctrl-C reaches the child by itself; this process only waits for it.
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {});
    const child = spawnSync(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: "inherit",
      env,
    });
    process.exit(child.status === null ? 1 : child.status);
  }
  console.error(`Fogbell needs Node 22.22 or newer; this is ${process.versions.node}.`);
  process.exit(2);
}
if (process.argv[2] === "run" || process.argv[2] === "backups") {
  // What streams through lies outside the heap and goes with its young generation: kept small from the start, a dump of
  // 2 GB takes hardly more memory than one of 20 MB (bench/README.md). Elsewhere it would only cost compiled code.
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--semi-space-growth-factor=1");
}
const { enableCompileCache } = await import("node:module");
enableCompileCache();
// oclif would load a version parser to check what was checked above.
process.env.OCLIF_DISABLE_ENGINE_WARNING = "1";
const { start } = await import("../dist/main.js");
// Not awaited: when the reader of our output has gone, the wait for it would never end.
start(import.meta.url);
