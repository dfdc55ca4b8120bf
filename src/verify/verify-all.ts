/** Verifies of one call: which databases, which copies of them; each with a run folder, a journal and a result. */

import { hostname } from "node:os";
import { join } from "node:path";
import { storeFor } from "../backups/store-for.ts";
import { loadConfigFile } from "../config/config.ts";
import { makeLabel } from "../host/label.ts";
import { createRedactor, secretsIn } from "../host/redact.ts";
import type { DrillName } from "../parts.ts";
import type { DrillEvent, Progress } from "../record.ts";
import { openJournal, systemClock } from "../run/journal.ts";
import { inPool } from "../run/pool.ts";
import { closeRun, hostFacts, newRunFolder, type SuiteRun } from "../run/run-folder.ts";
import { chooseSandbox } from "../sandboxes/choose.ts";
import { keepSeen } from "./coverage.ts";
import { keepingOf } from "./keeping.ts";
import { keepKnown, readKnown } from "./known.ts";
import { type DatabaseOverview, overviewOf } from "./overview.ts";
import { overviewText } from "./overview-text.ts";
import { assertTold, type OpenedSources, openSources, type SourceRequest } from "./sources.ts";
import type { VerifyTask } from "./task.ts";
import { type CopyRequest, coveredOf, knownName, nameOfTask, tasksFor } from "./tasks-for.ts";
import { verify } from "./verify.ts";

export { assertTold, loadConfigFile, overviewText };

export interface VerifyRequest extends CopyRequest {
  readonly sandbox: string;
  readonly keep: boolean;
  readonly trustBackups: boolean;
  readonly jobs: number;
  readonly version: string;
  readonly onEvent: (event: DrillEvent | Progress, drill: DrillName) => void;
  readonly say: (text: string) => void;
  readonly secrets: readonly string[];
}

async function runOne(task: VerifyTask, request: VerifyRequest, contended: boolean): Promise<SuiteRun> {
  const { catalog, signal, outFolder } = request;
  const now = new Date();
  const { runId, folder } = await newRunFolder(outFolder, now);
  const name: DrillName = { runId, name: nameOfTask(task), contended };
  const onEvent = (event: DrillEvent | Progress) => request.onEvent(event, name);
  using journal = openJournal(join(folder, "journal.jsonl"), systemClock, onEvent);
  const found = await verify(task, {
    journal,
    label: makeLabel(runId),
    chooseSandbox: async (spec) => {
      const { driver, why } = await chooseSandbox(catalog.sandboxes, request.sandbox, spec, signal);
      return { driver, options: driver.options.parse({}), why };
    },
    probes: { ofEvery: catalog.copyProbes, ofChecks: catalog.checkProbes },
    directory: storeFor(catalog, "directory:/").driver,
    redact: createRedactor([...secretsIn(process.env), ...request.secrets, ...keysOf(task)]),
    signal,
    onProgress: onEvent,
    trustBackups: request.trustBackups,
    environment: process.env,
    keep: request.keep,
    fogbellVersion: request.version,
    host: { ...hostFacts(), name: hostname() },
    contended,
  });
  const closed = () => closeRun({ events: journal.events, folder, reporters: catalog.reporters, say: request.say });
  // What another server makes of it is no yardstick for the next copy.
  if (task.on != null) return closed();
  await keepKnown(outFolder, task.knownAs, found, request.shard).catch((error: unknown) =>
    request.say(
      `what was found of ${task.title} could not be kept: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`,
    ),
  );
  return closed();
}

/** Keys of encrypted backups must not show up anywhere, whatever their variables are called. */
function keysOf({ candidates }: VerifyTask): string[] {
  return candidates.flatMap(({ encryption }) => {
    const name = encryption?.["key-env"];
    const value = name === undefined ? undefined : process.env[name];
    return value === undefined ? [] : [value, ...value.split("\n")];
  });
}

/** Verifies what is asked for, in order. Throws UsageError when nothing says what that is. */
export async function verifyAll(request: VerifyRequest): Promise<SuiteRun[]> {
  const { jobs, signal } = request;
  await using opened = await openSources(request, "verify");
  const tasks = await tasksFor(opened, request, Date.now());
  const contended = Math.min(jobs, tasks.length) > 1;
  const runs = await inPool(tasks, { jobs, signal }, (task) => runOne(task, request, contended));
  if (request.copy === undefined) await keepCoverage(opened, request);
  if (tasks.length === 0 && request.at === "due")
    request.say("nothing is due: every copy that can be read was verified in time");
  return runs;
}

/** When copies were first seen is kept, or none would ever be due. */
async function keepCoverage({ databases }: OpenedSources, { outFolder, say }: VerifyRequest): Promise<void> {
  for (const one of databases) {
    const covered = one.fault === null ? await coveredOf(one, outFolder, Date.now()) : null;
    await (covered === null ? null : keepSeen(outFolder, knownName(one), covered))?.catch((error: unknown) =>
      say(`coverage of ${one.database.name} could not be kept: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`),
    );
  }
}

/** An overview of every database's backups, without fetching one. */
export async function overviews(request: SourceRequest & { readonly outFolder: string }): Promise<DatabaseOverview[]> {
  await using opened = await openSources(request, "backups");
  const nowMs = Date.now();
  const unread = opened.databases.find(({ fault }) => fault !== null)?.fault;
  if (unread != null) throw unread;
  return Promise.all(
    opened.databases.map(async (one) => {
      const known = await readKnown(request.outFolder, knownName(one));
      const coverage = (await coveredOf(one, request.outFolder, nowMs))?.coverage ?? null;
      return overviewOf(one, { known, nowMs, keeping: await keepingOf(one.stocks), coverage });
    }),
  );
}
