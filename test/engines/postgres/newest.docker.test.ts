/**
 * The newest PostgreSQL. All else is tested on the oldest; here are the ways to back up that speak to most of its programs:
 * dumps, and copies of files that go forward through the log. In the long run, each of them.
 */
import { expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import { shortened } from "../../support/long.ts";
import { play } from "../../support/play.ts";

const VERSION = postgres.versions.at(-1) ?? "";
const ways = shortened(`ways to back up PostgreSQL ${VERSION}`, variantNames(postgres), (name) =>
  ["logical", "physical + log"].includes(name),
);

test.for(ways)(`a dropped table comes back on PostgreSQL ${VERSION}: %s`, async (variant) => {
  const { result } = await play({ sandbox: "docker", engine: `postgres@${VERSION}`, variant, worlds: null });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result.servers.map(({ version }) => version)).toEqual([VERSION]);
  expect(result.cleanup?.failed).toEqual([]);
});
