/** MySQL, drilled like the others: all else of the family is tested on MariaDB, which the machine has its own programs of. */
import { expect, test } from "vitest";
import { mysql } from "../../../src/engines/mariadb/engine.ts";
import { variantNames } from "../../../src/plan/variants.ts";
import { shortened } from "../../support/long.ts";
import { play } from "../../support/play.ts";

const VERSION = mysql.versions[0] ?? "";
const MINUTE = 60_000;
/** As in `methods.server.test.ts`: what goes through a log or follows it loses nothing. */
const lostMs = (variant: string) => (/[+] log|replica/.test(variant) ? 0 : 40 * MINUTE);
const ways = shortened(`ways to back up MySQL ${VERSION}`, variantNames(mysql), (name) => name === "logical + log");

test.for(ways)(`a dropped table comes back on MySQL ${VERSION}: %s`, async (variant) => {
  const { result } = await play({ sandbox: "docker", engine: `mysql@${VERSION}`, variant, worlds: null });
  expect(result.reasons).toEqual([expect.stringContaining("proven, within RTO and RPO")]);
  expect(result.servers.map(({ version }) => version)).toEqual([VERSION]);
  expect({ rpaMs: result.measured.rpaMs, orders: result.measured.rowsMissing }).toEqual({
    rpaMs: lostMs(variant),
    orders: lostMs(variant) / MINUTE,
  });
  expect(result.cleanup?.failed).toEqual([]);
});
