/**
 * What is asked of every restored copy, whoever made it: questions that need no configuration and cannot pass on nothing.
 * "Could not tell" is never a pass; what the copy was compared with is said.
 */

import type { Finding } from "../parts.ts";
import { canary } from "./canary.ts";
import { catalogueOf } from "./catalogue-checks.ts";
import { freshness } from "./freshness.ts";
import { listedTables } from "./listed-tables.ts";
import { accountsOf, keysOf, largeObjectsOf, sequencesOf } from "./reference-checks.ts";
import { rowsOf } from "./row-checks.ts";
import type { CopyFinding, CopyScene, Looked } from "./scene.ts";
import { structureAndOrder } from "./structure-checks.ts";

/** Asks everything, in an order in which no question disturbs the next. Never stops at the first no. */
export async function lookThrough(scene: CopyScene): Promise<Looked> {
  const findings: CopyFinding[] = [];
  const say = (probe: string, subject: string, finding: Finding) => void findings.push({ probe, subject, ...finding });
  say("tables", "the backup's own list", await listedTables(scene));
  const counted = await rowsOf(scene);
  say("rows", "every table", counted.finding);
  const large = await largeObjectsOf(scene);
  if (large.finding !== null) say("large-objects", "every large object", large.finding);
  const { catalogue, finding: listed } = await catalogueOf(scene, counted);
  if (listed !== null) say("catalogue", "every object", listed);
  const keys = await keysOf(scene);
  if (keys !== null) say("foreign-keys", "every row", keys);
  const { behind, finding: numbered } = await sequencesOf(scene);
  if (numbered !== null) say("sequences", "every sequence", numbered);
  const { lags, finding: fresh } = await freshness(scene);
  say("freshness", scene.task.fresh?.table ?? "the newest row", fresh);
  if (scene.task.canary !== null) say("canary", scene.task.canary.table, await canary(scene, scene.task.canary));
  const { structure, collations } = await structureAndOrder(scene);
  if (structure !== null) say("structure", "tables and indexes", structure);
  if (collations !== null) say("collations", "the order of text", collations);
  findings.push(...(await accountsOf(scene)));
  const { rows, parents } = counted;
  return { findings, numbers: { rows, parents, largeObjects: large.held, catalogue, behind, lags } };
}
