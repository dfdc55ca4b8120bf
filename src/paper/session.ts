/** A month of drills on one page, for the people who sit together over it. Pure. */

import type { Coverage } from "../gated.ts";
import { formatObjective } from "../host/units.ts";
import type { DrillResult } from "../record.ts";
import { coverageText } from "./coverage.ts";
import { forecast } from "./forecast.ts";
import { renderPage, type Templates } from "./format.ts";
import { pastOf, trendOf } from "./past.ts";
import { forecastText } from "./report.ts";
import { sloText } from "./slo.ts";
import { durationOr, moment, verdictWord } from "./words.ts";

export interface SessionTold {
  readonly title: string;
  /** What the page covers: "the last 30d", "3 folders". */
  readonly scope: string;
  /** Runs that were kept and cannot be read. */
  /** How far copies are looked at, of each database whose file asks for it. */
  readonly coverage?: readonly Coverage[];
  readonly lost?: readonly { readonly folder: string; readonly because: string }[];
}

/** The view that `reports/session.md.hbs` prints. */
function sessionView(results: readonly DrillResult[], { title, scope, lost = [], coverage = [] }: SessionTold) {
  const past = pastOf(results);
  const worst = past.filter(({ last }) => last.verdict !== "recovered");
  const moments = results.map(({ endedAt }) => endedAt).sort();
  return {
    title,
    scope,
    from: moments[0] === undefined ? "none" : moment(moments[0]),
    to: moments.length === 0 ? "none" : moment(moments.at(-1) as string),
    drills: results.length,
    coverage: coverage.map((one) => ({
      name: `${one.database} (${one.engine})`,
      said: coverageText(one),
      at: moment(one.askedAt),
    })),
    lost,
    interrupted: results.filter(({ interrupted }) => interrupted).length,
    recovered: results.filter(({ verdict }) => verdict === "recovered").length,
    open: worst.map(({ name, last }) => ({
      name,
      verdict: verdictWord(last),
      because: last.reasons[0] ?? "",
      runId: last.runId,
    })),
    rows: past.map((one) => ({
      name: one.name,
      last: `${verdictWord(one.last)}, ${moment(one.last.endedAt)}`,
      drills: one.drills,
      recovered: one.recovered,
      lastSuccess: one.lastSuccess === null ? "NEVER" : moment(one.lastSuccess),
      rta: `${durationOr(one.medianRtaMs)}, ${durationOr(one.worstRtaMs)}${one.people.days === 0 ? "" : `; by people ${durationOr(one.people.medianRtaMs)}, ${durationOr(one.people.worstRtaMs)}`}`,
      rto: formatObjective(one.last.objectives.rtoMs),
      rpa: `${durationOr(one.medianRpaMs)}, ${durationOr(one.worstRpaMs)}`,
      rpo: formatObjective(one.last.objectives.rpoMs),
      trend: trendOf(one),
      slo: sloText(one),
      forecast: forecastText(forecast(one.results, one.last.objectives.rtoMs)),
    })),
    runs: [...results]
      .sort((a, b) => (a.endedAt < b.endedAt ? 1 : -1))
      .map((one) => ({
        when: moment(one.endedAt),
        runId: one.runId,
        id: one.scenario.id,
        engine: `${one.scenario.engine} ${one.scenario.version}`,
        verdict: verdictWord(one),
        rta: durationOr(one.measured.rtaMs),
        rpa: durationOr(one.measured.rpaMs),
        hash: one.journalHash,
      })),
  };
}

export function renderSession(
  results: readonly DrillResult[],
  templates: Templates,
  told: SessionTold,
): Promise<string> {
  return renderPage(templates, sessionView(results, told));
}
