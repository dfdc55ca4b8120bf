/** Three tiers by file name: pure, server (local programs), docker (an engine and a real S3 server). */
import { defineConfig } from "vitest/config";

const SERVER = "test/**/*.server.test.ts";
const DOCKER = "test/**/*.docker.test.ts";
/** Files of which nothing is short enough for `npm test`. */
const WHOLLY_LONG = process.env.FOGBELL_LONG === undefined ? ["test/**/*.long.{server,docker}.test.ts"] : [];

export default defineConfig({
  test: {
    // No retries: a test that passes the second time has found something.
    retry: 0,
    globalSetup: ["./test/support/kept-worlds.ts"],
    reporters: ["default", "./test/support/closing-line.ts"],
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: [SERVER, DOCKER],
          testTimeout: 20_000,
          // Parts are pure, and nothing a test does outlives it: each file on its own would load them all again, twice the work.
          isolate: false,
        },
      },
      {
        test: {
          name: "server",
          include: [SERVER],
          exclude: WHOLLY_LONG,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // More than processors: much of a drill is waiting for a server.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "docker",
          include: [DOCKER],
          exclude: WHOLLY_LONG,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
