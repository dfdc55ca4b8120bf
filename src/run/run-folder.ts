/** The folder of one run: named by its moment, and what its journal came to, written into it. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import { join, resolve } from "node:path";
import { asFogbellError, type FogbellError, UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { explainDisk, isFull } from "../host/disk-fault.ts";
import { quote } from "../host/sh.ts";
import { formatBytes } from "../host/units.ts";
import type { Catalog, Reporter } from "../parts.ts";
import type { DrillEvent, DrillResult } from "../record.ts";
import { deriveResult } from "../result/result.ts";
import { makeOutFolder } from "./out-folder.ts";

export interface SuiteRun {
  readonly result: DrillResult;
  readonly folder: string;
}

/** `20261120-220145-3f9c1b`: sorts by time, short enough to type, and unlike those of other machines. */
export function newRunId(now: Date): string {
  const moment = now.toISOString().replace(/\..*/, "").replaceAll(/[-:]/g, "").replace("T", "-");
  return `${moment}-${randomBytes(3).toString("hex")}`;
}

/** The machine that a run ran on, for its record: no name of it. */
export function hostFacts(): Record<string, string> {
  const processors = cpus();
  return {
    system: `${type()} ${release()}`,
    processors: `${processors.length} × ${processors[0]?.model.trim() ?? "unknown"}`,
    memory: formatBytes(totalmem()),
    node: process.version,
  };
}

/** What it means that a folder of results takes nothing: it is full, or not ours to write to. */
function notWritten(error: NodeJS.ErrnoException, folder: string): unknown {
  const larger = "name another folder with --out";
  if (isFull(error)) return explainDisk(error, { what: `a folder in ${folder}`, folder, larger });
  return new UsageError(`nothing can be written into the folder ${folder}: ${error.code ?? error.message}`, {
    code: "FB_OUT_FOLDER",
    next: [`ls -ld ${quote(folder)}`, larger],
    cause: error,
  });
}

/** A folder that no other run has, with the run's name. */
export async function newRunFolder(outFolder: string, now: Date): Promise<{ runId: string; folder: string }> {
  await makeOutFolder(resolve(outFolder));
  for (;;) {
    const runId = newRunId(now);
    const folder = join(resolve(outFolder), runId);
    const isNew = await mkdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw notWritten(error, resolve(outFolder));
      },
    );
    if (isNew) return { runId, folder };
  }
}

async function writeDocuments(reporter: Reporter, result: DrillResult, folder: string): Promise<void> {
  for (const { file, text } of (await reporter.forFolder?.(result)) ?? []) await writeAtomic(join(folder, file), text);
}

export interface Closing {
  readonly events: readonly DrillEvent[];
  readonly folder: string;
  readonly reporters: Catalog["reporters"];
  readonly say?: ((text: string) => void) | undefined;
}

/** The result of a run whose own documents could not be written: whoever looks for them would find none. */
function withProblem(events: readonly DrillEvent[], { code, message, next }: FogbellError): DrillResult {
  const last = events.at(-1);
  if (last === undefined || events.some((event) => event.kind === "problem" && event.code === code))
    return deriveResult(events);
  const problem = { kind: "problem", code, message, next, makes: "void", interrupted: false } as const;
  return deriveResult([...events, { ...last, ...problem }]);
}

/** Derives the result of a journal that was written to its end, and writes the documents of its folder. */
export async function closeRun({ events, folder, reporters, say }: Closing): Promise<SuiteRun> {
  const result = deriveResult(events);
  let full: FogbellError | null = null;
  for (const reporter of reporters) {
    await writeDocuments(reporter, result, folder).catch((thrown: unknown) => {
      const error = asFogbellError(
        explainDisk(thrown, { what: "it", folder, larger: "name another folder with --out" }),
      );
      if (error.code === "FB_DISK_FULL") full ??= error;
      say?.(`what ${reporter.name} writes into ${folder} is missing: ${error.message.split("\n")[0]}`);
    });
  }
  return { result: full === null ? result : withProblem(events, full), folder };
}
