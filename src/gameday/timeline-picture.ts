/** A day as a picture: the clock from the damage on, its objective, what was reached, and when outsiders were told. Pure. */
import { formatDuration } from "../host/units.ts";
import type { Chart } from "../paper/charts.ts";
import { escapeHtml } from "../paper/html-head.ts";
import { all, type DayEvent } from "./events.ts";
import { MILESTONE_MEANING, reached } from "./milestones.ts";

const WIDTH = 900;
const LEFT = 20;
const RIGHT = 330;
const ROW = 26;

interface Point {
  readonly atMs: number;
  readonly label: string;
  readonly kind: "milestone" | "told" | "message";
}

/** Played milliseconds of something that was said, by the log's own steady clock; pauses are among them. */
function pointsOf(events: readonly DayEvent[]): Point[] {
  const alarmMs = all(events, "stage").find(({ stage }) => stage === "alarm")?.monotonicMs;
  const milestones = Object.entries(reached(events)).map(([name, atMs]): Point => {
    const means = Object.entries(MILESTONE_MEANING).find(([key]) => key === name)?.[1] ?? name;
    return { atMs, label: means, kind: "milestone" };
  });
  if (alarmMs === undefined) return milestones;
  const since = ({ monotonicMs }: DayEvent) => Math.max(0, monotonicMs - alarmMs);
  const told = all(events, "said").filter(({ how }) => how === "tell");
  const fired = all(events, "inject").filter(({ what }) => what === "fired");
  return [
    ...milestones,
    ...told.map((event): Point => ({ atMs: since(event), label: "outsiders were told", kind: "told" })),
    ...fired.map((event): Point => ({ atMs: since(event), label: `a message to ${event.to}`, kind: "message" })),
  ].sort((a, b) => a.atMs - b.atMs);
}

const SHAPE: Readonly<Record<Point["kind"], (x: number, y: number) => string>> = {
  milestone: (x, y) => `<circle cx="${x}" cy="${y}" r="6" fill="currentColor"/>`,
  told: (x, y) =>
    `<rect x="${x - 5}" y="${y - 5}" width="10" height="10" fill="none" stroke="currentColor" stroke-width="2"/>`,
  message: (x, y) => `<path d="M${x} ${y - 6}l6 11h-12z" fill="none" stroke="currentColor" stroke-width="2"/>`,
};

/** Null where nothing was reached or said. */
export function timelinePicture(events: readonly DayEvent[]): Chart | null {
  const points = pointsOf(events).slice(0, 40);
  const rtoMs = all(events, "day-began")[0]?.objectives.rtoMs ?? 0;
  const last = points.at(-1);
  if (last === undefined) return null;
  // A day far shorter than its objective would be a spot at the edge: then the objective is told in words alone.
  const isFar = rtoMs > last.atMs * 3;
  const spanMs = Math.max(last.atMs, isFar ? 1 : rtoMs, 1);
  const x = (ms: number) => Math.round(LEFT + (ms / spanMs) * (WIDTH - LEFT - RIGHT));
  const height = 50 + points.length * ROW;
  const rows = points.map(({ atMs, label, kind }, i) => {
    const y = 50 + i * ROW;
    return (
      `<line x1="${LEFT}" x2="${x(atMs)}" y1="${y}" y2="${y}" stroke="currentColor" stroke-opacity=".35"/>` +
      `${SHAPE[kind](x(atMs), y)}<text x="${x(atMs) + 12}" y="${y + 5}">${escapeHtml(`${formatDuration(atMs)}  ${label}`)}</text>`
    );
  });
  const objective = isFar
    ? ""
    : `<line x1="${x(rtoMs)}" x2="${x(rtoMs)}" y1="22" y2="${height - 8}" stroke="currentColor" stroke-dasharray="5 4"/>` +
      `<text x="${x(rtoMs)}" y="16" text-anchor="middle">RTO ${escapeHtml(formatDuration(rtoMs))}</text>`;
  const words = [
    `Since the damage: ${points.map(({ atMs, label }) => `${formatDuration(atMs)} ${label}`).join("; ")}.`,
    `The objective is ${formatDuration(rtoMs)}.`,
    "A dot is a milestone, a square a word to outsiders, a triangle a message to the team.",
  ].join(" ");
  const svg = `<svg viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Timeline of the day" font-size="14" font-family="inherit" fill="currentColor">${objective}${rows.join("")}</svg>`;
  return { title: "The day from the damage on", words, svg };
}
