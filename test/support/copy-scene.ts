/** A copy as the questions to it are told of it, for tests: asked by fakes, by every probe of the catalogue. */
import { catalog } from "../../src/catalog.ts";
import type { Shown } from "../../src/host/redact.ts";
import type { CopyScene, CopyTask, Engine, Line, Outcome, RecoveryPoint } from "../../src/parts.ts";
import { copiesOf } from "../../src/plan/capabilities.ts";
import { lookThrough } from "../../src/verify/copy-checks.ts";
import type { KnownCopy } from "../../src/verify/known.ts";
import { DUMP_FACTS } from "./stored.ts";

export const NOW = Date.parse("2026-11-21T12:00:00Z");
const moment = { at: "2026-11-21T11:00:00.000Z", from: "name" } as const;

/** A copy of an hour ago. */
export const POINT: RecoveryPoint = {
  id: "shop-20261121T1100.dump",
  name: "shop",
  store: "directory:/b",
  objects: [],
  log: [],
  moment,
  reach: moment,
  sizeBytes: 10,
  facts: DUMP_FACTS,
};

/** The copy of a day before, which held; what was found in it is told beside. */
export const BEFORE: Omit<KnownCopy, "rows" | "catalogue" | "behind" | "lags"> = {
  id: "shop-20261120T1100.dump",
  store: "directory:/b",
  momentAt: "2026-11-20T11:00:00.000Z",
  sizeBytes: 10,
  sha256: "",
  runId: "r",
  verifiedAt: "2026-11-20T12:00:00.000Z",
  holds: true,
  because: "",
};

const TASK: CopyTask = {
  mayShrink: [],
  fresh: null,
  canary: null,
  askedAtMs: NOW,
  objectives: { rtoMs: 3_600_000, rpoMs: 25 * 3_600_000 },
  acceptChanges: false,
};

export const answer = (stdout: string, exitCode = 0): Outcome => ({
  commandId: "x",
  exitCode,
  durationMs: 1,
  stdout: stdout as Shown,
  stderrTail: (exitCode === 0 ? "" : "ERROR: it broke") as Shown,
  truncated: false,
});

/** By the names of questions; what is not told answers nothing. */
export type Answers = Readonly<Record<string, string | Outcome>>;

/** Looks through a copy of this engine that answers so. */
export function lookAt(
  engine: Engine,
  answers: Answers,
  { task = {}, ...changes }: Partial<Omit<CopyScene, "task">> & { readonly task?: Partial<CopyTask> } = {},
) {
  const ask = async (_line: Line, name: string) => {
    const said = answers[name] ?? "";
    return typeof said === "string" ? answer(said) : said;
  };
  const scene = {
    task: { ...TASK, ...task },
    phrases: engine.phrases,
    copies: copiesOf(engine),
    facts: { ...DUMP_FACTS, engine: engine.name },
    point: POINT,
    baseline: null,
    ...changes,
  };
  return lookThrough({ probes: catalog.copyProbes, scene, ask });
}
