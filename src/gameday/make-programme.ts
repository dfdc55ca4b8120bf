/** The programme from what is kept in a folder of results, and its calendar file. */
import { UsageError } from "../errors.ts";
import { writeAtomic } from "../host/atomic-file.ts";
import { pastOf } from "../paper/past.ts";
import type { Catalog } from "../parts.ts";
import { listScenarios } from "../scenario/library.ts";
import { loadScenario } from "../scenario/load.ts";
import { readHistory } from "../suite/history.ts";
import { calendar } from "./calendar.ts";
import { coverage, entriesFor, monthly, programmeText, propose, rolesHeld } from "./programme.ts";
import { dayFolders, readLog } from "./session.ts";

export interface ProgrammeRequest {
  readonly catalog: Catalog;
  readonly out: string;
  readonly count: number;
  readonly calendar?: string | undefined;
  readonly from?: string | undefined;
  readonly weekday: number;
  readonly nth: number;
  readonly at: string;
  readonly nowMs: number;
  /** With the grid of every scenario on every engine, which is longer than a screen. */
  readonly all?: boolean | undefined;
}

const wrong = (word: string, like: string) =>
  new UsageError(`"${word}" is no ${like}`, { code: "FB_USAGE", next: ["fogbell gameday plan --help"] });

function minutesOf(at: string): number {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(at);
  if (found === null) throw wrong(at, "time of day, like 09:00");
  return Number(found[1]) * 60 + Number(found[2]);
}

function dayOf(from: string | undefined, nowMs: number): number {
  const text = from ?? new Date(nowMs).toISOString().slice(0, 10);
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isFinite(atMs)) throw wrong(text, "day, like 2027-01-31");
  return atMs;
}

export async function makeProgramme(request: ProgrammeRequest) {
  const { catalog, out, count, weekday, nth, nowMs } = request;
  const rhythm = { fromMs: dayOf(request.from, nowMs), minutes: minutesOf(request.at), weekday, nth };
  const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const { runs } = await readHistory([out]);
  const cells = coverage(scenarios, pastOf(runs.map(({ result }) => result)));
  const proposals = propose(cells, { count, nowMs });
  const roles = rolesHeld(await Promise.all((await dayFolders(out)).map(readLog)));
  const moments = monthly(rhythm, count);
  const file = request.calendar;
  if (file !== undefined) await writeAtomic(file, calendar(entriesFor(proposals, moments), nowMs));
  const text = [
    programmeText({ proposals, cells, roles, isWhole: request.all === true }, nowMs),
    ...(file === undefined ? [] : ["", `Calendar of ${Math.min(count, moments.length)} days: ${file}`]),
  ].join("\n");
  return { text, proposals, coverage: cells, roles, calendar: file ?? null };
}
