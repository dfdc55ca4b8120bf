/** The command line's table of commands, and its start. Commands import what is heavy only when they run. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Interfaces } from "@oclif/core";
import { run } from "@oclif/core/run";
import { lookup, refusalOf, takesNoWords } from "./cli/lookup.ts";
import { errorJson, errorText } from "./cli/print-error.ts";
import { isComplaint, usageError } from "./cli/usage-error.ts";
import Attach from "./commands/attach.ts";
import BackupsCheck from "./commands/backups/check.ts";
import BackupsFetch from "./commands/backups/fetch.ts";
import BackupsList from "./commands/backups/list.ts";
import Backups from "./commands/backups.ts";
import Demo from "./commands/demo.ts";
import Doctor from "./commands/doctor.ts";
import FleetAttach from "./commands/fleet/attach.ts";
import FleetCancel from "./commands/fleet/cancel.ts";
import FleetCollect from "./commands/fleet/collect.ts";
import FleetInit from "./commands/fleet/init.ts";
import FleetPlan from "./commands/fleet/plan.ts";
import FleetRun from "./commands/fleet/run.ts";
import FleetStatus from "./commands/fleet/status.ts";
import GamedayBoard from "./commands/gameday/board.ts";
import GamedayDecide from "./commands/gameday/decide.ts";
import GamedayEnd from "./commands/gameday/end.ts";
import GamedayHint from "./commands/gameday/hint.ts";
import GamedayHold from "./commands/gameday/hold.ts";
import GamedayInject from "./commands/gameday/inject.ts";
import GamedayJoin from "./commands/gameday/join.ts";
import GamedayKeep from "./commands/gameday/keep.ts";
import GamedayMark from "./commands/gameday/mark.ts";
import GamedayNote from "./commands/gameday/note.ts";
import GamedayPause from "./commands/gameday/pause.ts";
import GamedayPlan from "./commands/gameday/plan.ts";
import GamedayReport from "./commands/gameday/report.ts";
import GamedayResume from "./commands/gameday/resume.ts";
import GamedaySee from "./commands/gameday/see.ts";
import GamedayShell from "./commands/gameday/shell.ts";
import GamedaySkip from "./commands/gameday/skip.ts";
import GamedayStart from "./commands/gameday/start.ts";
import GamedayStatus from "./commands/gameday/status.ts";
import GamedayTell from "./commands/gameday/tell.ts";
import GamedayTodo from "./commands/gameday/todo.ts";
import GamedayWash from "./commands/gameday/wash.ts";
import Gate from "./commands/gate.ts";
import Gc from "./commands/gc.ts";
import History from "./commands/history.ts";
import ImagesBuild from "./commands/images/build.ts";
import Init from "./commands/init.ts";
import LedgerRecord from "./commands/ledger/record.ts";
import Month from "./commands/month.ts";
import ReportBuild from "./commands/report/build.ts";
import ReportMerge from "./commands/report/merge.ts";
import ReportSign from "./commands/report/sign.ts";
import ReportVerify from "./commands/report/verify.ts";
import Run from "./commands/run.ts";
import RunbookBuild from "./commands/runbook/build.ts";
import RunbookCheck from "./commands/runbook/check.ts";
import ScenarioLint from "./commands/scenario/lint.ts";
import ScenarioList from "./commands/scenario/list.ts";
import ScenarioNew from "./commands/scenario/new.ts";
import ScenarioShow from "./commands/scenario/show.ts";
import Schedule from "./commands/schedule.ts";
import Schema from "./commands/schema.ts";
import Verify from "./commands/verify.ts";
import Worker from "./commands/worker.ts";
import { asFogbellError, type FogbellError } from "./errors.ts";

export const COMMANDS = {
  attach: Attach,
  backups: Backups,
  "backups:check": BackupsCheck,
  "backups:fetch": BackupsFetch,
  "backups:list": BackupsList,
  demo: Demo,
  doctor: Doctor,
  "fleet:attach": FleetAttach,
  "fleet:cancel": FleetCancel,
  "fleet:collect": FleetCollect,
  "fleet:init": FleetInit,
  "fleet:plan": FleetPlan,
  "fleet:run": FleetRun,
  "fleet:status": FleetStatus,
  "gameday:board": GamedayBoard,
  "gameday:decide": GamedayDecide,
  "gameday:end": GamedayEnd,
  "gameday:hint": GamedayHint,
  "gameday:hold": GamedayHold,
  "gameday:inject": GamedayInject,
  "gameday:join": GamedayJoin,
  "gameday:keep": GamedayKeep,
  "gameday:mark": GamedayMark,
  "gameday:note": GamedayNote,
  "gameday:pause": GamedayPause,
  "gameday:plan": GamedayPlan,
  "gameday:report": GamedayReport,
  "gameday:resume": GamedayResume,
  "gameday:see": GamedaySee,
  "gameday:shell": GamedayShell,
  "gameday:skip": GamedaySkip,
  "gameday:start": GamedayStart,
  "gameday:status": GamedayStatus,
  "gameday:tell": GamedayTell,
  "gameday:todo": GamedayTodo,
  "gameday:wash": GamedayWash,
  gate: Gate,
  gc: Gc,
  "images:build": ImagesBuild,
  history: History,
  init: Init,
  "ledger:record": LedgerRecord,
  month: Month,
  "report:build": ReportBuild,
  "report:merge": ReportMerge,
  "report:sign": ReportSign,
  "report:verify": ReportVerify,
  run: Run,
  "runbook:build": RunbookBuild,
  "runbook:check": RunbookCheck,
  "scenario:lint": ScenarioLint,
  "scenario:list": ScenarioList,
  "scenario:new": ScenarioNew,
  "scenario:show": ScenarioShow,
  schedule: Schedule,
  schema: Schema,
  verify: Verify,
  worker: Worker,
};

/** Plugins cost a third of the start and answer only `help` and `autocomplete`: loaded when one of those is asked. */
function manifest(root: URL, needsPlugins: boolean): object {
  const read = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { oclif: { plugins?: string[] } };
  if (!needsPlugins) delete read.oclif.plugins;
  return read;
}

/** Parses the arguments and runs the command. `url` is the bin file's, from which the package is found. */
export async function start(url: string): Promise<void> {
  process.on("uncaughtException", (error) => {
    process.stderr.write(errorText(asFogbellError(error)));
    process.exit(70);
  });
  // A reader that has gone away (`| head`) is no failure of ours, and no reason to leave a sandbox standing: go on in
  // silence. Such writes fail after the call, so there is nothing to catch.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
  const words = process.argv.slice(2);
  const wordless = Object.entries(COMMANDS).flatMap(([id, command]) => (takesNoWords(command) ? [id] : []));
  const found = lookup(words, Object.keys(COMMANDS), wordless);
  const refusal = refusalOf(found);
  if (refusal !== null) return fail(refusal, words);
  const root = new URL("../", url);
  const pjson = manifest(root, found.kind === "other") as Interfaces.PJSON;
  try {
    await run(words, { root: fileURLToPath(root), pjson });
  } catch (thrown) {
    // Commands say themselves what they failed of; here come oclif's own, help and completion.
    if (hasLeft(thrown)) process.exitCode = thrown.oclif.exit;
    else fail(isComplaint(thrown) ? usageError(thrown, "fogbell", []) : asFogbellError(thrown), words);
  }
}

/** How oclif ends a command that has said all there is to say. */
function hasLeft(thrown: unknown): thrown is { readonly oclif: { readonly exit: number } } {
  return thrown instanceof Error && "code" in thrown && thrown.code === "EEXIT";
}

function fail(error: FogbellError, words: readonly string[]): void {
  process.exitCode = error.exitCode;
  if (words.includes("--json")) process.stdout.write(`${JSON.stringify(errorJson(error), null, 2)}\n`);
  else process.stderr.write(errorText(error));
}
