/**
 * PostgreSQL 17 is drilled where its image is; elsewhere the tests say so. `npm run test:long` makes the image.
 * The ways that speak to most of its programs: dumps, and copies of files that go forward through the log.
 */
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import { LONG } from "../../support/long.ts";
import { play } from "../../support/play.ts";

const VERSION = postgres.versions.at(-1) ?? "";
const { image, builtImage } = postgres.server(VERSION, {});
const hasImage =
  execFileSync("docker", ["images", "-q", image], { encoding: "utf8" }) +
    execFileSync("docker", ["images", "-q", builtImage], { encoding: "utf8" }) !==
  "";

const ways = LONG ? variantNames(postgres) : ["logical", "physical + log"];

test.for(ways)(`a dropped table comes back on PostgreSQL ${VERSION}: %s`, async (variant, { skip }) => {
  if (!hasImage && !LONG) skip(`no image of PostgreSQL ${VERSION}: fogbell images build postgres@${VERSION}`);
  const { result } = await play({ sandbox: "docker", engine: `postgres@${VERSION}`, variant, worlds: null });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within its objectives")]);
  expect(result.servers.map(({ version }) => version)).toEqual([VERSION]);
  expect(result.cleanup?.failed).toEqual([]);
});
