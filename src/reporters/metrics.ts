/**
 * Metrics for Prometheus, as a file for node_exporter's textfile collector: base units, a final newline, no timestamps
 * beside the samples. The file is replaced whole, so what earlier runs left for other drills, and the last success of
 * each, are carried over from it: alert on `time() - fogbell_last_success_timestamp_seconds`.
 */
import { z } from "zod";
import { defineReporter } from "../define.ts";
import type { GateReport } from "../gated.ts";
import type { Artifact } from "../parts.ts";
import type { DrillResult, Verdict } from "../record.ts";
import { durationMsOf } from "./cases.ts";

const options = z.strictObject({
  /** The file as the last run left it. */
  before: z.string().nullable().default(null),
});
type Options = z.infer<typeof options>;

const FILE = "metrics.prom";

interface Family {
  readonly name: string;
  readonly help: string;
}

interface Sample {
  readonly family: string;
  readonly labels: string;
  readonly value: number;
}

const VERDICTS: readonly Verdict[] = ["recovered", "late", "lost", "void", "refused"];

const LAST_RUN = "fogbell_last_run_timestamp_seconds";
const LAST_SUCCESS = "fogbell_last_success_timestamp_seconds";

/** In the order of the file. All are gauges: each run sets them anew. */
const FAMILIES: readonly Family[] = [
  { name: LAST_RUN, help: "When the drill last ended, whatever came of it, in Unix time." },
  { name: LAST_SUCCESS, help: "When the drill last ended recovered, in Unix time." },
  { name: "fogbell_verdict", help: "1 for the verdict of the last run, 0 for the others." },
  { name: "fogbell_rta_seconds", help: "Recovery time measured, from the damage until the application was let in." },
  { name: "fogbell_rpa_seconds", help: "Age of the newest recovered heartbeat at the damage." },
  { name: "fogbell_objective_seconds", help: "What was wanted: rto and rpo." },
  { name: "fogbell_phase_duration_seconds", help: "How long each phase took." },
  { name: "fogbell_duration_seconds", help: "How long the whole drill took, with the making of its world." },
  { name: "fogbell_rows", help: "Rows that are not as they were: missing, altered, extra." },
  { name: "fogbell_backup_age_seconds", help: "Age of the recovery point that was restored, at the damage." },
  { name: "fogbell_fetched_bytes", help: "Size of what was fetched from the store." },
  { name: "fogbell_contended", help: "1 when other drills ran at the same time, which falsifies durations." },
  { name: "fogbell_gate_passes", help: "1 when the database passes the gate, 0 when it doesn't." },
  { name: "fogbell_gate_age_seconds", help: "Age of the run that the gate counted, when it asked." },
  { name: "fogbell_gate_max_age_seconds", help: "How old that run may be." },
  { name: "fogbell_gate_timestamp_seconds", help: "When the gate last asked, in Unix time." },
  { name: "fogbell_build_info", help: "The version that ran, as a label; always 1." },
];

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",")}}`;
}

const unix = (iso: string) => Date.parse(iso) / 1000;

function samplesOf(result: DrillResult): Sample[] {
  const { scenario, measured, objectives, verdict } = result;
  const { engine, version, variant } = scenario;
  const who = { scenario: scenario.id, engine, version, ...(variant === undefined ? {} : { method: variant }) };
  const sample = (family: string, value: number | null | undefined, more: Record<string, string> = {}): Sample[] =>
    // A number that was not measured is absent: there is no honest value for it.
    typeof value === "number" ? [{ family, labels: labelText({ ...who, ...more }), value }] : [];
  const ms = (value: number | null) => (value === null ? null : value / 1000);
  return [
    ...sample(LAST_RUN, unix(result.endedAt)),
    ...sample(LAST_SUCCESS, verdict === "recovered" ? unix(result.endedAt) : null),
    ...VERDICTS.flatMap((one) => sample("fogbell_verdict", one === verdict ? 1 : 0, { verdict: one })),
    ...sample("fogbell_rta_seconds", ms(measured.rtaMs)),
    ...sample("fogbell_rpa_seconds", ms(measured.rpaMs)),
    ...sample("fogbell_objective_seconds", ms(objectives.rtoMs), { objective: "rto" }),
    ...sample("fogbell_objective_seconds", ms(objectives.rpoMs), { objective: "rpo" }),
    ...result.phases.flatMap(({ phase, durationMs }) =>
      sample("fogbell_phase_duration_seconds", durationMs / 1000, { phase }),
    ),
    ...sample("fogbell_duration_seconds", durationMsOf(result) / 1000),
    ...sample("fogbell_rows", measured.rowsMissing, { state: "missing" }),
    ...sample("fogbell_rows", measured.rowsAltered, { state: "altered" }),
    ...sample("fogbell_rows", measured.rowsExtra, { state: "extra" }),
    ...sample("fogbell_backup_age_seconds", ms(result.sources.find(({ chosen }) => chosen)?.ageMs ?? null)),
    ...sample("fogbell_fetched_bytes", result.fetched?.bytes),
    ...sample("fogbell_contended", scenario.contended ? 1 : 0),
  ];
}

/** What a drill keeps of the file: the two timestamps of every drill, and what the gate said. */
const KEPT_BY_DRILLS = /^fogbell_(last_(run|success)_timestamp_seconds|gate_\w+)$/;
/** What the gate keeps of it: everything else. */
const KEPT_BY_GATE = /^fogbell_(?!gate_)\w+$/;

/** Samples as an earlier run wrote them. Anything else in the file is let go. */
function carriedOver(before: string | null, isKept: RegExp): Sample[] {
  return (before ?? "").split("\n").flatMap((line) => {
    const match = /^(fogbell_\w+)(\{.*\}) (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    return match === null || !isKept.test(match[1] ?? "")
      ? []
      : [{ family: match[1] ?? "", labels: match[2] ?? "", value: Number(match[3]) }];
  });
}

function gateSamples({ rows, askedAt }: GateReport): Sample[] {
  return rows.flatMap(({ database, engine, asked, fault, ageMs, maxAgeMs }) => {
    const labels = labelText({ database, engine, asked });
    return [
      { family: "fogbell_gate_passes", labels, value: fault === null ? 1 : 0 },
      ...(ageMs === null ? [] : [{ family: "fogbell_gate_age_seconds", labels, value: ageMs / 1000 }]),
      { family: "fogbell_gate_max_age_seconds", labels, value: maxAgeMs / 1000 },
      { family: "fogbell_gate_timestamp_seconds", labels, value: unix(askedAt) },
    ];
  });
}

/** The file: later samples replace earlier ones of the same name and labels, so that a drill run twice counts once. */
function fileOf(all: readonly Sample[]): Artifact {
  const samples = new Map(all.map((one) => [`${one.family}${one.labels}`, one]));
  const families = FAMILIES.flatMap(({ name, help }) => {
    const mine = [...samples.values()].filter(({ family }) => family === name);
    return mine.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...mine.map(line)];
  });
  return { file: FILE, text: `${families.join("\n")}\n` };
}

/** Exactly as JavaScript writes it: the exposition format takes Go's floats, which read the same. */
const line = ({ family, labels, value }: Sample) => `${family}${labels} ${value}`;

export const metricsReporter = defineReporter<Options>({
  name: "metrics",
  summary: "Prometheus metrics, for the textfile collector.",
  options,
  optionsFrom: ({ earlier }) => ({ before: earlier(FILE) }),
  renderGate: async (report, { before }) => [fileOf([...carriedOver(before, KEPT_BY_GATE), ...gateSamples(report)])],
  async render(results, { before }) {
    const version = results[0]?.fogbellVersion;
    const build =
      version === undefined ? [] : [{ family: "fogbell_build_info", labels: labelText({ version }), value: 1 }];
    return [fileOf([...carriedOver(before, KEPT_BY_DRILLS), ...results.flatMap(samplesOf), ...build])];
  },
});
