/**
 * GitHub Actions: a job summary, and an annotation on the YAML line of each drill that is not recovered. GitHub shows
 * ten annotations of a kind for a step and drops a summary above 1 MiB whole, so both are kept below.
 */
import { isAbsolute, join, relative } from "node:path/posix";
import { z } from "zod";
import { defineReporter } from "../define.ts";
import type { GateReport } from "../gated.ts";
import { gatePage } from "../paper/gate.ts";
import { drillName, scorecardPage } from "../paper/scorecard.ts";
import { verdictWord } from "../paper/words.ts";
import type { Artifact } from "../parts.ts";
import type { DrillResult } from "../record.ts";
import { lineToBlame } from "./cases.ts";

const SUMMARY_LIMIT_BYTES = 1_000_000;
const ANNOTATIONS_OF_A_KIND = 10;
const MESSAGE_LIMIT = 4000;

const options = z.strictObject({
  /** The file that the runner shows as the job's summary; null outside GitHub. */
  summaryFile: z.string().nullable().default(null),
  /** The checkout: annotations name files from there. */
  workspace: z.string().nullable().default(null),
  /** The folder that relative file names begin from; null: the checkout. */
  folder: z.string().nullable().default(null),
});
type Options = z.infer<typeof options>;

/** The text of a workflow command. */
const message = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
/** A property of one, where `:` and `,` would end it. */
const property = (text: string) => message(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

function command(kind: "error" | "warning", properties: Readonly<Record<string, string>>, text: string): string {
  const told = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${kind}${told.length === 0 ? "" : ` ${told.join(",")}`}::${message(text.slice(0, MESSAGE_LIMIT))}`;
}

/** The scenario's file from the checkout; null when it lies elsewhere, as shipped scenarios do. */
function fileInCheckout(file: string, { workspace, folder }: Options): string | null {
  const whole = isAbsolute(file) || folder === null ? file : join(folder, file);
  const path = isAbsolute(whole) ? relative(workspace ?? "/nowhere", whole) : whole;
  return path.startsWith("../") ? null : path;
}

function annotation(result: DrillResult, told: Options): string {
  const name = drillName(result.scenario);
  const file = fileInCheckout(result.scenario.file, told);
  const place: Record<string, string> = file === null ? {} : { file, line: String(lineToBlame(result)) };
  const text = [...result.reasons, ...result.next.map((next) => `next: ${next}`)].join("\n");
  const kind = result.verdict === "late" ? "warning" : "error";
  return command(kind, { ...place, title: `${verdictWord(result)}: ${name}` }, text);
}

/** The first of a kind each on its own, the rest of that kind in the last one. */
function annotations(results: readonly DrillResult[], told: Options): string[] {
  return (["error", "warning"] as const).flatMap((kind) => {
    const mine = results.filter(
      ({ verdict }) => verdict !== "recovered" && (verdict === "late") === (kind === "warning"),
    );
    if (mine.length <= ANNOTATIONS_OF_A_KIND) return mine.map((result) => annotation(result, told));
    const [shown, rest] = [mine.slice(0, ANNOTATIONS_OF_A_KIND - 1), mine.slice(ANNOTATIONS_OF_A_KIND - 1)];
    const names = rest.map((result) => `${verdictWord(result)}: ${drillName(result.scenario)}`);
    return [
      ...shown.map((result) => annotation(result, told)),
      command(kind, { title: `${rest.length} more drills` }, names.join("\n")),
    ];
  });
}

/** Ten at most, the rest in the last. */
function gateAnnotations({ rows, file }: GateReport, told: Options): string[] {
  const failed = rows.filter(({ fault }) => fault !== null);
  const path = fileInCheckout(file, told);
  const one = ({ database, asked, because, next, line }: (typeof rows)[number]) =>
    command(
      "error",
      { ...(path === null ? {} : { file: path, line: String(line) }), title: `gate: ${database} (${asked})` },
      [because, ...next.map((text) => `next: ${text}`)].join("\n"),
    );
  if (failed.length <= ANNOTATIONS_OF_A_KIND) return failed.map(one);
  const rest = failed.slice(ANNOTATIONS_OF_A_KIND - 1);
  return [
    ...failed.slice(0, ANNOTATIONS_OF_A_KIND - 1).map(one),
    command("error", { title: `gate: ${rest.length} more` }, rest.map(({ database }) => database).join("\n")),
  ];
}

/** The summary goes to the end of the runner's file where there is one, annotations into the log. */
function artifacts(text: string, lines: readonly string[], summaryFile: string | null): Artifact[] {
  return [
    { file: "summary.md", text, ...(summaryFile === null ? {} : { to: { endOf: summaryFile } }) },
    // The runner reads commands from standard error as well, which leaves standard output to --json.
    ...(lines.length === 0 ? [] : [{ file: "annotations.txt", text: `${lines.join("\n")}\n`, to: "log" as const }]),
  ];
}

export const githubReporter = defineReporter<Options>({
  name: "github",
  isUsual: ({ environment }) => environment.GITHUB_ACTIONS === "true",
  summary: "GitHub Actions: the job's summary, and an annotation on the YAML line of what is not recovered.",
  options,
  optionsFrom: ({ environment, workingFolder }) => ({
    summaryFile: environment.GITHUB_STEP_SUMMARY ?? null,
    workspace: environment.GITHUB_WORKSPACE ?? null,
    folder: environment.GITHUB_WORKSPACE === undefined ? null : workingFolder,
  }),
  renderGate: async (report, told) => artifacts(gatePage(report), gateAnnotations(report, told), told.summaryFile),
  async render(results, told) {
    const { summaryFile } = told;
    const text = scorecardPage(results, { heading: 3, isFolded: true, limitBytes: SUMMARY_LIMIT_BYTES });
    const lines = annotations(results, told);
    return artifacts(text, lines, summaryFile);
  },
});
