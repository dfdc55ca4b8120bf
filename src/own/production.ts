/**
 * Production, made of the newest copy: fetched, read to its end, restored by the way in which copies are verified. A dump
 * is restored under the database's own name. Copies of files come up as a server of their own, through the log that lies
 * beside them, and what that server holds is carried over by a dump of the engine's own tools.
 */
import { join } from "node:path";
import { fetchProgress, fetchToScratch } from "../backups/fetch.ts";
import type { StandInKit } from "../drill/own-world.ts";
import { bring } from "../drill/source.ts";
import { UnavailableError } from "../errors.ts";
import { describeError, firstError } from "../host/client-errors.ts";
import { quote } from "../host/sh.ts";
import { formatBytes } from "../host/units.ts";
import type { Engine, Line, Method, Outcome, Phase } from "../parts.ts";
import { copiesOf, languageOf, methodOf, sideRemoved } from "../plan/capabilities.ts";
import type { PlannedOwn } from "../plan/plan.ts";
import type { EventBody } from "../record.ts";
import { createRunner, type Runner } from "../run/runner.ts";
import { placesOf } from "../verify/places.ts";
import { readCopy } from "../verify/read-copy.ts";
import { restoreCopy } from "../verify/restore-copy.ts";
import { valuesOf } from "../world/places.ts";
import type { OwnStock } from "./own-stock.ts";

/** Steps that are no part of the recovery are written down as the world's: those that make production, all but a few. */
export function asWorld(write: (body: EventBody) => void, but: readonly Phase[] = []): (body: EventBody) => void {
  const renamed = (id: string) => (but.some((phase) => id.startsWith(`${phase}.`)) ? id : `world.own.${id}`);
  return (body) => {
    if (body.kind === "command-began" && !but.includes(body.command.phase))
      write({ ...body, command: { ...body.command, id: renamed(body.command.id), phase: "world" } });
    else if (body.kind === "command-ended") write({ ...body, commandId: renamed(body.commandId) });
    else write(body);
  };
}

export interface Making extends StandInKit {
  readonly own: PlannedOwn;
  readonly stock: OwnStock;
}

/** Fetches the newest copy, and says what came. */
async function fetchProduction({
  own,
  stock,
  write,
  link,
  folder,
  signal,
  onProgress,
}: Making): Promise<readonly string[]> {
  const { production } = own.database;
  const to = join(folder, "production");
  const fetched = await fetchToScratch({
    store: stock.layerOf(production),
    objects: production.objects,
    log: production.log,
    beside: production.globals === undefined ? [] : [production.globals],
    folder: to,
    link,
    signal,
    onProgress: fetchProgress("Fetch the newest copy.", onProgress),
  });
  write({
    kind: "note",
    text: `production stands for ${production.id}, ${formatBytes(fetched.bytes)}, of ${production.reach.at}: nothing is recovered from it`,
  });
  return fetched.files.map(({ path }) => path);
}

/** What the newest copy is restored with. */
interface Restored {
  readonly making: Making;
  readonly runner: Runner;
  readonly places: Record<string, string>;
  readonly reading: {
    readonly task: { readonly engine: Engine; readonly database: string };
    readonly index: number;
  } & Pick<Making, "write" | "signal">;
}

const cannotStand = ({ own, plan }: Making, failed: string) =>
  new UnavailableError(`${own.database.production.id}, the newest copy, can't stand in for production: ${failed}`, {
    code: "FB_OWN_UNFIT",
    next: [
      `fogbell verify ${quote(own.database.name)}`,
      `fogbell run ${quote(plan.scenario.id)} --on ${quote(own.database.name)} --production yesterday`,
    ],
  });

/** Restores it under the database's own name. Throws UnavailableError when it does not come up whole: then nothing is drilled. */
export async function restoreProduction(making: Making): Promise<void> {
  const { own, plan, server, folder, signal, onProgress } = making;
  const { production, engine, database } = own.database;
  const paths = await fetchProduction(making);
  const copy = await bring({ server }, production, { folder: join(folder, "production"), paths });
  const method = methodOf(engine, production.facts);
  const candidate = { point: production, storeUrl: making.stock.urlOf(production) };
  // Which databases a restored server has is known when it runs: until then it is entered by one that every server has.
  const entered = method.side === "server" ? copiesOf(engine).home : database;
  const table = placesOf({ engine, candidate, server, method, copy, globals: copy.globals, database: entered });
  const places: Record<string, string> = { ...valuesOf(table), SIDE_DATABASE: entered };
  const write = asWorld(making.write);
  const { readErrors } = engine;
  const runner = createRunner({ server, places: () => places, signal, readErrors, write, onProgress });
  const reading = { task: { engine, database: plan.database }, index: 0, write, signal };
  const restored: Restored = { making, runner, places, reading };
  const given = { candidate, facts: production.facts, paths: paths.slice(0, production.objects.length) };
  const read = await readCopy(reading, { runner }, given, method);
  const failed = read.found?.because ?? (await restoreCopy(reading, runner, { candidate, method, ...read }));
  if (failed !== null) throw cannotStand(making, failed);
  if (method.side === "server") await carryOver(restored, method);
  else if (production.globals !== undefined) await restoreRoles(restored, production.globals.key);
}

/** Roles of the file beside it, after the tables that their rights are about; a file that fails leaves production without them. */
async function restoreRoles({ making, runner }: Restored, file: string): Promise<void> {
  const step = { phase: "restore", name: "roles-beside" } as const;
  const { exitCode } = await runner.run(languageOf(making.own.database.engine).restoreRoles(), step);
  if (exitCode === 0) return;
  making.write({ kind: "note", text: `not every role and right of ${file} could be restored for production` });
}

/** The file that the dump became, beside the file of roles. */
const listDumped: Line = {
  say: "Find the dump.",
  script: 'cd "$BACKUP_DIR" && ls',
  uses: ["BACKUP_DIR"],
  destroys: false,
};

const ROLES_ENDING = ".globals.sql";

/**
 * From the restored server into the drill's own, where everything is known that a drill does. The engine's plainest dump
 * does, and the server with the copy is gone before the drill begins.
 */
async function carryOver(restored: Restored, method: Method): Promise<void> {
  const { making, runner, places, reading } = restored;
  const { own, server } = making;
  const { engine, database, production } = own.database;
  const dump = engine.methods.find((one) => one.side === "database" && one.facts(one.options.parse({})).isDump);
  if (dump === undefined) throw cannotStand(making, `${engine.name} has no dump to carry it over with`);
  const options = dump.options.parse({});
  const home = { ...places };
  const step = (name: string) => ({ phase: "restore", name }) as const;
  const folder = `${server.folders.scratch}/carried`;
  const there = (name: string) =>
    valuesOf(
      copiesOf(engine).atCopy(
        engine.places({ folders: server.folders, database: name, side: "server", replica: null }),
      ),
    );
  Object.assign(places, there(copiesOf(engine).home));
  const held = await runner.ask(copiesOf(engine).databases(), step("databases"));
  const names = held.stdout.split("\n").filter((name) => name !== "");
  if (!names.includes(database))
    throw cannotStand(
      making,
      `it holds no database ${database}, but ${names.slice(0, 8).join(", ") || "none at all"}: say \`database:\` in fogbell.yaml`,
    );
  Object.assign(places, there(database), { BACKUP_DIR: folder });
  await mustRun(restored, { ...listDumped, say: "Make a folder for it.", script: 'mkdir -p "$BACKUP_DIR"' });
  for (const line of dump.backup("production", options)) await mustRun(restored, line);
  const { stdout } = await mustRun(restored, listDumped);
  for (const line of sideRemoved(engine, method)) await mustRun(restored, line);
  const file = stdout.split("\n").find((name) => name !== "" && !name.endsWith(ROLES_ENDING)) ?? "";
  const asSide = engine.places({ folders: server.folders, database, side: "database", replica: null });
  Object.assign(places, home, valuesOf(asSide), {
    SIDE_DATABASE: database,
    BACKUP: `${folder}/${file}`,
    GLOBALS: `${folder}/production${ROLES_ENDING}`,
    LOG: "",
  });
  // What a table belongs to must be there before it, and what rights are about must be there before them.
  await restoreRoles(restored, "the copy's server");
  const facts = dump.facts(options);
  const point = { ...production, log: [], facts };
  const failed = await restoreCopy(reading, runner, { candidate: { point }, method: dump, facts, story: null });
  if (failed !== null) throw cannotStand(making, failed);
  await restoreRoles(restored, "the copy's server");
  making.write({
    kind: "note",
    text: `production came from copies of files: their server was restored${production.log.length === 0 ? "" : ", brought forward by its log,"} and its database carried over by a dump; every row is as it was, the files on disk are not`,
  });
}

async function mustRun({ making, runner }: Restored, line: Line): Promise<Outcome> {
  const outcome = await runner.run(line, { phase: "restore", name: "carry-over" });
  if (outcome.exitCode === 0) return outcome;
  const error = firstError(outcome.errors ?? []);
  const why = error === undefined ? `exit code ${outcome.exitCode}` : describeError(error);
  throw cannotStand(making, `"${line.say}" failed: ${why}`);
}
