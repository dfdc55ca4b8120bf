/** The pure tests alone, for `npm run mutate`: no projects, which the mutator's runner does not know. */
import { defineConfig } from "vitest/config";

const tests = process.env.MUTATE_TESTS ?? "";

export default defineConfig({
  test: {
    include: tests === "" ? ["test/**/*.test.ts"] : tests.split(" "),
    // The shape of the text is another matter, and the mutator writes its own.
    exclude: ["test/**/*.server.test.ts", "test/**/*.docker.test.ts", "test/tidy.test.ts"],
    testTimeout: 20_000,
    retry: 0,
  },
});
