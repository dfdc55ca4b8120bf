/** Builds dist/: one bundle split into chunks, so that a command loads little; types, notices, summaries, oclif's manifest. */
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { listScenarios } from "../src/scenario/library.ts";
import { prepareSummaries } from "../src/scenario/summary.ts";
import { writeLicences } from "./licences.ts";
import { writeTypes } from "./types.ts";

const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
rmSync(`${root}/dist`, { recursive: true, force: true });

// Bundled CommonJS expects these three; a banner of its own name, so that it cannot meet an import of ours.
const banner = `import { createRequire as fogbellRequire } from "node:module";
import { fileURLToPath as fogbellPath } from "node:url";
import { dirname as fogbellDirname } from "node:path";
const require = fogbellRequire(import.meta.url);
const __filename = fogbellPath(import.meta.url);
const __dirname = fogbellDirname(__filename);`;

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts", "src/index.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  banner: { js: banner },
  // Native: speed-ups of ssh2, which does without; and typst, which is a dependency of the package.
  external: ["cpu-features", "*.node", "@myriaddreamin/typst-ts-node-compiler"],
  logLevel: "warning",
  metafile: true,
});

// Of what came out, not of what was looked at: code that was shaken off needs no notice.
const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) =>
  Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
);
writeLicences(root, [...new Set(bundled)]);
writeTypes(root);
writeFileSync(`${root}/dist/summaries.json`, await prepareSummaries(await listScenarios()));

execFileSync(process.execPath, [`${root}/node_modules/oclif/bin/run.js`, "manifest", "."], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, OCLIF_DISABLE_UPDATE_NOTIFIER: "true", NO_UPDATE_NOTIFIER: "1" },
});
