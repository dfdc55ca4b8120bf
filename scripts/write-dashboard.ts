/** Writes examples/grafana-dashboard.json: a few panels, each a query or two that a test runs. */
import { writeFileSync } from "node:fs";

interface Panel {
  readonly title: string;
  readonly type: "stat" | "timeseries" | "table";
  readonly unit: string;
  readonly queries: readonly (readonly [expr: string, legend: string])[];
  readonly width: number;
}

const PANELS: readonly Panel[] = [
  {
    title: "Good",
    type: "stat",
    unit: "none",
    width: 6,
    queries: [['sum(fogbell_verdict{verdict="recovered"})', "good"]],
  },
  {
    title: "Not good",
    type: "stat",
    unit: "none",
    width: 6,
    queries: [['sum by (verdict) (fogbell_verdict{verdict!="recovered"})', "{{verdict}}"]],
  },
  {
    title: "Oldest last good",
    type: "stat",
    unit: "s",
    width: 6,
    queries: [["max(time() - fogbell_last_success_timestamp_seconds)", "age"]],
  },
  {
    title: "Gate",
    type: "stat",
    unit: "percentunit",
    width: 6,
    queries: [["avg(fogbell_gate_passes)", "databases that pass"]],
  },
  {
    title: "Last good, by database",
    type: "table",
    unit: "s",
    width: 12,
    queries: [["sort_desc(time() - fogbell_last_success_timestamp_seconds)", "{{scenario}}"]],
  },
  {
    title: "Databases that fail the gate",
    type: "table",
    unit: "none",
    width: 12,
    queries: [["fogbell_gate_passes == 0 or fogbell_gate_passes", "{{database}} {{asked}}"]],
  },
  {
    title: "RTA of its objective",
    type: "timeseries",
    unit: "percentunit",
    width: 12,
    queries: [
      ['fogbell_rta_seconds / ignoring (objective) fogbell_objective_seconds{objective="rto"}', "{{scenario}}"],
    ],
  },
  {
    title: "RPA of its objective",
    type: "timeseries",
    unit: "percentunit",
    width: 12,
    queries: [
      ['fogbell_rpa_seconds / ignoring (objective) fogbell_objective_seconds{objective="rpo"}', "{{scenario}}"],
    ],
  },
  {
    title: "Phases",
    type: "timeseries",
    unit: "s",
    width: 12,
    queries: [["sum by (phase) (fogbell_phase_duration_seconds)", "{{phase}}"]],
  },
  {
    title: "Backup age and size",
    type: "timeseries",
    unit: "none",
    width: 12,
    queries: [
      ["fogbell_backup_age_seconds", "age {{scenario}}"],
      ["fogbell_fetched_bytes", "bytes {{scenario}}"],
    ],
  },
];

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana.
const source = { type: "prometheus", uid: "${datasource}" };
let [x, y] = [0, 0];
const panels = PANELS.map(({ title, type, unit, queries, width }, at) => {
  if (x + width > 24) [x, y] = [0, y + 8];
  const gridPos = { h: type === "stat" ? 4 : 8, w: width, x, y };
  x += width;
  return {
    id: at + 1,
    title,
    type,
    datasource: source,
    gridPos,
    fieldConfig: { defaults: { unit }, overrides: [] },
    options: {},
    targets: queries.map(([expr, legendFormat], query) => ({
      refId: String.fromCharCode(65 + query),
      datasource: source,
      expr,
      legendFormat,
      ...(type === "timeseries" ? {} : { instant: true, range: false }),
    })),
  };
});
const dashboard = {
  title: "Fogbell",
  uid: "fogbell",
  tags: ["backup", "fogbell"],
  schemaVersion: 39,
  version: 1,
  editable: true,
  refresh: "5m",
  time: { from: "now-30d", to: "now" },
  templating: { list: [{ name: "datasource", type: "datasource", query: "prometheus", label: "Data source" }] },
  annotations: { list: [] },
  panels,
};
writeFileSync(
  new URL("../examples/grafana-dashboard.json", import.meta.url),
  `${JSON.stringify(dashboard, null, 2)}\n`,
);
