/** The page on the scenarios that ship, made from their files: what each teaches, and whose story it is. Pure. */

import { isDeepStrictEqual } from "node:util";
import { formatDuration, formatObjective } from "../host/units.ts";
import { inline } from "../paper/format.ts";
import type { Scenario } from "../scenario/schema.ts";

const DIFFICULTY = [
  "",
  "follow the page",
  "look twice",
  "think first",
  "the usual reflex is wrong",
  "nobody gets this right",
];

/** How a scenario ended when the page's sample was made. */
export interface SampleResult {
  readonly scenario: string;
  /** `postgres 15`. */
  readonly engine: string;
  /** The way the backups were made, instead of the scenario's own. */
  readonly variant?: string;
  readonly verdict: string;
  /** Milliseconds; null when it was not measured. */
  readonly rtaMs: number | null;
  readonly rpaMs: number | null;
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly contended: boolean;
}

const measuredAs = (ms: number | null) => (ms === null ? "not measured" : formatDuration(ms));

function sampleText(samples: readonly SampleResult[]): string {
  return samples
    .map(
      ({ engine, verdict, rtaMs, rpaMs, endedAt, contended }) =>
        `${engine}: ${verdict}, RTA ${measuredAs(rtaMs)}${contended ? " beside another drill" : ""}, RPA ${measuredAs(rpaMs)} (${endedAt.slice(0, 10)})`,
    )
    .join("; ");
}

function section(
  { id, title, summary, story, engines, designed, objectives, wrongMove, tags }: Scenario,
  samples: readonly SampleResult[],
): string {
  const difficulty = story?.difficulty ?? 0;
  const rows: [string, string][] = [
    ["You see", story?.symptom ?? title],
    ["Story", story?.url === undefined ? (story?.origin ?? "none") : `${story.origin ?? ""}, told at ${story.url}`],
    ["Difficulty", difficulty === 0 ? "not said" : `${difficulty} of 5: ${DIFFICULTY[difficulty] ?? ""}`],
    [
      "Engines",
      Object.entries(engines)
        .map(([name, versions]) => `${name} ${versions.join(", ")}`)
        .join("; "),
    ],
    ["Objectives", `RTO ${formatObjective(objectives.rtoMs)}, RPO ${formatObjective(objectives.rpoMs)}`],
    ["Made to end", designed],
    ["Tags", tags.join(", ")],
    ["Last sample result", samples.length === 0 ? "none" : sampleText(samples)],
    ...(wrongMove === null
      ? []
      : ([["The wrong move", `${wrongMove.why} It ends ${wrongMove.verdict}.`]] as [string, string][])),
  ];
  const run = [`fogbell run ${id}`, ...(wrongMove === null ? [] : [`fogbell run ${id} --wrong-move`])];
  return [
    `## ${id}: ${inline(title)}`,
    "",
    inline(summary),
    "",
    "| | |",
    "| --- | --- |",
    ...rows.map(([name, value]) => `| ${name} | ${inline(value)} |`),
    "",
    "```sh",
    ...run,
    "```",
    "",
  ].join("\n");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** How a cell of the grid ended: its verdict, or told apart where that is not the expected one. */
function cellOf(designed: string, sample: SampleResult | undefined): string {
  if (sample === undefined) return "not drilled yet";
  return sample.verdict === designed ? sample.verdict : `**${sample.verdict}, expected ${designed}**`;
}

/** Each scenario on each version of each engine, and each way to back up, as they last ended in a drill. */
export function grid(scenarios: readonly Scenario[], samples: readonly SampleResult[]): string {
  const columns = [
    ...new Set(
      scenarios.flatMap(({ engines }) =>
        Object.entries(engines).flatMap(([name, versions]) => versions.map((version) => `${name} ${version}`)),
      ),
    ),
  ];
  const offers = ({ engines }: Scenario, column: string) =>
    Object.entries(engines).some(([name, versions]) => versions.some((version) => column === `${name} ${version}`));
  const ended = (scenario: string, engine: string, variant?: string) =>
    samples.find((one) => one.scenario === scenario && one.engine === engine && one.variant === variant);
  const rows = scenarios.map((scenario) => [
    scenario.id,
    ...columns.map((column) =>
      offers(scenario, column) ? cellOf(scenario.designed, ended(scenario.id, column)) : "refused",
    ),
  ]);
  const ways = samples
    .flatMap(({ scenario, variant }) => (variant === undefined ? [] : [{ scenario, variant }]))
    .filter((way, at, all) => all.findIndex((one) => isDeepStrictEqual(one, way)) === at)
    .sort((a, b) => a.scenario.localeCompare(b.scenario) || a.variant.localeCompare(b.variant))
    .map(({ scenario, variant }) => {
      const designed = scenarios.find(({ id }) => id === scenario)?.designed ?? "";
      const cells = columns.map((column) => ended(scenario, column, variant));
      return [`${scenario}: ${variant}`, ...cells.map((one) => (one === undefined ? "" : cellOf(designed, one)))];
    });
  return [
    "## Each scenario on each version",
    "",
    "As each ended the last time that this page was made; *refused* is refused before anything starts.",
    "",
    table(["Scenario", ...columns], rows),
    "",
    ...(ways.length === 0
      ? []
      : [
          "## Each way to back up",
          "",
          "One disaster, the same backups at the same ages, made another way each. A way that an engine hasn't is empty.",
          "",
          table(["Scenario: way", ...columns], ways),
          "",
        ]),
  ].join("\n");
}

/** `scenarios` in the order of the page: easiest first. */
export function libraryPage(scenarios: readonly Scenario[], samples: readonly SampleResult[] = []): string {
  const sorted = [...scenarios].sort(
    (a, b) => (a.story?.difficulty ?? 9) - (b.story?.difficulty ?? 9) || a.id.localeCompare(b.id),
  );
  return [
    "# The scenarios that ship",
    "",
    "Made from the files in `scenarios/` by `npm run docs`. Each runs on every engine it names, with `--engine`; the wrong move",
    "is what people do instead, and is there to be seen once without a shop behind it. The sample results are of a small world",
    "in containers of one machine: they say that it works, and nothing about yours.",
    "",
    ...sorted.map((scenario) =>
      section(
        scenario,
        samples.filter((one) => one.scenario === scenario.id && one.variant === undefined),
      ),
    ),
    grid(sorted, samples),
  ].join("\n");
}
