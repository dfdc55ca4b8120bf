/**
 * The newest PostgreSQL, each of its ways to back up, in the long run; `scenario/versions.docker.test.ts` plays one of each
 * method always.
 */
import { expect, test } from "vitest";
import { postgres } from "../../../src/engines/postgres/engine.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import { shortened } from "../../support/long.ts";
import { play } from "../../support/play.ts";

const VERSION = postgres.versions.at(-1) ?? "";
const ways = shortened(`ways to back up PostgreSQL ${VERSION}`, variantNames(postgres), () => false);

test.for(ways)(`a dropped table comes back on PostgreSQL ${VERSION}: %s`, async (variant) => {
  const { result } = await play({ sandbox: "docker", engine: `postgres@${VERSION}`, variant, worlds: null });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result.servers.map(({ version }) => version)).toEqual([VERSION]);
  expect(result.cleanup?.failed).toEqual([]);
});
