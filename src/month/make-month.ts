/** The month in one command: what is due is done, what is open is asked for, and one page tells it. */
import type { LoadedConfig } from "../config/config.ts";
import { calendar } from "../gameday/calendar.ts";
import { actionsOf, all } from "../gameday/events.ts";
import { coverage, entriesFor, monthly, propose, rolesHeld } from "../gameday/programme.ts";
import { dayFolders, readLog } from "../gameday/session.ts";
import { pastOf } from "../paper/past.ts";
import { type Paper, pdf } from "../paper/pdf.ts";
import { printHtml } from "../paper/print-html.ts";
import { readTemplates } from "../paper/templates.ts";
import type { Catalog } from "../parts.ts";
import type { DrillResult } from "../record.ts";
import { listScenarios } from "../scenario/library.ts";
import { loadScenario } from "../scenario/load.ts";
import { gate } from "../suite/gate.ts";
import { readHistory } from "../suite/history.ts";
import { monthOf } from "./due.ts";
import { type Month, type MonthItem, type NextDay, resultsOf } from "./items.ts";
import { alreadyOpen, carriedInto, closing, keepMonth, type NewAction, opened } from "./kept.ts";
import { monthName, renderMonth, troublesOf } from "./page.ts";

const DAY_MS = 86_400_000;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
/** A verify of this month counts for the gate, and nothing before it. */
const GATE_MAX_AGE_MS = 2 * DAY_MS;

export interface MonthRequest {
  readonly catalog: Catalog;
  readonly config: LoadedConfig;
  readonly out: string;
  /** Open actions that are done, by id. */
  readonly done: readonly string[];
  readonly paper: Paper;
  readonly nowMs: number;
  /** What was done and what came of it, given the drills of earlier months. */
  readonly doItems: (runs: readonly DrillResult[]) => Promise<readonly MonthItem[]>;
}

/** The next game day by the file's rhythm. Its entry names a family and no scenario: a calendar is read by those who play. */
async function nextDay({ catalog, config, out, nowMs }: MonthRequest, runs: readonly DrillResult[]) {
  const { weekday = "tuesday", nth = 2, at = "09:00" } = config.config.month?.gameday ?? {};
  const [hours = 9, minutes = 0] = at.split(":").map(Number);
  const rhythm = { fromMs: nowMs, minutes: hours * 60 + minutes, weekday: WEEKDAYS.indexOf(weekday), nth };
  const [atMs] = monthly(rhythm, 1);
  const scenarios = await Promise.all((await listScenarios()).map((file) => loadScenario(file, catalog)));
  const engines = new Set(config.config.databases.map(({ engine }) => engine));
  const cells = coverage(scenarios, pastOf(runs)).filter((cell) => engines.has(cell.engine.split(" ")[0] ?? ""));
  const [entry] = atMs === undefined ? [] : entriesFor(propose(cells, { count: 1, nowMs }), [atMs]);
  if (entry === undefined) return { day: null, invitation: null };
  const roles = rolesHeld(await Promise.all((await dayFolders(out)).map(readLog)));
  const day: NextDay = { atMs: entry.atMs, summary: entry.summary, start: entry.start, roles };
  return { day, invitation: calendar([entry], nowMs) };
}

/** What a team left itself to do on game days since then. */
async function fromDays(out: string, sinceMs: number): Promise<NewAction[]> {
  const days = await Promise.all((await dayFolders(out)).map(readLog));
  return days
    .filter((events) => Date.parse(all(events, "day-began")[0]?.at ?? "") >= sinceMs)
    .flatMap((events) => actionsOf(events));
}

/** What is not as it should be is somebody's to mend. */
const fromItems = (items: readonly MonthItem[]): NewAction[] =>
  troublesOf(items).map(({ database, asked, because }) => ({
    text: `${database ?? "The programme"}: ${asked}; ${because}`,
    owner: "",
    due: "",
  }));

export async function makeMonth(request: MonthRequest): Promise<{ month: Month; files: readonly string[] }> {
  const { config, out, done, paper, nowMs } = request;
  const name = monthOf(nowMs);
  const carried = await carriedInto(out, name);
  const again = await alreadyOpen(out, name);
  const known = [...again, ...carried.open.filter(({ id }) => !again.some((one) => one.id === id))];
  // Before anything is run: a wrong id is a slip of the fingers.
  const asked = closing(known, done);
  const before = (await readHistory([out])).runs.map(({ result }) => result);
  const items = await request.doItems(before);
  const report = await gate({
    config,
    names: [],
    results: [out],
    maxAgeMs: GATE_MAX_AGE_MS,
    drillMaxAgeMs: null,
    keyFile: null,
    nowMs: Math.max(nowMs, Date.now()),
  });
  const sinceMs = carried.month === null ? nowMs - 31 * DAY_MS : Date.parse(`${carried.month}-01T00:00:00Z`);
  const added = [...(await fromDays(out, sinceMs)), ...fromItems(items)];
  const actions = opened(name, asked, added);
  const { day, invitation } = await nextDay(request, [...before, ...resultsOf(items)]);
  const madeAt = new Date(nowMs).toISOString();
  const closed = asked.filter((one) => one.done);
  const month: Month = { month: name, madeAt, items, gate: report, carried, closed, actions, day };
  const markdown = await renderMonth(month, await readTemplates("reports", process.cwd(), "month.md.hbs"));
  const title = `The month: ${monthName(name)}`;
  const files = await keepMonth(
    out,
    { month: name, madeAt, actions },
    {
      "month.md": markdown,
      "month.html": await printHtml(markdown, title),
      "month.pdf": await pdf(markdown, title, paper),
      ...(invitation === null ? {} : { "gameday.ics": invitation }),
    },
  );
  return { month, files };
}
