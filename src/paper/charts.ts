/**
 * Charts as inline SVG, drawn when the page is made: nothing runs when it is read. Lines and text take the page's own
 * colour, so that dark and light are one drawing; what matters is told by shape and word, never by colour alone.
 */
import type { Plot } from "@observablehq/plot";
import { formatBytes, formatDuration, formatObjective } from "../host/units.ts";
import type { DrillResult } from "../record.ts";
import type { Past } from "./past.ts";
import { verdictWord } from "./words.ts";

/** A drawing, twice, with what it says in words, for those who cannot see it. */
export interface Chart {
  readonly title: string;
  readonly words: string;
  readonly svg: string;
}

type PlotModule = typeof import("@observablehq/plot");
type Options = Parameters<PlotModule["plot"]>[0];

/** On a desk and on paper, and on a phone: a drawing that is scaled down to a phone cannot be read there. */
const WIDTHS = { wide: 760, narrow: 340 } as const;
type Fit = keyof typeof WIDTHS;
const OK = "var(--ok)";
const BAD = "var(--bad)";

/** Draws for both widths; the page shows the one that fits. */
async function draw(title: string, words: string, make: (plot: PlotModule, fit: Fit) => Options): Promise<Chart> {
  const [plot, { Window }] = await Promise.all([import("@observablehq/plot"), import("happy-dom")]);
  const window = new Window();
  const one = (fit: Fit) => {
    const made = plot.plot({
      width: WIDTHS[fit],
      style: { background: "transparent", color: "inherit", fontSize: "13px" },
      ...make(plot, fit),
      document: window.document as never,
    }) as unknown as Plot & { outerHTML: string; setAttribute(name: string, value: string): void };
    made.setAttribute("role", "img");
    made.setAttribute("aria-label", `${title}. ${words}`);
    // The drawing as a whole has a name; its parts may not have any.
    const svg = made.outerHTML.replace(/(<g\b[^>]*?) aria-label="[^"]*"/g, "$1");
    return `<div class="${fit}">${svg}</div>`;
  };
  try {
    return { title, words, svg: one("wide") + one("narrow") };
  } finally {
    await window.happyDOM.close();
  }
}

/** A row's name: left of the axis where there is room, above its row where there is none. */
const named = (plot: PlotModule, fit: Fit, rows: readonly string[]) =>
  fit === "wide"
    ? []
    : [
        plot.text(rows, {
          y: (row: string) => row,
          text: (row: string) => row,
          frameAnchor: "left",
          textAnchor: "start",
          dy: -19,
          fill: "currentColor",
        }),
      ];

/** Without an axis of its own where the names stand above the rows. */
const axisFit = (fit: Fit) => (fit === "wide" ? {} : { axis: null });
const barFit = (fit: Fit) => (fit === "wide" ? { insetTop: 4, insetBottom: 4 } : { insetTop: 14, insetBottom: 14 });

/** Room for rows and their names. */
const rowsFit = (fit: Fit, rows: number, wideLeft: number) =>
  fit === "wide"
    ? { height: 80 + rows * 30, marginLeft: wideLeft }
    : { height: 90 + rows * 48, marginLeft: 10, marginTop: 30 };

const SHOWN = ["contain", "preserve", "locate", "fetch", "restore", "verify", "reopen", "normal"];

/** The measured phases on one axis, with the gaps between them, and the objective as a line. */
export function gantt({ phases, marks, objectives, measured }: DrillResult): Promise<Chart> {
  const zero = marks.T0 ?? phases.find(({ phase }) => phase === "contain")?.beganMs ?? 0;
  const rows = phases
    .filter(({ phase }) => SHOWN.includes(phase))
    .map(({ phase, beganMs, durationMs }) => ({
      phase,
      from: (beganMs - zero) / 1000,
      to: (beganMs + durationMs - zero) / 1000,
      text: formatDuration(durationMs),
    }));
  const end = Math.max(0.001, ...rows.map(({ to }) => to));
  // An objective far to the right would make everything else a dot.
  const rto = objectives.rtoMs / 1000 <= end * 3 ? [objectives.rtoMs / 1000] : [];
  const words = `Phases from the damage on: ${rows.map(({ phase, text }) => `${phase} ${text}`).join(", ")}. RTA ${measured.rtaMs === null ? "not measured" : formatDuration(measured.rtaMs)}, objective ${formatObjective(objectives.rtoMs)}.`;
  const order = rows.map(({ phase }) => phase);
  return draw("Where the time went", words, (plot, fit) => ({
    ...rowsFit(fit, rows.length, 80),
    marginRight: 70,
    marginBottom: 48,
    x: {
      label: `seconds since the damage${rto.length > 0 ? "; dashed: the RTO" : ""}`,
      ticks: fit === "wide" ? 8 : 4,
      labelOffset: 44,
      labelAnchor: "center",
      grid: true,
      domain: [0, Math.max(end, ...rto) * 1.02],
    },
    y: { label: null, domain: order, ...axisFit(fit) },
    marks: [
      ...named(plot, fit, order),
      plot.barX(rows, { x1: "from", x2: "to", y: "phase", fill: "var(--bar)", ...barFit(fit) }),
      plot.text(rows, { x: "to", y: "phase", text: "text", textAnchor: "start", dx: 6, fill: "currentColor" }),
      plot.ruleX(rto, { stroke: BAD, strokeWidth: 2, strokeDasharray: "6,4" }),
    ],
  }));
}

/** Every recovery point that was looked at, by age: which was taken, which was not and why it could not be. */
export function ladder({ sources, objectives }: DrillResult): Promise<Chart> {
  const rows = sources.map(({ name, ageMs, sizeBytes, chosen, rejected }, index) => ({
    row: `${index + 1}. ${name.slice(0, 24)}: ${chosen ? "taken" : rejected === null ? "not needed" : "rejected"}`,
    hours: ageMs / 3_600_000,
    fate: chosen ? "taken" : rejected === null ? "not needed" : "rejected",
    text: `${name}: ${chosen ? "taken" : (rejected ?? "not needed")}, ${formatBytes(sizeBytes)}, ${formatDuration(ageMs)} old`,
  }));
  const words = rows.length === 0 ? "None were considered." : rows.map(({ text }) => text).join("; ");
  const most = Math.max(1 / 60, ...rows.map(({ hours }) => hours));
  const rpoHours = objectives.rpoMs / 3_600_000;
  const order = rows.map(({ row }) => row);
  const isRpoShown = rpoHours <= most * 1.1;
  return draw("Recovery points, by age", words, (plot, fit) => ({
    ...rowsFit(fit, rows.length, 230),
    marginRight: 24,
    marginBottom: 48,
    x: {
      label: `${fit === "wide" ? "hours before the damage (square-root axis)" : "hours before, square root"}${isRpoShown ? "; dashed: RPO" : ""}`,
      labelOffset: 44,
      labelAnchor: "center",
      reverse: true,
      grid: true,
      type: "sqrt",
      ticks: 4,
      domain: [0, most * 1.1],
    },
    y: { label: null, domain: order, ...axisFit(fit) },
    marks: [
      ...named(plot, fit, order),
      plot.ruleX(isRpoShown ? [rpoHours] : [], { stroke: BAD, strokeDasharray: "6,4", strokeWidth: 2 }),
      plot.dot(rows, {
        x: "hours",
        y: "row",
        r: 7,
        symbol: (one: { fate: string }) => ({ taken: "circle", rejected: "times" })[one.fate] ?? "square",
        fill: (one: { fate: string }) => (one.fate === "taken" ? OK : "none"),
        stroke: (one: { fate: string }) => (one.fate === "rejected" ? BAD : "currentColor"),
        strokeWidth: 2,
      }),
    ],
  }));
}

/** Seconds are no unit for a day: an axis to 80,000 is read by nobody. */
function unitFor(seconds: number): { readonly name: string; readonly seconds: number } {
  if (seconds < 180) return { name: "seconds", seconds: 1 };
  return seconds < 3 * 3600 ? { name: "minutes", seconds: 60 } : { name: "hours", seconds: 3600 };
}

/** RTA or RPA of every timed drill, oldest first, against the objective. */
export function trend(what: "RTA" | "RPA", results: readonly DrillResult[]): Promise<Chart> {
  const rows = results.flatMap((result, index) => {
    const { measured, endedAt, verdict, objectives } = result;
    const valueMs = what === "RTA" ? measured.rtaMs : measured.rpaMs;
    const objectiveMs = what === "RTA" ? objectives.rtoMs : objectives.rpoMs;
    return valueMs === null
      ? []
      : [
          {
            run: index + 1,
            seconds: valueMs / 1000,
            objective: objectiveMs / 1000,
            verdict,
            word: verdictWord(result),
            day: endedAt.slice(0, 10),
          },
        ];
  });
  const most = Math.max(0.001, ...rows.map(({ seconds }) => seconds));
  const words = rows.map(({ day, seconds, word }) => `${day} ${formatDuration(seconds * 1000)}, ${word}`).join("; ");
  const near = rows.filter(({ objective }) => objective <= most * 3);
  const isShown = near.length > 0;
  const highestSeconds = Math.max(most, ...near.map(({ objective }) => objective));
  const unit = unitFor(highestSeconds);
  const highest = highestSeconds / unit.seconds;
  const above = rows.at(-1)?.objective;
  const told = isShown
    ? "dashed: the objective"
    : above === undefined
      ? "no objective"
      : `the objective, ${formatDuration(above * 1000)}, is far above`;
  return draw(`${what}, drill by drill`, words, (plot, fit) => ({
    height: 220,
    marginLeft: 60,
    marginBottom: 48,
    x: {
      label: fit === "wide" ? `drill, oldest first; ${told}` : told,
      labelOffset: 44,
      labelAnchor: "center",
      ticks: Math.min(fit === "wide" ? 12 : 5, results.length),
      tickFormat: "d",
      // Every drill has its place, also one that was not timed.
      domain: [0.5, Math.max(1, results.length) + 0.5],
    },
    y: {
      label: unit.name,
      grid: true,
      domain: [0, highest * 1.1],
      transform: (seconds: number) => seconds / unit.seconds,
    },
    marks: [
      plot.line(near, { x: "run", y: "objective", stroke: BAD, strokeDasharray: "6,4", strokeWidth: 2 }),
      plot.line(rows, { x: "run", y: "seconds", stroke: "var(--bar)", strokeWidth: 2 }),
      plot.dot(rows, {
        x: "run",
        y: "seconds",
        r: 5,
        symbol: (one: { verdict: string }) => (one.verdict === "recovered" ? "circle" : "times"),
        fill: (one: { verdict: string }) => (one.verdict === "recovered" ? OK : "none"),
        stroke: (one: { verdict: string }) => (one.verdict === "recovered" ? OK : BAD),
        strokeWidth: 2,
      }),
    ],
  }));
}

/** Room for a scenario's name with its way to back up, and for a verdict with its count. */
const ROW_NAMES = 300;
const COLUMN = 115;

/** Scenario and way to back up against engine: the last verdict in each field, as a word. */
export function coverage(past: readonly Past[]): Promise<Chart> {
  const cells = past.map(({ scenario, engine, last, drills }) => ({
    scenario: last.scenario.variant === undefined ? scenario : `${scenario}, ${last.scenario.variant}`,
    engine,
    verdict: last.verdict,
    text: `${verdictWord(last)} (${drills})`,
  }));
  const scenarios = [...new Set(cells.map(({ scenario }) => scenario))].sort();
  const engines = [...new Set(cells.map(({ engine }) => engine))].sort();
  const words = cells.map(({ scenario, engine, text }) => `${scenario} on ${engine}: ${text}`).join("; ");
  return draw("What was drilled, and how it ended last", words, (plot, fit) => ({
    ...rowsFit(fit, scenarios.length, ROW_NAMES),
    marginTop: fit === "wide" ? 50 : 70,
    // More columns than the page is wide are scrolled to, never squeezed.
    width: Math.max(WIDTHS[fit], (fit === "wide" ? ROW_NAMES : 20) + engines.length * COLUMN),
    x: { label: null, axis: "top", domain: engines },
    y: { label: null, domain: scenarios, ...axisFit(fit) },
    marks: [
      ...named(plot, fit, scenarios),
      plot.cell(cells, {
        x: "engine",
        y: "scenario",
        fill: (one: { verdict: string }) => (one.verdict === "recovered" ? "var(--ok-soft)" : "var(--bad-soft)"),
        stroke: "currentColor",
        insetLeft: 1,
        insetRight: 1,
        ...(fit === "wide" ? { insetTop: 1, insetBottom: 1 } : { insetTop: 12, insetBottom: 10 }),
      }),
      plot.text(cells, { x: "engine", y: "scenario", text: "text", fill: "currentColor" }),
    ],
  }));
}
