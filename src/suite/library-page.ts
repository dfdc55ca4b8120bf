/** The page on the scenarios that ship, made from their files: what each teaches, and whose story it is. Pure. */

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
        samples.filter((one) => one.scenario === scenario.id),
      ),
    ),
  ].join("\n");
}
