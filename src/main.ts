/** The command line's table of commands, and its start. Commands import what is heavy only when they run. */
import { execute } from "@oclif/core/execute";
import BackupsFetch from "./commands/backups/fetch.ts";
import BackupsList from "./commands/backups/list.ts";
import Doctor from "./commands/doctor.ts";
import Gc from "./commands/gc.ts";
import ImagesBuild from "./commands/images/build.ts";
import ReportBuild from "./commands/report/build.ts";
import Run from "./commands/run.ts";
import RunbookBuild from "./commands/runbook/build.ts";
import ScenarioLint from "./commands/scenario/lint.ts";
import ScenarioList from "./commands/scenario/list.ts";
import ScenarioNew from "./commands/scenario/new.ts";
import ScenarioShow from "./commands/scenario/show.ts";
import Schema from "./commands/schema.ts";

export const COMMANDS = {
  "backups:fetch": BackupsFetch,
  "backups:list": BackupsList,
  doctor: Doctor,
  gc: Gc,
  "images:build": ImagesBuild,
  "report:build": ReportBuild,
  run: Run,
  "runbook:build": RunbookBuild,
  "scenario:lint": ScenarioLint,
  "scenario:list": ScenarioList,
  "scenario:new": ScenarioNew,
  "scenario:show": ScenarioShow,
  schema: Schema,
};

/** Parses the arguments and runs the command. `url` is the bin file's, from which oclif finds the package. */
export async function start(url: string): Promise<void> {
  await execute({ dir: url });
}
