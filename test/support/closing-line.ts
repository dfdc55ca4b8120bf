/**
 * The last lines of a run, plain: how long it took, how many passed, failed and were skipped, and why the skipped ones were.
 * The long run says it when it has become longer than it should take.
 */
import { globSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { formatDuration } from "../../src/host/units.ts";
import { LONG, LONGEST_MS } from "./long.ts";

export default class ClosingLine implements Reporter {
  private beganMs = Date.now();

  onTestRunStart(): void {
    this.beganMs = Date.now();
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const reasons: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === "passed") counts.passed += 1;
        else if (result.state === "failed") counts.failed += 1;
        else {
          counts.skipped += 1;
          reasons.push(
            `skipped: ${test.fullName}: ${("note" in result ? result.note : undefined) ?? "no reason given"}`,
          );
        }
      }
    }
    const long = LONG ? [] : globSync("test/**/*.long.*.test.ts");
    if (modules.length > 1 && long.length > 0)
      process.stdout.write(`left out: all of ${long.join(", ")} (npm run test:long runs them)\n`);
    for (const reason of reasons) process.stdout.write(`${reason}\n`);
    const tookMs = Date.now() - this.beganMs;
    process.stdout.write(`took ${formatDuration(tookMs)}\n`);
    if (LONG && tookMs > LONGEST_MS)
      process.stdout.write(`LONGER THAN IT SHOULD TAKE (${formatDuration(LONGEST_MS)} on 2 processors)\n`);
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}
