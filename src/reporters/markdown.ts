/** Pages for people: in each run folder the report and the runbook; named, one page on all drills of the call. */

import { defineReporter } from "../define.ts";
import { scorecardPage } from "../paper/scorecard.ts";

export const markdownReporter = defineReporter({
  name: "markdown",
  summary: "One page on all drills: the verdicts, then what was asked of each, and how it was answered.",
  async forFolder(result) {
    const { renderReport, reportPageOf } = await import("../paper/report.ts");
    const { renderRunbook } = await import("../paper/runbook.ts");
    const { readTemplates } = await import("../paper/templates.ts");
    const reports = await readTemplates("reports", process.cwd(), reportPageOf(result));
    const report = { file: "report.md", text: await renderReport(result, reports) };
    // A verify is no procedure for the night it happens: nobody declared anything, and nothing was reopened.
    if (result.scenario.kind === "verify") return [report];
    const runbooks = await readTemplates("runbooks");
    return [report, { file: "runbook.md", text: await renderRunbook(result, runbooks) }];
  },
  render: async (results) => [
    {
      file: "drills.md",
      text: scorecardPage(results, { heading: 1, isFolded: false, limitBytes: Number.POSITIVE_INFINITY }),
    },
  ],
});
