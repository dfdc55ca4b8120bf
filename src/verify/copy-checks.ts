/**
 * What is asked of every restored copy, whoever made it: questions that need no configuration and cannot pass on nothing.
 * "Could not tell" is never a pass; what the copy was compared with is said.
 */
import type { BackupFacts, CopyPhrases, DumpStory, Finding, Line, Outcome, Phrases, RecoveryPoint } from "../parts.ts";
import { canary } from "./canary.ts";
import { catalogueOf } from "./catalogue-checks.ts";
import { freshness } from "./freshness.ts";
import type { KnownCopy } from "./known.ts";
import { listedTables } from "./listed-tables.ts";
import { accountsOf, keysOf, largeObjectsOf, sequencesOf } from "./reference-checks.ts";
import { rowsOf } from "./row-checks.ts";
import { structureAndOrder } from "./structure-checks.ts";
import type { VerifyTask } from "./task.ts";

export interface CopyScene {
  readonly task: Pick<VerifyTask, "mayShrink" | "fresh" | "canary" | "askedAtMs" | "objectives" | "acceptChanges">;
  readonly phrases: Phrases;
  readonly copies: CopyPhrases;
  readonly facts: BackupFacts;
  /** What its text tells, where it was read. */
  readonly story?: DumpStory | null;
  readonly point: RecoveryPoint;
  readonly baseline: KnownCopy | null;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
}

export interface CopyFinding extends Finding {
  readonly probe: string;
  readonly subject: string;
}

/** With the line of fogbell.yaml that asked for it; 0 when Fogbell asked of itself. */
export type PlacedFinding = CopyFinding & { readonly line: number };

/** The numbers and names of a copy, as they are kept for the next one. */
export type Numbers = Pick<KnownCopy, "rows" | "catalogue" | "behind" | "lags" | "parents" | "largeObjects">;

export interface Looked {
  readonly findings: readonly CopyFinding[];
  readonly numbers: Numbers;
}

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
  say("catalogue", "every object", listed);
  say("foreign-keys", "every row", await keysOf(scene));
  const { behind, finding: numbered } = await sequencesOf(scene);
  say("sequences", "every sequence", numbered);
  const { lags, finding: fresh } = await freshness(scene);
  say("freshness", scene.task.fresh?.table ?? "the newest row", fresh);
  if (scene.task.canary !== null) say("canary", scene.task.canary.table, await canary(scene, scene.task.canary));
  const { structure, collations } = await structureAndOrder(scene);
  say("structure", "tables and indexes", structure);
  if (collations !== null) say("collations", "the order of text", collations);
  findings.push(...(await accountsOf(scene)));
  const { rows, parents } = counted;
  return { findings, numbers: { rows, parents, largeObjects: large.held, catalogue, behind, lags } };
}
