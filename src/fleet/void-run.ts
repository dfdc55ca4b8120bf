/**
 * The record of a verify that nobody could do: refused, given up, past its deadline. A run folder like any other, so that
 * the report shows the row and the gate counts no silence.
 */
import { join } from "node:path";
import { DEFAULT_RPO_MS, DEFAULT_RTO_MS } from "../config/database.ts";
import type { ErrorCode } from "../errors.ts";
import { sha256 } from "../host/digest.ts";
import { makeFolder } from "../host/make-folder.ts";
import type { Catalog } from "../parts.ts";
import { openJournal, systemClock } from "../run/journal.ts";
import { closeRun, hostFacts, type SuiteRun } from "../run/run-folder.ts";
import { slug } from "../verify/known.ts";
import type { FleetJob } from "./job.ts";

export interface VoidRun {
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: readonly string[];
  readonly makes: "void" | "refused";
}

/** Of one task and reason always the same: collected twice, it is one run. */
function voidRunId({ sentAt, task }: Pick<FleetJob, "sentAt" | "task">, { code }: VoidRun): string {
  const moment = sentAt.replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  return `${moment}-${sha256(`${task} ${code}`).slice(0, 6)}`;
}

export interface VoidKit {
  readonly outFolder: string;
  readonly file: string;
  readonly version: string;
  readonly catalog: Catalog;
  /** Which machine says so. */
  readonly host: string;
}

/** Writes the folder. Throws when it can't be written. */
export async function writeVoidRun(job: FleetJob, why: VoidRun, kit: VoidKit): Promise<SuiteRun> {
  const runId = voidRunId(job, why);
  const folder = join(kit.outFolder, runId);
  await makeFolder(folder);
  const versions = kit.catalog.engines.find(({ name }) => name === job.engine)?.versions ?? [];
  using journal = openJournal(join(folder, "journal.jsonl"), systemClock, () => {});
  journal.append({
    kind: "drill-began",
    schemaVersion: 1,
    runId,
    fogbellVersion: kit.version,
    scenario: {
      kind: "verify",
      id: `verify-${slug(job.database)}`,
      title: job.database,
      file: kit.file,
      sha256: job.configHash,
      engine: job.engine,
      version: versions.join(" or "),
      ...(job.at === "newest" ? {} : { variant: job.at }),
      contended: false,
    },
    objectives: { rtoMs: DEFAULT_RTO_MS, rpoMs: DEFAULT_RPO_MS },
    host: { ...hostFacts(), name: kit.host },
  });
  journal.append({ kind: "problem", ...why, interrupted: false });
  journal.append({ kind: "cleaned-up", removed: [], failed: [], kept: [] });
  journal.append({ kind: "drill-ended" });
  return closeRun({ events: journal.events, folder, reporters: kit.catalog.reporters });
}
