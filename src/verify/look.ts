/** Everything that is asked of a restored copy: the questions to all of them, its ledger, the user's own. */

import type { BackupFacts, DumpStory, Line, Outcome, RecoveryPoint } from "../parts.ts";
import { copiesOf, copyLanguageOf } from "../plan/capabilities.ts";
import { lookThrough } from "./copy-checks.ts";
import { type CopyLedger, compareLedger } from "./copy-ledger.ts";
import { baselineFor, type KnownCopy } from "./known.ts";
import { askOwn, type OwnScene } from "./own-checks.ts";
import type { CopyFinding, CopyScene, Numbers, PlacedFinding } from "./scene.ts";
import type { VerifyTask } from "./task.ts";

export interface LookRequest {
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

export async function look(
  request: LookRequest,
): Promise<{ findings: PlacedFinding[]; numbers: Numbers; scene: CopyScene }> {
  const { task, facts, version, ledger, ask, attach } = request;
  const { engine } = task;
  const copies = copiesOf(engine);
  const point = pointAsOf(request.point, ledger);
  const baseline = request.baseline ?? baselineFor(task.known, request.point.moment.at);
  const { story = null } = request;
  const scene: CopyScene = { task, phrases: engine.phrases, copies, facts, story, point, baseline, ask };
  const { findings, numbers } = await lookThrough(scene);
  // A log brings a copy beyond the moment of its ledger: then there is nothing to compare.
  const identity: CopyFinding[] =
    ledger === null || point.log.length > 0
      ? []
      : [{ probe: "ledger", subject: "every row", ...(await compareLedger(ledger, { engine, version, ask })) }];
  const own = await askOwn(task.checks, { copies: copyLanguageOf(engine), ask, attach });
  const lines: Readonly<Record<string, number>> = task.lines;
  const ours = [...findings, ...identity].map((one) => ({ ...one, line: lines[one.probe] ?? 0 }));
  return { findings: [...ours, ...own], numbers, scene };
}
