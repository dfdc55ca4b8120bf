/** Everything that is asked of a restored copy: the questions to all of them, its ledger, the user's own. */

import type {
  BackupFacts,
  CopyFinding,
  CopyNumbers,
  CopyScene,
  DumpStory,
  Line,
  Outcome,
  RecoveryPoint,
} from "../parts.ts";
import { copiesOf, copyLanguageOf } from "../plan/capabilities.ts";
import { lookThrough } from "./copy-checks.ts";
import { type CopyLedger, compareLedger } from "./copy-ledger.ts";
import type { CopyProbes } from "./kit.ts";
import { baselineFor, type KnownCopy } from "./known.ts";
import { askOwn, type OwnScene } from "./own-checks.ts";
import type { PlacedFinding } from "./scene.ts";
import type { VerifyTask } from "./task.ts";

export interface LookRequest {
  readonly probes: CopyProbes;
  readonly task: VerifyTask;
  readonly point: RecoveryPoint;
  readonly facts: BackupFacts;
  /** What its text tells, where it was read. */
  readonly story?: DumpStory | null;
  /** Of the server that holds the copy. */
  readonly version: string;
  /** Recorded at the moment of the backup; null when there is none. */
  readonly ledger: CopyLedger | null;
  /** What to compare with, in place of the last good copy. */
  readonly baseline?: KnownCopy;
  readonly ask: (line: Line, name: string) => Promise<Outcome>;
  readonly attach: OwnScene["attach"];
}

/** A ledger says when the backup's moment was; without one it is what the name or the object says. */
function pointAsOf(point: RecoveryPoint, ledger: CopyLedger | null): RecoveryPoint {
  if (ledger === null) return point;
  const moment = { at: ledger.takenAt, from: "content" } as const;
  return { ...point, moment, reach: point.reach.at > ledger.takenAt && point.log.length > 0 ? point.reach : moment };
}

export async function look(request: LookRequest): Promise<{ findings: PlacedFinding[]; numbers: CopyNumbers }> {
  const { task, probes, facts, version, ledger, story = null, ask, attach } = request;
  const { engine } = task;
  const point = pointAsOf(request.point, ledger);
  const baseline = request.baseline ?? baselineFor(task.known, request.point.moment.at);
  const copies = copiesOf(engine);
  const scene: Omit<CopyScene, "found"> = { task, phrases: engine.phrases, copies, facts, story, point, baseline };
  const { findings, numbers } = await lookThrough({ probes: probes.ofEvery, scene, ask });
  // A log brings a copy beyond the moment of its ledger: then there is nothing to compare.
  const stored = Object.keys(numbers.catalogue).filter((key) => key.startsWith("populated\t")).length;
  const identity: CopyFinding[] =
    ledger === null || point.log.length > 0
      ? []
      : [{ probe: "ledger", subject: "every row", ...(await compareLedger(ledger, { engine, version, ask, stored })) }];
  const own = await askOwn(task.checks, { probes: probes.ofChecks, copies: copyLanguageOf(engine), ask, attach });
  const lines: Readonly<Record<string, number>> = task.lines;
  const ours = [...findings, ...identity].map((one) => ({ ...one, line: lines[one.probe] ?? 0 }));
  return { findings: [...ours, ...own], numbers };
}
