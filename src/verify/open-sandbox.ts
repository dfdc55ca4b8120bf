/** The sandbox that one copy is restored in: opened, refused where it is not cut off, and told where everything lies. */

import { assertAttaches, attach } from "../drill/application.ts";
import { RefusedError, UnavailableError } from "../errors.ts";
import type { ApplicationSpec, Engine, Method, PlaceTable, Sandbox, Server, ServerSpec } from "../parts.ts";
import { copyLanguageOf } from "../plan/capabilities.ts";
import { opening } from "../run/opening.ts";
import { createRunner, type Runner } from "../run/runner.ts";
import { valuesOf } from "../world/places.ts";
import type { AttemptKit } from "./kit.ts";
import { placesOf } from "./places.ts";
import type { Candidate, VerifyTask } from "./task.ts";

export interface OpenedSandbox {
  readonly box: Sandbox;
  readonly server: Server;
  readonly runner: Runner;
  readonly places: { table: PlaceTable };
  readonly version: string;
}

const WITH_DOCKER = "fogbell verify --sandbox docker";
export const startsApplications = ({ checks }: VerifyTask) => checks.some(({ app }) => app !== undefined);

/** Why somebody's own backup is not opened in a sandbox of this kind. */
export const foreignBackup = (kind: string): RefusedError =>
  new RefusedError(`a ${kind} sandbox isn't isolated from this machine, and a backup can contain commands`, {
    code: "FB_FOREIGN_BACKUP",
    next: [WITH_DOCKER, "if you know what's in the backup, add --trust-backups"],
  });

/** Throws RefusedError where the sandbox is not cut off, UnavailableError where it cannot be had. */
export async function openSandbox(
  kit: AttemptKit,
  { spec, version }: { spec: ServerSpec; version: string },
): Promise<OpenedSandbox> {
  const { label, unwind, write, signal, redact, task, index } = kit;
  const chosen = await kit.chooseSandbox(spec);
  const options = { ...(chosen.options as object), redactor: redact };
  const box = await opening(signal, () => chosen.driver.open(label, options, signal));
  unwind.add(`${box.kind} sandbox`, () => box[Symbol.asyncDispose]());
  if (!box.opensForeign && !kit.trustBackups) {
    throw foreignBackup(box.kind);
  }
  if (startsApplications(task)) assertAttaches({ box, engine: task.engine, next: WITH_DOCKER });
  const server = await opening(signal, () => box.start(spec));
  unwind.add(`${task.engine.name} server`, () => server[Symbol.asyncDispose]());
  if (index === 0) {
    const { isolation, leavesOpen, hardware, kind } = box;
    write({ kind: "sandbox-opened", sandbox: kind, why: chosen.why, isolation, leavesOpen, hardware });
  }
  write({
    kind: "server-started",
    server: index === 0 ? "restored" : `restored, older ${index}`,
    made: server.made,
    version,
  });
  const places = { table: {} as PlaceTable };
  const runner = createRunner({
    server,
    places: () => valuesOf(places.table),
    signal,
    readErrors: task.engine.readErrors,
    write,
    onProgress: kit.onProgress,
  });
  return { box, server, runner, places, version };
}

/** The places again, now that the database's name is known. */
export function placesFor(
  { task: { engine } }: AttemptKit,
  { server, places: { table } }: OpenedSandbox,
  known: { candidate: Candidate; method: Method; database: string },
): PlaceTable {
  const value = (name: string) => table[name]?.value ?? "";
  const copy = { backup: value("BACKUP"), log: value("LOG") };
  return placesOf({ ...known, engine, server, copy, globals: value("GLOBALS") });
}

/** That it cannot be reached is no fault of the copy. */
async function listen(engine: Engine, runner: Runner): Promise<void> {
  const { exitCode, stderrTail } = await runner.run(copyLanguageOf(engine).listen(), {
    phase: "verify",
    name: "listen",
  });
  if (exitCode === 0) return;
  throw new UnavailableError(
    `the restored server doesn't accept connections: ${stderrTail.trim() || `exit code ${exitCode}`}`,
    {
      code: "FB_NO_APPLICATION",
      next: [WITH_DOCKER],
    },
  );
}

/** A dump comes back as a database of the server that an application reaches; a copy of files is first told to listen. */
export function attacherOf({ task: { engine } }: AttemptKit, { box, runner, places }: OpenedSandbox, { side }: Method) {
  let listens = side === "database";
  return async (application: ApplicationSpec) => {
    if (!listens) await listen(engine, runner);
    listens = true;
    const database = places.table.SIDE_DATABASE?.value ?? "";
    return attach(application, { box, engine, database, next: WITH_DOCKER });
  };
}
