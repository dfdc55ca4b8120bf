/**
 * Changes a file of pure code in small ways, one at a time, and prints what no test noticed.
 * Usage: npm run mutate -- FILE [TEST FILE …]; without test files all pure tests are asked, without a file all pure code.
 */
import { spawnSync } from "node:child_process";

const [file, ...tests] = process.argv.slice(2);
const env = {
  ...process.env,
  ...(file === undefined ? {} : { MUTATE_FILE: file }),
  ...(tests.length === 0 ? {} : { MUTATE_TESTS: tests.join(" ") }),
};
const done = spawnSync("stryker", ["run", ...(file === undefined ? [] : ["--mutate", file])], {
  stdio: "inherit",
  env,
});
process.exitCode = done.status ?? 1;
