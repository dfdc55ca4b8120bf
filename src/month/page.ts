/** The month on one page, for the people who sit together over it. Pure. */
import { formatObjective } from "../host/units.ts";
import { Raw, renderPage, type Templates } from "../paper/format.ts";
import { isAsDesigned } from "../paper/scorecard.ts";
import { durationOr, moment, verdictTitle } from "../paper/words.ts";
import { isDone, type Month, type MonthItem, type OpenAction } from "./items.ts";

const NAME = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });

/** `November 2026`, of `2026-11`. */
export const monthName = (month: string): string => NAME.format(new Date(`${month}-01T00:00:00Z`));

const ASKED: Readonly<Record<MonthItem["kind"], string>> = {
  newest: "newest backup",
  older: "a random older backup",
  drill: "drill",
};

/** What was asked, in words: `drill drop-table`. */
const askedText = ({ kind, scenario }: MonthItem): string =>
  kind === "drill" && scenario !== null ? `drill ${scenario}` : ASKED[kind];

const isGood = ({ outcome }: MonthItem): boolean =>
  isDone(outcome) ? isAsDesigned(outcome) && outcome.verdict !== "void" : outcome.isIdle;

/** The verdict as people read it; NOT DONE where there is none. */
function titleOf({ outcome }: MonthItem): string {
  if (isDone(outcome)) return verdictTitle(outcome);
  return outcome.isIdle ? "nothing to do" : "NOT DONE";
}

const becauseOf = ({ outcome }: MonthItem): string => (isDone(outcome) ? (outcome.reasons[0] ?? "") : outcome.because);
const nextOf = ({ outcome }: MonthItem): readonly string[] => outcome.next.slice(0, 2);

function itemRow(item: MonthItem) {
  const { outcome, database } = item;
  const result = isDone(outcome) ? outcome : null;
  const against = (ms: number | null, objectiveMs: number) =>
    ms === null ? "" : `${durationOr(ms)} of ${formatObjective(objectiveMs)}`;
  return {
    database: database ?? "The programme",
    asked: askedText(item),
    verdict: titleOf(item),
    copy: result?.fetched?.sourceId ?? "",
    rta: result === null ? "" : against(result.measured.rtaMs, result.objectives.rtoMs),
    // An older copy is asked about its own moment: how old it is says nothing.
    rpa: result === null || item.kind === "older" ? "" : against(result.measured.rpaMs, result.objectives.rpoMs),
    runId: result?.runId ?? "",
  };
}

/** Things that were due and are not as they should be, for one and the same reason on one database. */
interface Trouble {
  readonly database: string | null;
  /** `newest backup CAN'T TELL, drill NOT DONE`. */
  readonly asked: string;
  readonly because: string;
  readonly next: readonly string[];
}

/** A store that is away is one trouble, however much was due in it. */
export function troublesOf(items: readonly MonthItem[]): Trouble[] {
  const found = new Map<string, MonthItem[]>();
  for (const item of items.filter((one) => !isGood(one))) {
    const key = `${item.database ?? ""}\n${becauseOf(item)}`;
    found.set(key, [...(found.get(key) ?? []), item]);
  }
  return [...found.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const asked = same.map((one) => `${askedText(one)} ${titleOf(one)}`).join(", ");
    return [{ database: first.database, asked, because: becauseOf(first), next: nextOf(first) }];
  });
}

const actionRow = ({ id, text, owner, due }: OpenAction) => ({ id, text, owner, due });

/** What stands first: how many of how many, and whether the gate is open. */
function headline({ items, gate }: Pick<Month, "items" | "gate">): string {
  const asked = items.filter(({ outcome }) => isDone(outcome) || !outcome.isIdle);
  const good = asked.filter(isGood).length;
  return `${good} of ${asked.length} as they should be; the gate ${gate.passes ? "is open" : "is closed"}`;
}

/** The view that `reports/month.md.hbs` prints. */
function monthView(told: Month) {
  const { month, madeAt, items, gate, carried, closed, actions, day } = told;
  const before = carried.month === null ? "" : monthName(carried.month);
  return {
    title: `The month: ${monthName(month)}`,
    headline: headline(told),
    madeAt: moment(madeAt),
    before,
    faults: carried.faults,
    carried: carried.open.filter(({ id }) => !closed.some((one) => one.id === id)).map(actionRow),
    closed: closed.map(actionRow),
    bad: troublesOf(items).map(({ database, asked, because, next }) => ({
      database: database ?? "The programme",
      asked,
      because,
      next: next.length === 0 ? "" : new Raw(next.join("\n")),
    })),
    items: items.map(itemRow),
    runs: items.filter(({ outcome }) => isDone(outcome)).map(itemRow),
    gate: [...gate.rows]
      .sort((a, b) => Number(a.fault === null) - Number(b.fault === null))
      .map(({ fault, database, because, runId }) => ({
        sign: fault === null ? "PASS" : "FAIL",
        database,
        because,
        runId: runId ?? "none",
      })),
    lost: gate.lost,
    day:
      day === null
        ? null
        : {
            at: moment(new Date(day.atMs).toISOString()),
            summary: day.summary,
            start: new Raw(day.start),
            roles: day.roles,
          },
    actions: actions.filter(({ done, id }) => !done && !carried.open.some((one) => one.id === id)).map(actionRow),
  };
}

export const renderMonth = (told: Month, templates: Templates): Promise<string> =>
  renderPage(templates, monthView(told));

/** For a terminal. */
export function monthText(told: Month, files: readonly string[]): string {
  const rows = told.items.map((item) => [titleOf(item), item.database ?? "The programme", askedText(item)] as const);
  const widths = [0, 1].map((at) => Math.max(0, ...rows.map((row) => (row[at] ?? "").length)));
  return [
    `${monthName(told.month)}: ${headline(told)}.`,
    ...rows.flatMap(([title, database, asked], at) => {
      const item = told.items[at] as MonthItem;
      const line = `  ${title.padEnd(widths[0] ?? 0)}  ${database.padEnd(widths[1] ?? 0)}  ${asked}`;
      if (isGood(item)) return [line];
      return [line, `      ${becauseOf(item)}`, ...nextOf(item).map((next) => `      next: ${next}`)];
    }),
    ...told.carried.faults.map((fault) => `  ${fault}`),
    ...(told.carried.month === null && told.carried.faults.length === 0
      ? ["No earlier month: nothing is open."]
      : [
          `Open since earlier months: ${told.carried.open.length - told.closed.length}. Close one with fogbell month --done ID.`,
        ]),
    ...files.map((file) => `wrote ${file}`),
  ].join("\n");
}
