/** What a recovery costs of an availability budget: 99.9% per 30d leaves 43m 12s. Pure. */
import { formatDuration, formatObjective } from "../host/units.ts";
import type { Objectives } from "../record.ts";
import type { Past } from "./past.ts";

/** The downtime that an SLO leaves, in milliseconds. */
export const budgetMsOf = ({ percent, perMs }: NonNullable<Objectives["slo"]>): number =>
  Math.round((perMs * (100 - percent)) / 100);

/** For `--json`. Null where nothing was timed. */
export interface SloCost {
  readonly budgetMs: number;
  /** Of the budget: 0.5 is half of it. */
  readonly medianShare: number | null;
  readonly worstShare: number | null;
  /** So many recoveries fit into it, by the median and by the worst. */
  readonly fit: number | null;
  readonly fitWorst: number | null;
}

/** What the runs of one drill or verify cost of the SLO that the newest was asked with; null when there is none. */
export function sloCost({
  last,
  medianRtaMs,
  worstRtaMs,
}: Pick<Past, "last" | "medianRtaMs" | "worstRtaMs">): SloCost | null {
  const { slo } = last.objectives;
  if (slo === undefined) return null;
  const budgetMs = budgetMsOf(slo);
  const share = (ms: number | null) => (ms === null ? null : ms / budgetMs);
  const fitting = (ms: number | null) => (ms === null || ms <= 0 ? null : Math.floor(budgetMs / ms));
  return {
    budgetMs,
    medianShare: share(medianRtaMs),
    worstShare: share(worstRtaMs),
    fit: fitting(medianRtaMs),
    fitWorst: fitting(worstRtaMs),
  };
}

const percent = (share: number) =>
  share < 0.001 ? "under 0.1 %" : share < 0.1 ? `${(share * 100).toFixed(1)} %` : `${Math.round(share * 100)} %`;

/** In words; null when no SLO was told. */
export function sloText(past: Pick<Past, "last" | "medianRtaMs" | "worstRtaMs">): string | null {
  const cost = sloCost(past);
  const { slo } = past.last.objectives;
  if (cost === null || slo === undefined) return null;
  const { medianRtaMs, worstRtaMs } = past;
  const leaves = `${slo.percent}% per ${formatObjective(slo.perMs)} leaves ${formatDuration(cost.budgetMs)}`;
  if (medianRtaMs === null || worstRtaMs === null) return `${leaves}; no recovery was timed`;
  const fits =
    cost.fitWorst === 0
      ? "not even one recovery fits at its worst"
      : `${cost.fitWorst} fit at the worst, ${cost.fit} at the median`;
  return `${leaves}; a recovery costs ${percent(cost.medianShare ?? 0)} of it (median RTA ${formatDuration(medianRtaMs)}), ${percent(cost.worstShare ?? 0)} at the worst (${formatDuration(worstRtaMs)}); ${fits}`;
}
